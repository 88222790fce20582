import Domain

/// Field by field: what may be written, and the sentence if something else was.
extension RowReading {
    func wasWritten(_ field: String) -> Bool { written(field) != nil }

    /// The text of a field; nil if it is absent or empty.
    func written(_ field: String) -> String? {
        row.fields.first { $0.name == field && !$0.text.isEmpty }?.text
    }

    mutating func checkFieldNames(_ form: Packs.Form) {
        var seen: [String] = []
        let fields = kind.fields
        for field in row.fields {
            if seen.contains(field.name) {
                add(field.name, "\(field.name) is written twice; keep one")
            } else if !fields.contains(field.name), form.fact(field.name) == nil,
                !field.text.isEmpty
            {
                let choice = list(fields + form.facts.map(\.id))
                add(field.name, "there is no field \(field.name); write \(choice)")
            }
            seen.append(field.name)
        }
    }

    mutating func optionalText(_ field: String, max: Int) -> String? {
        guard let text = written(field) else { return nil }
        if text.count > max {
            add(field, "\(field) has \(text.count) characters; write at most \(max)")
            return nil
        }
        if text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            add(field, "\(field) holds a control character; write plain text on one line")
            return nil
        }
        return text
    }

    mutating func text(_ field: String, max: Int, hint: String? = nil) -> String? {
        if written(field) == nil {
            add(field, "\(field) is missing; write it\(hint.map { ", \($0)" } ?? "")")
            return nil
        }
        return optionalText(field, max: max)
    }

    mutating func optionalIdentifier(_ field: String) -> String? {
        guard let text = written(field) else { return nil }
        if text.utf8.count > RegistryLimits.idMax || !text.utf8.allSatisfy(isIdentifierByte) {
            add(
                field,
                "\(field) \"\(text)\" is not an id; write at most \(RegistryLimits.idMax) letters "
                    + "a-z or A-Z, digits and - _ . :")
            return nil
        }
        return text
    }

    mutating func identifier(_ field: String) -> String? {
        if written(field) == nil {
            add(field, "\(field) is missing; write \(field == "id" ? "one" : "the id of one")")
            return nil
        }
        return optionalIdentifier(field)
    }

    /// One word of a closed list, such as a placement.
    mutating func word<Word>(_ field: String) -> Word?
    where Word: RawRepresentable<String> & CaseIterable {
        word(field, of: Array(Word.allCases))
    }

    mutating func bodyKind() -> NodeKind? {
        word("kind", of: NodeKind.allCases.filter { $0 != .enterprise })
    }

    private mutating func word<Word: RawRepresentable<String>>(
        _ field: String, of words: [Word]
    ) -> Word? {
        let choice = list(words.map(\.rawValue))
        guard let text = written(field) else {
            add(field, "\(field) is missing; write \(choice)")
            return nil
        }
        guard let word = words.first(where: { $0.rawValue == text }) else {
            add(field, "there is no \(field) \"\(text)\"; write \(choice)")
            return nil
        }
        return word
    }

    mutating func grade() -> Grade? {
        guard let text = written("grade") else {
            add("grade", "grade is missing; write 1 (highest), 2, 3 or 4")
            return nil
        }
        guard let grade = Int(text).flatMap(Grade.init(rawValue:)) else {
            add("grade", "there is no grade \"\(text)\"; write 1 (highest), 2, 3 or 4")
            return nil
        }
        return grade
    }

    mutating func optionalNumber(_ field: String) -> Double? {
        guard let text = written(field) else { return nil }
        guard let number = exactNumber(text) else {
            add(field, "\(field) \"\(text)\" is not a number; write one such as 12.5")
            return nil
        }
        return number
    }

    mutating func number(_ field: String) -> Double? {
        if written(field) == nil {
            add(field, "\(field) is missing; write the end of the instrument's range")
            return nil
        }
        return optionalNumber(field)
    }

    mutating func telephone() -> String? {
        guard let text = written("telephone") else {
            add("telephone", "telephone is missing; write the number that notices go to")
            return nil
        }
        if text.contains("*") {
            add(
                "telephone",
                "telephone \(text) is masked; export with an administrator's token, or write the "
                    + "whole number")
            return nil
        }
        let digits = text.utf8.filter { $0 >= 0x30 && $0 <= 0x39 }.count
        if digits < 3 || text.utf8.count > 24 || !text.utf8.allSatisfy(isTelephoneByte) {
            add(
                "telephone",
                "telephone \"\(text)\" is not a number; write 3 to 24 digits, with + - or blanks "
                    + "between")
            return nil
        }
        return text
    }

    /// The word that the profile has for a post; any, since a registry serves many profiles.
    mutating func post() -> String? {
        if written("post") == nil {
            add("post", "post is missing; write the word of the profile, such as safetyHead")
            return nil
        }
        return optionalIdentifier("post")
    }

    mutating func email() -> String? {
        guard let text = written("email") else { return nil }
        if text.contains("*") {
            add(
                "email",
                "email \(text) is masked; export with an administrator's token, or write the "
                    + "whole address")
            return nil
        }
        let parts = text.utf8.split(separator: 0x40, omittingEmptySubsequences: false)
        guard text.utf8.count <= RegistryLimits.emailMax, parts.count == 2,
            parts.allSatisfy({ !$0.isEmpty }),
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x2C && $0 != 0x3B })
        else {
            add(
                "email",
                "email \"\(text)\" is not an address; write one such as name@county.example, or "
                    + "leave it out")
            return nil
        }
        return text
    }

    mutating func day(_ field: String) -> CalendarDay? {
        guard let text = written(field) else { return nil }
        guard let day = CalendarDay(text) else {
            add(
                field,
                "\(field) \"\(text)\" is not a day; write year, month and day such as "
                    + "2021-11-01, or leave it out")
            return nil
        }
        return day
    }

    /// LL < L < H < HH, each inside the range, and the range not empty.
    mutating func checkOrder(of limits: Limits, low: Double?, high: Double?) {
        if let low, let high, !(low < high) {
            add(
                "rangeHigh",
                "rangeHigh \(plain(high)) must be above rangeLow \(plain(low)); write the two ends "
                    + "of the instrument's range")
        }
        let named: [(name: String, value: Double?)] = [
            ("lowLow", limits.lowLow), ("low", limits.low), ("high", limits.high),
            ("highHigh", limits.highHigh),
        ]
        let given = named.compactMap { limit in limit.value.map { (limit.name, $0) } }
        for (lower, upper) in zip(given, given.dropFirst()) where !(lower.1 < upper.1) {
            add(
                upper.0,
                "\(upper.0) \(plain(upper.1)) must be above \(lower.0) \(plain(lower.1)); write "
                    + "lowLow < low < high < highHigh")
        }
        for (name, value) in given {
            if let low, value < low {
                add(name, "\(name) \(plain(value)) is below rangeLow \(plain(low)); \(outside)")
            }
            if let high, value > high {
                add(name, "\(name) \(plain(value)) is above rangeHigh \(plain(high)); \(outside)")
            }
        }
    }

    private var outside: String {
        "a limit outside the range is never reached, correct one of them"
    }
}

/// `a, b or c`.
func list(_ words: [String]) -> String {
    guard words.count > 1, let last = words.last else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " or " + last
}

func isIdentifierByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x3A, 0x5F: true
    case _: false
    }
}

func isNumberByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x2B, 0x2D, 0x2E, 0x45, 0x65: true
    case _: false
    }
}

private func isTelephoneByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x2B, 0x2D, 0x20: true
    case _: false
    }
}
