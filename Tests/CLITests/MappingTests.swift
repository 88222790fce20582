import Domain
import Testing

@testable import CLI

@Suite struct MappingTests {
    @Test func aFullMappingIsRead() throws {
        let mapping = try MappingReader.read(
            """
            # how the plant's file is laid out
            gateway: te-gateway
            separator: csv
            header: true
            time: {column: time, format: unix_s}
            missing: [NaN]
            columns:
              2: p-pressure
              temp: {point: p-temperature, scale: 0.1, offset: -40}
            """, file: "m.yaml")
        #expect(mapping.gateway == GatewayID("te-gateway"))
        #expect(mapping.separator == .character(UInt8(ascii: ",")))
        #expect(mapping.times == .column(.name("time"), .unixSeconds))
        #expect(mapping.missing == ["NaN"])
        #expect(
            mapping.columns == [
                .init(place: .number(2), point: PointID("p-pressure"), scale: 1, offset: 0),
                .init(
                    place: .name("temp"), point: PointID("p-temperature"), scale: 0.1, offset: -40),
            ])
    }

    @Test func startAndPeriodReplaceATimeColumn() throws {
        let mapping = try MappingReader.read(good(), file: "m.yaml")
        #expect(mapping.times == .period(start: t0, every: .minutes(3)))
        #expect(mapping.separator == .blanks)
        #expect(mapping.zone == .beijing)
    }

    static let bad: [(text: String, line: Int, says: String)] = [
        (good(without: "gateway"), 0, "`gateway` is missing"),
        (good(without: "separator"), 0, "`separator` is missing"),
        (good(without: "start"), 0, "`start` is missing"),
        (good(without: "every"), 0, "`every` is missing"),
        (good(without: "columns"), 0, "`columns` is missing"),
        (good("speed: 9"), 6, "`speed` is not a key"),
        (good("start: yesterday"), 3, "`start` must look like"),
        (good("every: 3"), 4, "`every` must be a time such as"),
        (good("every: 0s"), 4, "`every` must be a time such as"),
        (good("separator: ab"), 2, "`separator` must be"),
        (good("zone: Beijing"), 6, "`zone` must look like"),
        (good("header: perhaps"), 6, "`header` must be true or false"),
        (good("missing: NaN"), 6, "`missing` must be a list"),
        (good("columns: {0: p1}"), 5, "counted from 1"),
        (good("columns: {pressure: p1}"), 5, "has no header"),
        (good("columns: {1: p1, 2: p1}"), 5, "already gives point p1"),
        (good("columns: {1: p1, 1: p2}"), 5, "may stand once"),
        (good("columns: {1: {scale: 2}}"), 5, "needs the id of its point"),
        (good("columns: {1: {point: p1, scale: 0}}"), 5, "must not be 0"),
        (good("columns: {1: {point: p1, scale: x}}"), 5, "`scale` must be a number"),
        (good("columns: {1: {point: p1, unit: kPa}}"), 5, "`unit` is not a key of a column"),
        (good("columns: []"), 5, "one line `NUMBER: POINT`"),
        (good("time: {column: 1}"), 3, "exclude each other"),
        ("gateway: [\n", 2, "not YAML"),
        ("just text", 1, "must hold a mapping"),
        ("", 1, "must hold a mapping"),
    ]

    @Test(arguments: bad) func aMistakeIsNamedWithItsLine(
        row: (text: String, line: Int, says: String)
    ) {
        let refused = #expect(throws: FileRefused.self) {
            try MappingReader.read(row.text, file: "m.yaml")
        }
        let found = refused?.mistakes.contains { $0.line == row.line && $0.text.contains(row.says) }
        #expect(found == true, "\(refused?.lines() ?? [])")
    }

    @Test func allMistakesAreToldAtOnce() {
        let refused = #expect(throws: FileRefused.self) {
            try MappingReader.read(
                "gateway: g\nseparator: ab\nstart: x\nevery: y\ncolumns: {0: p, name: q}",
                file: "m.yaml")
        }
        #expect(refused?.mistakes.count == 5)
        #expect(refused?.lines(limit: 2).last == "… and 3 more")
    }
}

private let lines: [(key: String, line: String)] = [
    ("gateway", "gateway: g1"), ("separator", "separator: blanks"),
    ("start", "start: 2021-11-01 08:00:00 +08:00"), ("every", "every: 3min"),
    ("columns", "columns: {1: p1}"),
]

/// A good mapping of five lines, with one line in place of that of the same key, or behind.
private func good(_ replacement: String? = nil, without key: String? = nil) -> String {
    var kept = lines.filter { $0.key != key }
    if let replacement, let replaced = replacement.split(separator: ":").first.map(String.init) {
        if let index = kept.firstIndex(where: { $0.key == replaced }) {
            kept[index].line = replacement
        } else {
            kept.append((replaced, replacement))
        }
    }
    return kept.map(\.line).joined(separator: "\n")
}
