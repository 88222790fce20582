import Domain

/// One thing to print: the same fields make a row of a table and an object of JSON.
struct Record: Sendable, Equatable {
    var fields: [Field]

    init(_ fields: [Field]) { self.fields = fields }

    /// The object for programs; a time takes two members, `…_unix_ms` and the text with its zone.
    func json(zone: Zone) -> JSON {
        .object(fields.flatMap { $0.members(zone: zone) })
    }
}

/// One named value of a record.
struct Field: Sendable, Equatable {
    /// The name in JSON: stable, lower case, with underscores.
    var key: String
    /// The heading in a table; nil: only in JSON and in the long form.
    var heading: String?
    var cell: Cell

    init(_ key: String, _ heading: String?, _ cell: Cell) {
        (self.key, self.heading, self.cell) = (key, heading, cell)
    }

    fileprivate func members(zone: Zone) -> [JSON.Member] {
        switch cell {
        case .time(let instant):
            let instant = instant.flatMap { $0.unixMilliseconds == 0 ? nil : $0 }
            return [
                .init(key + "_unix_ms", instant.map { .integer($0.unixMilliseconds) } ?? .null),
                .init(key, instant.map { .text(TimeText.precise($0, zone)) } ?? .null),
            ]
        case .none: return [.init(key, .null)]
        case .text(let text): return [.init(key, .text(text))]
        case .word(let word, shown: _): return [.init(key, .text(word))]
        case .count(let count): return [.init(key, .integer(count))]
        case .position(let position): return [.init(key, .unsigned(position))]
        case .number(let number): return [.init(key, .number(number))]
        case .flag(let flag): return [.init(key, .flag(flag))]
        case .records(let records): return [.init(key, .list(records.map { $0.json(zone: zone) }))]
        case .record(let record): return [.init(key, record?.json(zone: zone) ?? .null)]
        }
    }
}

/// A value with what is needed to print it both ways.
enum Cell: Sendable, Equatable {
    case none
    case text(String)
    /// A word of a closed set: stable in JSON, as people say it in a table.
    case word(String, shown: String)
    case count(Int64)
    case position(UInt64)
    case number(Double)
    case flag(Bool)
    case time(Instant?)
    case records([Record])
    case record(Record?)

    var isNumber: Bool {
        switch self {
        case .count, .position, .number: true
        case .none, .text, .word, .flag, .time, .records, .record: false
        }
    }

    /// The text in a table; an absent value is a dash, so that no column looks forgotten.
    func text(zone: Zone) -> String {
        switch self {
        case .none: "-"
        case .text(let text), .word(_, shown: let text): text.isEmpty ? "-" : text.printable
        case .count(let count): String(count)
        case .position(let position): String(position)
        case .number(let number): Self.plain(number)
        case .flag(let flag): flag ? "yes" : "no"
        case .time(let instant):
            instant.map { $0.unixMilliseconds == 0 ? "-" : TimeText.precise($0, zone) } ?? "-"
        case .records(let records): "\(records.count)"
        case .record(let record): record?.fields.first?.cell.text(zone: zone) ?? "-"
        }
    }

    private static func plain(_ number: Double) -> String {
        let text = "\(number)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
