import Domain
import Foundation
import IngestCore
import Policy

/// The points of the plant of the Tennessee Eastman data, as `columns` of a file name them.
enum Plant {
    static let points: [(column: Int, id: String, unit: String, indicator: String, top: Double)] = [
        (7, "reactor-pressure", "reactor", "pressure", 4_000),
        (8, "reactor-liquid-level", "reactor", "liquidLevel", 100),
        (9, "reactor-temperature", "reactor", "temperature", 200),
        (11, "separator-temperature", "separator", "temperature", 200),
        (12, "separator-liquid-level", "separator", "liquidLevel", 100),
        (13, "separator-pressure", "separator", "pressure", 4_000),
        (15, "stripper-liquid-level", "stripper", "liquidLevel", 100),
        (16, "stripper-pressure", "stripper", "pressure", 4_000),
        (18, "stripper-temperature", "stripper", "temperature", 200),
        (21, "reactor-coolant-temperature", "reactor", "temperature", 200),
        (22, "separator-coolant-temperature", "separator", "temperature", 200),
    ]

    /// Beside the repository, as they are not ours to copy.
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("shared/data/tep").standardized

    static let isThere = FileManager.default.fileExists(
        atPath: folder.appendingPathComponent("d06_te.dat").path)

    static func rows(_ name: String) throws -> [[Double]] {
        let file = folder.appendingPathComponent("\(name)_te.dat").path
        return try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
            .map { line in line.split(separator: " ").compactMap { Double($0) } }
    }

    static func registry() throws -> Registry {
        var lines = city
        for unit in ["reactor", "separator", "stripper"] {
            lines.append(
                "hazardSource id=\(unit) enterprise=e2 name=\(unit) unitKind=processUnit grade=1")
            lines.append("device id=\(unit)-1 hazardSource=\(unit) name=\(unit) medium=气")
            for tier in ["principal", "technical", "operating"] {
                lines.append(
                    "person id=\(unit)-\(tier) hazardSource=\(unit) tier=\(tier) name=示范人员 "
                        + "telephone=000-0000-0009")
            }
        }
        for point in points {
            lines.append(
                "point id=\(point.id) device=\(point.unit)-1 name=\(point.id) "
                    + "indicator=\(point.indicator) unit=u rangeLow=0 rangeHigh=\(point.top)")
        }
        lines.append("gateway id=g2 enterprise=e2 name=网关二")
        return try Registry().importing(document(lines.joined(separator: "\n"))).result
    }

    static func table() throws -> WatchTable {
        var table = WatchTable(presence: .ours, detectors: .ours)
        table.follow(try registry(), packs: .none)
        return table
    }

    /// One row of a file as a batch, every three minutes, received at once.
    static func batch(_ row: [Double], _ number: Int) -> (ReadingColumns, Instant) {
        let at = t0 + .minutes(Int64(number) * 3)
        let columns = ReadingColumns(
            pointIDs: points.map { PointID($0.id) }, point: points.indices.map { UInt32($0) },
            measuredAt: points.map { _ in at.unixMilliseconds },
            value: points.map { row[$0.column - 1] })
        return (columns, at)
    }
}

extension Observation {
    var sighting: Sighting? {
        if case .sighted(let sighting) = self { return sighting }
        return nil
    }
}

/// One point alone: what a batch of one reading holds.
func one(_ id: String, _ value: Double, at: Instant, quality: UInt8 = 0) -> ReadingColumns {
    ReadingColumns(
        pointIDs: [PointID(id)], point: [0], measuredAt: [at.unixMilliseconds], value: [value],
        quality: [quality])
}
