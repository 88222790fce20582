/// A JSON value whose objects keep their order: the same answer always prints the same text.
enum JSON: Sendable, Equatable {
    case null
    case flag(Bool)
    case integer(Int64)
    case unsigned(UInt64)
    case number(Double)
    case text(String)
    case list([JSON])
    case object([Member])

    struct Member: Sendable, Equatable {
        var key: String
        var value: JSON

        init(_ key: String, _ value: JSON) {
            (self.key, self.value) = (key, value)
        }
    }

    /// One line without blanks: for streams of values.
    var line: String {
        var text = ""
        write(into: &text, indent: nil)
        return text
    }

    /// Several lines, indented by two blanks: for people who read it all the same.
    var pretty: String {
        var text = ""
        write(into: &text, indent: 0)
        return text
    }

    private func write(into text: inout String, indent: Int?) {
        switch self {
        case .null: text += "null"
        case .flag(let flag): text += flag ? "true" : "false"
        case .integer(let number): text += String(number)
        case .unsigned(let number): text += String(number)
        case .number(let number): text += number.isFinite ? "\(number)" : "null"
        case .text(let value): Self.quote(value, into: &text)
        case .list(let items):
            Self.write(items.count, "[", "]", into: &text, indent: indent) { index, text, inner in
                items[index].write(into: &text, indent: inner)
            }
        case .object(let members):
            Self.write(members.count, "{", "}", into: &text, indent: indent) { index, text, inner in
                Self.quote(members[index].key, into: &text)
                text += inner == nil ? ":" : ": "
                members[index].value.write(into: &text, indent: inner)
            }
        }
    }

    private static func write(
        _ count: Int, _ open: String, _ close: String, into text: inout String, indent: Int?,
        item: (Int, inout String, Int?) -> Void
    ) {
        text += open
        for index in 0..<count {
            if index > 0 { text += "," }
            if let indent { text += "\n" + String(repeating: " ", count: indent + 2) }
            item(index, &text, indent.map { $0 + 2 })
        }
        if let indent, count > 0 { text += "\n" + String(repeating: " ", count: indent) }
        text += close
    }

    private static func quote(_ value: String, into text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
