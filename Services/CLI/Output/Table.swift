import Domain

/// Lays records out for people: columns as wide as their widest cell, numbers to the right.
enum Table {
    /// One line per record under a line of headings; the headings are those of the first record.
    static func lines(_ records: [Record], zone: Zone) -> [String] {
        guard let first = records.first else { return [] }
        let shown = first.fields.indices.filter { first.fields[$0].heading != nil }
        let headings = shown.map { first.fields[$0].heading ?? "" }
        let rows = records.map { record in shown.map { record.fields[$0].cell.text(zone: zone) } }
        let right = shown.map { column in
            records.contains { $0.fields[column].cell.isNumber }
        }
        let widths = headings.indices.map { column in
            ([headings[column]] + rows.map { $0[column] }).map(DisplayWidth.of).max() ?? 0
        }
        return ([headings] + rows).map { cells in
            let padded = cells.indices.map { pad(cells[$0], to: widths[$0], right: right[$0]) }
            return trimmed(padded.joined(separator: "  "))
        }
    }

    /// One line per field, for one record; records inside follow as tables of their own.
    static func details(_ record: Record, zone: Zone) -> [String] {
        let plain = record.fields.filter { !$0.cell.isNested }
        let width = plain.map { DisplayWidth.of(name($0)) }.max() ?? 0
        var lines = plain.map { field in
            pad(name(field), to: width, right: false) + "  " + field.cell.text(zone: zone)
        }
        for field in record.fields {
            switch field.cell {
            case .records(let records):
                lines += ["", name(field) + ": \(records.count)"]
                lines += Table.lines(records, zone: zone).map { "  " + $0 }
            case .record(let inner):
                lines += ["", name(field)]
                lines += inner.map { details($0, zone: zone).map { "  " + $0 } } ?? ["  -"]
            case .none, .text, .word, .count, .position, .number, .flag, .time: break
            }
        }
        return lines
    }

    private static func name(_ field: Field) -> String {
        field.heading ?? String(field.key.map { $0 == "_" ? " " : $0 })
    }

    private static func pad(_ text: String, to width: Int, right: Bool) -> String {
        let blanks = String(repeating: " ", count: max(0, width - DisplayWidth.of(text)))
        return right ? blanks + text : text + blanks
    }

    private static func trimmed(_ line: String) -> String {
        guard let end = line.lastIndex(where: { $0 != " " }) else { return "" }
        return String(line[...end])
    }
}

extension Cell {
    fileprivate var isNested: Bool {
        switch self {
        case .records, .record: true
        case .none, .text, .word, .count, .position, .number, .flag, .time: false
        }
    }
}
