import Domain
import Yams

/// Reads a mapping file and finds every mistake in it, each with its line.
struct MappingReader {
    private var mistakes: [FileMistake] = []

    static func read(_ text: String, file: String) throws(FileRefused) -> ReplayMapping {
        var reader = MappingReader()
        let mapping = reader.mapping(text)
        if let mapping, reader.mistakes.isEmpty { return mapping }
        throw FileRefused(file: file, mistakes: reader.mistakes.sorted { $0.line < $1.line })
    }

    private static let keys = [
        "gateway", "separator", "header", "start", "every", "time", "zone", "missing", "columns",
    ]

    private mutating func mapping(_ text: String) -> ReplayMapping? {
        let root: Node.Mapping
        do {
            guard let node = try Yams.compose(yaml: text), let mapping = node.mapping else {
                note(1, "The file must hold a mapping. Start with `gateway: …`.")
                return nil
            }
            root = mapping
        } catch let error as YamlError {
            note(error)
            return nil
        } catch {
            note(1, "The file is not YAML: \(error).")
            return nil
        }
        for (key, _) in root where !Self.keys.contains(key.string ?? "") {
            let known = Self.keys.joined(separator: ", ")
            note(key, "`\(key.string ?? "?")` is not a key of a mapping file. Known: \(known).")
        }
        let zone = self.zone(root)
        let hasHeader = flag(root["header"], "header") ?? false
        let separator = self.separator(root["separator"])
        let gateway = self.gateway(root)
        let times = self.times(root, zone: zone, hasHeader: hasHeader)
        let columns = self.columns(root, hasHeader: hasHeader)
        let missing = self.missing(root["missing"])
        guard let separator, let gateway, let times else { return nil }
        return ReplayMapping(
            gateway: gateway, separator: separator, hasHeader: hasHeader, times: times,
            columns: columns, missing: missing, zone: zone)
    }

    private mutating func zone(_ root: Node.Mapping) -> Zone {
        guard let node = root["zone"] else { return .beijing }
        if let text = node.string, let zone = TimeText.zone(text) { return zone }
        note(node, "`zone` must look like \"+08:00\".")
        return .beijing
    }

    private mutating func gateway(_ root: Node.Mapping) -> GatewayID? {
        guard let node = root["gateway"] else {
            note(0, "`gateway` is missing. Write the id of the gateway that the registry names.")
            return nil
        }
        if let text = node.string, !text.isEmpty { return GatewayID(text) }
        note(node, "`gateway` must be the id of a gateway of the registry.")
        return nil
    }

    private mutating func separator(_ node: Node?) -> ReplayMapping.Separator? {
        guard let node else {
            note(0, "`separator` is missing. Write `blanks`, `csv`, `tab`, or one character.")
            return nil
        }
        switch node.string ?? "" {
        case "blanks": return .blanks
        case "csv": return .character(UInt8(ascii: ","))
        case "tab": return .character(UInt8(ascii: "\t"))
        case let text:
            if text.utf8.count == 1, let byte = text.utf8.first, byte > 0x20, byte != 0x22 {
                return .character(byte)
            }
            note(node, "`separator` must be `blanks`, `csv`, `tab` or one character like \";\".")
            return nil
        }
    }

    private mutating func times(
        _ root: Node.Mapping, zone: Zone, hasHeader: Bool
    ) -> ReplayMapping.Times? {
        if let node = root["time"] {
            for key in ["start", "every"] {
                guard let extra = root[key] else { continue }
                note(extra, "`\(key)` and `time` exclude each other: the times are in a column.")
            }
            return timeColumn(node, hasHeader: hasHeader)
        }
        var start: Instant?
        var every: Interval?
        if let node = root["start"] {
            start = node.string.flatMap { TimeText.instant($0, zone: zone) }
            if start == nil {
                note(node, "`start` must look like \"2021-11-01 08:00:00 +08:00\".")
            }
        } else {
            let text = "`start` is missing. Write the time of the first row, "
            note(0, text + "or `time:` if a column holds the times.")
        }
        if let node = root["every"] {
            every = node.string.flatMap(TimeText.interval)
            if every.map({ $0 <= Interval(milliseconds: 0) }) ?? true {
                note(node, "`every` must be a time such as 10s, 3min or 1h.")
            }
        } else {
            note(0, "`every` is missing. Write the time between two rows, such as 3min.")
        }
        guard let start, let every else { return nil }
        return .period(start: start, every: every)
    }

    private mutating func timeColumn(_ node: Node, hasHeader: Bool) -> ReplayMapping.Times? {
        guard let mapping = node.mapping, let columnNode = mapping["column"] else {
            note(node, "`time` needs `column:` and may have `format:`.")
            return nil
        }
        for (key, _) in mapping where !["column", "format"].contains(key.string ?? "") {
            note(key, "`\(key.string ?? "?")` is not a key of `time`. Known: column, format.")
        }
        var format = ReplayMapping.TimeFormat.text
        if let formatNode = mapping["format"] {
            switch formatNode.string ?? "" {
            case "text": format = .text
            case "unix_ms": format = .unixMilliseconds
            case "unix_s": format = .unixSeconds
            default: note(formatNode, "`format` must be text, unix_ms or unix_s.")
            }
        }
        return place(columnNode, hasHeader: hasHeader).map { .column($0, format) }
    }

    private mutating func columns(
        _ root: Node.Mapping, hasHeader: Bool
    ) -> [ReplayMapping.Column] {
        guard let node = root["columns"] else {
            note(0, "`columns` is missing. Write one line `NUMBER: POINT` per column.")
            return []
        }
        guard let mapping = node.mapping, !mapping.isEmpty else {
            note(node, "`columns` must hold one line `NUMBER: POINT` per column.")
            return []
        }
        var columns: [ReplayMapping.Column] = []
        for (key, value) in mapping {
            guard let place = place(key, hasHeader: hasHeader),
                let column = column(value, place: place)
            else { continue }
            if let other = columns.first(where: { $0.point == column.point }) {
                let text = "\(other.place.text) already gives point \(column.point)"
                note(value, text + ". A point takes one column.")
            }
            columns.append(column)
        }
        return columns
    }

    private mutating func place(_ node: Node, hasHeader: Bool) -> ReplayMapping.Place? {
        guard let text = node.string, !text.isEmpty else {
            note(node, "A column is a number from 1, or its name in the header.")
            return nil
        }
        if let number = Int(text) {
            guard number >= 1 else {
                note(node, "Columns are counted from 1; \(number) is none.")
                return nil
            }
            return .number(number)
        }
        guard hasHeader else {
            let reason = "\"\(text)\" is a name, but the file has no header. "
            note(node, reason + "Write `header: true`, or a number.")
            return nil
        }
        return .name(text)
    }

    private mutating func column(
        _ node: Node, place: ReplayMapping.Place
    ) -> ReplayMapping.Column? {
        if let text = node.string, !text.isEmpty {
            return .init(place: place, point: PointID(text), scale: 1, offset: 0)
        }
        guard let mapping = node.mapping, let point = mapping["point"]?.string, !point.isEmpty
        else {
            let text = "A column needs the id of its point: "
            note(node, text + "`7: POINT`, or `7: {point: POINT, scale: 0.001}`.")
            return nil
        }
        for (key, _) in mapping where !["point", "scale", "offset"].contains(key.string ?? "") {
            let name = key.string ?? "?"
            note(key, "`\(name)` is not a key of a column. Known: point, scale, offset.")
        }
        let scale = number(mapping["scale"], "scale") ?? 1
        if scale == 0 { note(node, "`scale` must not be 0: every value would be the same.") }
        return .init(
            place: place, point: PointID(point), scale: scale,
            offset: number(mapping["offset"], "offset") ?? 0)
    }

    private mutating func missing(_ node: Node?) -> [String] {
        guard let node else { return ["NaN", "NA", "null", "-"] }
        guard let items = node.sequence else {
            note(node, "`missing` must be a list of cells, such as [NaN, \"-\"].")
            return []
        }
        return items.compactMap(\.string)
    }

    private mutating func flag(_ node: Node?, _ key: String) -> Bool? {
        guard let node else { return nil }
        if let flag = node.bool { return flag }
        note(node, "`\(key)` must be true or false.")
        return nil
    }

    private mutating func number(_ node: Node?, _ key: String) -> Double? {
        guard let node else { return nil }
        if let text = node.string, let number = Double(text), number.isFinite { return number }
        note(node, "`\(key)` must be a number.")
        return nil
    }

    private mutating func note(_ node: Node, _ text: String) {
        note(node.mark?.line ?? 0, text)
    }

    private mutating func note(_ line: Int, _ text: String) {
        mistakes.append(FileMistake(line: line, text: text))
    }

    private mutating func note(_ error: YamlError) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            note(mark.line, "This is not YAML: \(problem).")
        case .duplicatedKeysInMapping(let duplicates, let context):
            let keys = duplicates.joined(separator: ", ")
            note(context.mark.line, "Each key may stand once; here more often: \(keys).")
        default: note(1, "The file is not YAML: \(error).")
        }
    }
}
