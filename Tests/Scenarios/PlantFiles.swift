import Foundation
import Testing

/// The Tennessee Eastman files, read without any code of the product: what the tests compare with.
enum PlantFiles {
    private static let scenarios = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

    /// Beside the repository, as they are not ours to copy.
    static let folder = scenarios.deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("shared/data/tep").standardized

    static let areThere = FileManager.default.fileExists(
        atPath: folder.appendingPathComponent("d06_te.dat").path)

    static let hint: Comment = """
        The Tennessee Eastman data are not beside the repository (../shared/data/tep): these \
        scenarios were not tried.
        """

    static func data(_ name: String) -> String {
        folder.appendingPathComponent("\(name)_te.dat").path
    }

    static var mapping: String { scenarios.appendingPathComponent("tep/mapping.yaml").path }
    static var registry: String { scenarios.appendingPathComponent("tep/registry.yaml").path }

    static func rows(_ name: String) throws -> [[Double]] {
        try String(contentsOfFile: data(name), encoding: .utf8)
            .split(separator: "\n")
            .map { line in line.split(separator: " ").compactMap { Double($0) } }
    }

    /// What stands in the data's description: column from 1, and the limits published for it.
    static let limited: [(column: Int, point: String, low: Double?, high: Double?, top: Double?)] =
        [
            (7, "te-reactor-pressure", nil, 2895, 3000),
            (8, "te-reactor-liquid-level", 50, 100, nil),
            (9, "te-reactor-temperature", nil, 150, 175),
            (12, "te-separator-liquid-level", 30, 100, nil),
            (15, "te-stripper-liquid-level", 30, 100, nil),
        ]

    /// Rows beyond a limit, from the first to the one that is back; nil: it never came back.
    struct Session: Equatable, CustomStringConvertible {
        var point: String
        var firstRow: Int
        var backRow: Int?
        var startSign: String
        var worstSign: String
        var worstValue: Double

        var description: String {
            "\(point) rows \(firstRow)..<\(backRow.map(String.init) ?? "end") "
                + "\(startSign) worst \(worstSign) \(worstValue)"
        }
    }

    /// The sessions that a file holds, by point and row; rows are counted from 0.
    static func sessions(_ name: String) throws -> [Session] {
        let rows = try rows(name)
        return limited.flatMap { limit in
            var found: [Session] = []
            var open: Session?
            for (row, values) in rows.enumerated() {
                let value = values[limit.column - 1]
                var sign = "-"
                if let low = limit.low, value <= low { sign = "L" }
                if let high = limit.high, value >= high { sign = "H" }
                if let top = limit.top, value >= top { sign = "HH" }
                if sign == "-" {
                    open?.backRow = row
                    if let session = open { found.append(session) }
                    open = nil
                } else if var session = open {
                    if sign.count > session.worstSign.count { session.worstSign = sign }
                    if value > session.worstValue { session.worstValue = value }
                    open = session
                } else {
                    open = Session(
                        point: limit.point, firstRow: row, startSign: sign, worstSign: sign,
                        worstValue: value)
                }
            }
            return found + [open].compactMap { $0 }
        }
    }
}
