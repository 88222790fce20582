import Domain

/// A data file with its mapping: checked as a whole first, then given out row by row.
struct ReplayFile: Sendable {
    let path: String
    let mapping: ReplayMapping

    init(path: String, mapping: ReplayMapping) {
        (self.path, self.mapping) = (path, mapping)
    }

    /// One row: the values of the mapped columns at one time.
    struct Row: Sendable, Equatable {
        /// From 1, without the header and empty lines.
        var number: Int
        var line: Int
        var at: Instant
        /// One per mapped column; nil: the cell holds no value.
        var values: [Double?]
    }

    /// What a file holds as a whole.
    struct Survey: Sendable, Equatable {
        var rows = 0
        var readings = 0
        var missing = 0
        var first = Instant(unixMilliseconds: 0)
        var last = Instant(unixMilliseconds: 0)
    }

    /// More mistakes than a person mends in one go are counted and not listed.
    static let mistakesMax = 1_000

    /// Reads the whole file once and finds every mistake, so that a replay never stops half-way.
    func survey() throws(FileRefused) -> Survey {
        var reader = try rows()
        var survey = Survey()
        var mistakes: [FileMistake] = []
        while mistakes.count < Self.mistakesMax {
            do throws(RowMistake) {
                guard let row = try reader.next() else { break }
                if survey.rows == 0 {
                    survey.first = row.at
                } else if row.at < survey.last {
                    let text = "The time goes back. Rows must stand in the order of their times."
                    throw RowMistake(line: row.line, text: text, isLast: false)
                }
                survey.rows += 1
                survey.readings += row.values.count { $0 != nil }
                survey.missing += row.values.count { $0 == nil }
                survey.last = row.at
            } catch {
                mistakes.append(FileMistake(line: error.line, text: error.text))
                if error.isLast { break }
            }
        }
        if mistakes.isEmpty, survey.rows == 0 {
            mistakes.append(FileMistake(line: 0, text: "The file holds no rows."))
        }
        guard mistakes.isEmpty else { throw FileRefused(file: path, mistakes: mistakes) }
        return survey
    }

    /// The rows from the first on.
    func rows() throws(FileRefused) -> Rows {
        do throws(RowMistake) {
            return try Rows(Rows.open(path, mapping), mapping: mapping)
        } catch {
            let mistake = FileMistake(line: error.line, text: error.text)
            throw FileRefused(file: path, mistakes: [mistake])
        }
    }

    /// What is wrong with one row; `isLast`: nothing behind it can be read.
    struct RowMistake: Error, Equatable {
        var line: Int
        var text: String
        var isLast: Bool
    }

    /// Walks over the rows.
    struct Rows: ~Copyable {
        private let mapping: ReplayMapping
        private var lines: DelimitedLines
        private var number = 0
        private var columns: [Int] = []
        private var timeColumn: Int?
        private let missing: Set<String>

        fileprivate init(
            _ opened: consuming DelimitedLines, mapping: ReplayMapping
        ) throws(RowMistake) {
            self.mapping = mapping
            missing = Set(mapping.missing)
            lines = opened
            var header: [String]?
            if mapping.hasHeader {
                guard let row = try line() else {
                    throw RowMistake(line: 0, text: "The file holds no header.", isLast: true)
                }
                header = row.cells
            }
            for column in mapping.columns {
                columns.append(try Self.index(column.place, header: header))
            }
            if case .column(let place, _) = mapping.times {
                timeColumn = try Self.index(place, header: header)
            }
        }

        fileprivate static func open(
            _ path: String, _ mapping: ReplayMapping
        ) throws(RowMistake) -> DelimitedLines {
            do throws(DelimitedLines.Broken) {
                return try DelimitedLines(path: path, separator: mapping.separator)
            } catch {
                throw RowMistake(error)
            }
        }

        /// The next row; nil at the end.
        mutating func next() throws(RowMistake) -> Row? {
            guard let row = try line() else { return nil }
            number += 1
            let at = try time(row)
            var values: [Double?] = []
            values.reserveCapacity(columns.count)
            for (index, column) in zip(columns, mapping.columns) {
                values.append(try value(row, index, column))
            }
            return Row(number: number, line: row.line, at: at, values: values)
        }

        private mutating func line() throws(RowMistake) -> DelimitedLines.Row? {
            do throws(DelimitedLines.Broken) {
                return try lines.row()
            } catch {
                throw RowMistake(error)
            }
        }

        private func value(
            _ row: DelimitedLines.Row, _ index: Int, _ column: ReplayMapping.Column
        ) throws(RowMistake) -> Double? {
            let cell = try cell(row, index, column.place)
            if cell.isEmpty || missing.contains(cell) { return nil }
            guard let value = Double(cell), value.isFinite else {
                let text = "\(column.place.text) holds \"\(cell)\", which is not a number. "
                throw RowMistake(
                    line: row.line, text: text + "Name it under `missing` if it means no value.",
                    isLast: false)
            }
            return value * column.scale + column.offset
        }

        private func time(_ row: DelimitedLines.Row) throws(RowMistake) -> Instant {
            switch mapping.times {
            case .period(let start, let every):
                return start + every * Int64(number - 1)
            case .column(let place, let format):
                let cell = try cell(row, timeColumn ?? 0, place)
                if let instant = Self.instant(cell, format, mapping.zone) { return instant }
                let text = "\(place.text) holds \"\(cell)\", which is not a time (\(format.text))."
                throw RowMistake(line: row.line, text: text, isLast: false)
            }
        }

        private func cell(
            _ row: DelimitedLines.Row, _ index: Int, _ place: ReplayMapping.Place
        ) throws(RowMistake) -> String {
            guard index < row.cells.count else {
                let text = "The row has \(row.cells.count) columns, so \(place.text) is not there."
                throw RowMistake(line: row.line, text: text, isLast: false)
            }
            return row.cells[index]
        }

        private static func index(
            _ place: ReplayMapping.Place, header: [String]?
        ) throws(RowMistake) -> Int {
            switch place {
            case .number(let number): return number - 1
            case .name(let name):
                let header = header ?? []
                if let index = header.firstIndex(of: name) { return index }
                let text = "No column is called \"\(name)\". The header holds: "
                throw RowMistake(
                    line: 1, text: text + header.joined(separator: ", ") + ".", isLast: true)
            }
        }

        private static func instant(
            _ cell: String, _ format: ReplayMapping.TimeFormat, _ zone: Zone
        ) -> Instant? {
            switch format {
            case .text: TimeText.instant(cell, zone: zone)
            case .unixMilliseconds: Int64(cell).map(Instant.init(unixMilliseconds:))
            case .unixSeconds:
                Double(cell).flatMap { seconds in
                    abs(seconds) < 1e12
                        ? Instant(unixMilliseconds: Int64((seconds * 1_000).rounded())) : nil
                }
            }
        }
    }
}

extension ReplayFile.RowMistake {
    fileprivate init(_ broken: DelimitedLines.Broken) {
        switch broken {
        case .lineTooLong(let line):
            self.init(line: line, text: "The line is longer than 1 MiB.", isLast: true)
        case .quoteNotClosed(let line):
            self.init(line: line, text: "A quote that opens here is never closed.", isLast: true)
        case .notText(let line):
            self.init(line: line, text: "The line is not UTF-8 text.", isLast: false)
        case .unreadable(let text): self.init(line: 0, text: text, isLast: true)
        }
    }
}

extension ReplayMapping.TimeFormat {
    fileprivate var text: String {
        switch self {
        case .text: "such as 2021-11-01 08:00:00"
        case .unixMilliseconds: "whole milliseconds since 1970"
        case .unixSeconds: "seconds since 1970"
        }
    }
}
