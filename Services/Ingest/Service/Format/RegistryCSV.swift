import IngestCore

/// A registry as one CSV file (RFC 4180): the column `type` says what a line is, the others are
/// the fields of all kinds; what a kind does not have stays empty.
enum RegistryCSV {
    static func read(_ text: String, packs: Packs, into document: inout RegistryDocument) {
        var lines = CSVLines(text)
        guard let header = lines.next() else { return }
        let known = EntryKind.allFields + packs.factIDs
        guard let columns = columns(header, known: known, into: &document) else { return }
        while let line = lines.next() {
            guard document.rows.count <= RegistryLimits.rowsMax else { return }
            if let mistake = line.mistake {
                document.add(line.number, mistake)
                // What follows an open quote cannot be told apart any more.
                continue
            }
            if line.fields.allSatisfy({ trimmed($0).isEmpty }) { continue }
            if line.fields.count > columns.count {
                document.add(
                    line.number,
                    "the line has \(line.fields.count) fields and the first line names "
                        + "\(columns.count); put text that holds a comma into quotes.")
                continue
            }
            document.rows.append(row(line, columns))
        }
    }

    private static func row(_ line: CSVLines.Line, _ columns: [String]) -> RegistryRow {
        var row = RegistryRow(kind: "", line: line.number, fields: [])
        for (name, text) in zip(columns, line.fields) {
            let text = trimmed(text)
            if name == "type" {
                row.kind = text
            } else if !text.isEmpty {
                row.fields.append(RegistryField(name, text, line: line.number))
            }
        }
        return row
    }

    private static func columns(
        _ header: CSVLines.Line, known: [String], into document: inout RegistryDocument
    ) -> [String]? {
        let columns = header.fields.map { trimmed($0) }
        let before = document.mistakes.count
        for (index, name) in columns.enumerated() {
            if columns[..<index].contains(name) {
                document.add(header.number, "the column \(name) is there twice; keep one.")
            } else if name != "type", !known.contains(name) {
                let names = known.joined(separator: ", ")
                document.add(
                    header.number,
                    "there is no column \"\(name)\"; the first line names columns out of: type, "
                        + "\(names).")
            }
        }
        for name in ["type", "id"] where !columns.contains(name) {
            document.add(
                header.number, "the column \(name) is missing; add it to the first line.")
        }
        return document.mistakes.count == before ? columns : nil
    }

    static func write(_ entries: [RegistryEntry]) -> String {
        // The fields of every kind, and the facts that somebody has.
        var columns = EntryKind.allFields
        var places: [String: Int] = [:]
        for (place, name) in columns.enumerated() { places[name] = place }
        for fact in entries.lazy.flatMap(\.facts.all) where places[fact.id] == nil {
            places[fact.id] = columns.count
            columns.append(fact.id)
        }
        var text = (["type"] + columns).joined(separator: ",") + "\r\n"
        for entry in entries {
            var texts = [String](repeating: "", count: columns.count)
            for field in entry.fields {
                if let place = places[field.name] { texts[place] = field.text }
            }
            let line = ([entry.key.kind.rawValue] + texts).map(quoted)
            text += line.joined(separator: ",") + "\r\n"
        }
        return text
    }

    private static func quoted(_ text: String) -> String {
        let needsQuotes = text.contains { $0 == "," || $0 == "\"" || $0.isNewline }
        return needsQuotes ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
    }
}

/// The lines of a CSV text; one line may hold line breaks inside quotes.
struct CSVLines {
    struct Line: Equatable {
        /// Where it begins, from 1.
        var number: Int
        var fields: [String]
        var mistake: String?
    }

    private var rest: Substring.UnicodeScalarView
    private var number = 1

    init(_ text: String) { rest = text[...].unicodeScalars }

    mutating func next() -> Line? {
        if rest.isEmpty { return nil }
        var line = Line(number: number, fields: [])
        while true {
            line.fields.append(field(&line))
            guard let separator = rest.popFirst() else { return line }
            if separator == "," {
                // A comma at the very end has an empty field after it.
                if rest.isEmpty {
                    line.fields.append("")
                    return line
                }
                continue
            }
            if separator == "\r", rest.first == "\n" { rest.removeFirst() }
            number += 1
            return line
        }
    }

    /// One field up to a comma, the end of the line or the end of the text, which stay.
    private mutating func field(_ line: inout Line) -> String {
        guard rest.first == "\"" else { return plain(&line) }
        rest.removeFirst()
        var text = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            if scalar == "\n" || (scalar == "\r" && rest.first != "\n") { number += 1 }
            if scalar != "\"" {
                text.append(scalar)
            } else if rest.first == "\"" {
                text.append("\"")
                rest.removeFirst()
            } else {
                if !plain(&line).isEmpty {
                    line.mistake =
                        "there is text after a closing quote; write a quote inside "
                        + "quotes as two."
                }
                return String(text)
            }
        }
        line.mistake = "a quote is opened on this line and never closed; close it."
        return String(text)
    }

    private mutating func plain(_ line: inout Line) -> String {
        let end =
            rest.firstIndex { $0 == "," || $0 == "\n" || $0 == "\r" } ?? rest.endIndex
        defer { rest = rest[end...] }
        if rest[..<end].contains("\"") {
            line.mistake =
                "there is a quote inside a field without quotes; put the field into "
                + "quotes, and write a quote inside as two."
        }
        return String(rest[..<end])
    }
}
