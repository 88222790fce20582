import Domain

extension WorkCalendar {
    /// The years that a file of holidays states; refused with every mistake in it.
    package init(from file: ProfileNode) throws(ProfileMistakes) {
        var reader = ProfileReader(index: .known)
        if let top = reader.section(file, path: "", keys: ["years"]) {
            self.init(years: reader.years(in: top))
        } else {
            self.init()
        }
        guard reader.mistakes.isEmpty else { throw ProfileMistakes(reader.mistakes) }
    }

    /// These years, and those of `other` in the place of those that both have.
    package func adding(_ other: WorkCalendar) -> WorkCalendar {
        WorkCalendar(years: years.merging(other.years) { $1 })
    }
}

extension ProfileReader {
    /// The years that a profile adds.
    mutating func calendar(in top: Section) -> WorkCalendar {
        guard top.entry("calendar") != nil,
            let section = section("calendar", in: top, keys: ["years"])
        else { return WorkCalendar() }
        return WorkCalendar(years: years(in: section))
    }

    mutating func years(in section: Section) -> [Int64: WorkCalendar.Year] {
        var years: [Int64: WorkCalendar.Year] = [:]
        let example = "`- { year: 2027, holidays: [01-01 to 01-03], workedWeekends: [01-09], … }`"
        for (node, path) in list("years", in: section, example: example) {
            let keys = ["year", "holidays", "workedWeekends", "clause"]
            guard let row = self.section(node, path: path, keys: keys) else { continue }
            let number = number("year", in: row, range: 1970...9999)
            guard let number else { continue }
            if years[number] != nil {
                complain(
                    "the year \(number) is there twice; keep one.", line: row.line, path: path)
            }
            let holidays = days("holidays", of: number, in: row)
            let worked =
                row.entry("workedWeekends")?.value.content == .list([])
                ? [] : days("workedWeekends", of: number, in: row, orNone: "; none is `[]`")
            for day in worked where !isWeekend(day, of: number) {
                complain(
                    "\(number)-\(day / 100)-\(day % 100) is no Saturday and no Sunday; under "
                        + "`workedWeekends` stand weekend days that are worked.",
                    line: row.line, path: row.place("workedWeekends"))
            }
            guard let clause = clause(in: row) else { continue }
            years[number] = .init(holidays: holidays, workedWeekends: worked, clause: clause)
        }
        return years
    }

    /// Days such as `05-01`, and rows of them such as `05-01 to 05-05`.
    private mutating func days(
        _ key: String, of year: Int64, in row: Section, orNone: String = ""
    ) -> [Int] {
        var days: [Int] = []
        let example = "`[01-01 to 01-03, 04-05]`, months and days of the year\(orNone)"
        for (node, path) in list(key, in: row, example: example) {
            guard let text = text(node, path: path, example: example) else { continue }
            let ends = text.split(separator: " ").map(String.init)
            let isRow = ends.count == 3 && ends[1] == "to"
            guard ends.count == 1 || isRow, let first = day(ends[0], of: year),
                let last = day(ends[ends.count - 1], of: year), first <= last
            else {
                complain(
                    "`\(text)` is no day of \(year); write \(example).", line: node.line,
                    path: path)
                continue
            }
            var current = first
            while current <= last {
                if !days.contains(current) { days.append(current) }
                current = next(current, of: year)
            }
        }
        return days.sorted()
    }

    /// 501 for `05-01`.
    private func day(_ text: String, of year: Int64) -> Int? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.count) == [2, 2], let month = Int(parts[0]), let day = Int(parts[1]),
            (1...12).contains(month), (1...length(ofMonth: month, of: year)).contains(day)
        else { return nil }
        return month * 100 + day
    }

    private func next(_ day: Int, of year: Int64) -> Int {
        day % 100 < length(ofMonth: day / 100, of: year) ? day + 1 : (day / 100 + 1) * 100 + 1
    }

    private func length(ofMonth month: Int, of year: Int64) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        case _: 31
        }
    }

    private func isWeekend(_ day: Int, of year: Int64) -> Bool {
        let zone = Zone(offsetMinutes: 0)
        let local = LocalTime(year: year, month: Int64(day / 100), day: Int64(day % 100))
        return zone.isWeekend(zone.instant(local))
    }
}
