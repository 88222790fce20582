import Domain
import Foundation
import Testing

@testable import CLI

@Suite struct ReplayFileTests {
    @Test func blanksInAnyNumberSeparateAndRowsGetTheirTimes() throws {
        let file = try file("  1.5e+00\t 2\n\n 3   4  \r\n", blanks())
        #expect(
            try file.survey()
                == .init(rows: 2, readings: 4, missing: 0, first: t0, last: t0 + .minutes(3)))
        var rows = try file.rows()
        #expect(try rows.next()?.values == [1.5, 2])
        let second = try rows.next()
        #expect(second?.values == [3, 4])
        #expect(second?.line == 3)
        #expect(try rows.next() == nil)
    }

    @Test func quotedCellsHeadersScalesAndGapsAreUnderstood() throws {
        let mapping = ReplayMapping(
            gateway: GatewayID("g"), separator: .character(UInt8(ascii: ",")), hasHeader: true,
            times: .column(.name("时间"), .text),
            columns: [
                .init(place: .name("P, kPa"), point: PointID("p"), scale: 0.5, offset: 1),
                .init(place: .number(3), point: PointID("t"), scale: 1, offset: 0),
            ], missing: ["NaN"], zone: .beijing)
        let file = try file(
            "\u{FEFF}时间,\"P, kPa\",T\r\n2021-11-01 08:00:00,\"10\",NaN\r\n"
                + "2021-11-01 08:00:00,, 7 \n", mapping)
        #expect(
            try file.survey() == .init(rows: 2, readings: 2, missing: 2, first: t0, last: t0))
        var rows = try file.rows()
        #expect(try rows.next()?.values == [6, nil])
        #expect(try rows.next()?.values == [nil, 7])
    }

    static let bad: [(text: String, line: Int, says: String)] = [
        ("1 2\n3 x\n", 2, "column 2 holds \"x\""),
        ("1 2\n3\n", 2, "The row has 1 columns"),
        ("1 2\n3 inf\n", 2, "not a number"),
        ("", 0, "holds no rows"),
        ("\n\n", 0, "holds no rows"),
        ("1 2\n\u{0}\u{1} 2\n", 2, "which is not a number"),
    ]

    @Test(arguments: bad) func aBadRowIsFoundBeforeAnythingIsPushed(
        row: (text: String, line: Int, says: String)
    ) throws {
        let file = try file(row.text, blanks())
        let refused = #expect(throws: FileRefused.self) { try file.survey() }
        #expect(refused?.mistakes.first?.line == row.line)
        #expect(refused?.mistakes.first?.text.contains(row.says) == true)
    }

    @Test func timesThatGoBackAreFound() throws {
        var mapping = blanks()
        mapping.times = .column(.number(1), .unixMilliseconds)
        let file = try file("1635724800000 1\n1635724799999 2\nnever 3\n", mapping)
        let refused = #expect(throws: FileRefused.self) { try file.survey() }
        #expect(refused?.mistakes.map(\.line) == [2, 3])
    }

    @Test func aQuoteThatNeverClosesIsNamedByItsFirstLine() throws {
        var mapping = blanks()
        mapping.separator = .character(UInt8(ascii: ";"))
        let file = try file("1;2\n\"3;4\n5;6\n", mapping)
        let refused = #expect(throws: FileRefused.self) { try file.survey() }
        #expect(refused?.mistakes.map(\.line) == [2])
    }

    @Test func aMissingFileIsRefusedWithItsName() {
        let file = ReplayFile(path: "/nowhere/data.dat", mapping: blanks())
        let refused = #expect(throws: FileRefused.self) { try file.survey() }
        #expect(refused?.mistakes.first?.text.contains("/nowhere/data.dat") == true)
    }

    @Test func manyMistakesAreCutShort() throws {
        let file = try file(String(repeating: "x y\n", count: 5_000), blanks())
        let refused = #expect(throws: FileRefused.self) { try file.survey() }
        #expect(refused?.mistakes.count == 1_000)
    }
}

func blanks() -> ReplayMapping {
    ReplayMapping(
        gateway: GatewayID("g"), separator: .blanks, hasHeader: false,
        times: .period(start: t0, every: .minutes(3)),
        columns: [
            .init(place: .number(1), point: PointID("p1"), scale: 1, offset: 0),
            .init(place: .number(2), point: PointID("p2"), scale: 1, offset: 0),
        ], missing: [], zone: .beijing)
}

/// A data file of its own for one test; the system clears its folder for temporary files.
func file(_ text: String, _ mapping: ReplayMapping) throws -> ReplayFile {
    let name = "hazwatch-replay-\(UInt64.random(in: 0 ... .max)).txt"
    let url = FileManager.default.temporaryDirectory.appendingPathComponent(name)
    try Data(text.utf8).write(to: url)
    return ReplayFile(path: url.path, mapping: mapping)
}
