import Domain
import Foundation
import Testing

@Suite struct OrderTests {
    @Test func levelsRiseFromBlueToRed() {
        #expect(WarningLevel.allCases.sorted() == [.blue, .yellow, .orange, .red])
        #expect(WarningLevel.allCases.map(\.order) == [0, 1, 2, 3])
        for lower in WarningLevel.allCases {
            for higher in WarningLevel.allCases {
                #expect((lower < higher) == (lower.order < higher.order))
            }
        }
    }

    @Test func levelsCarryTheirChineseNames() {
        #expect(WarningLevel.allCases.map(\.colour) == ["蓝", "黄", "橙", "红"])
        #expect(WarningLevel.allCases.map(\.risk) == ["低", "一般", "较大", "重大"])
    }

    @Test func idsAreOrderedByTheirText() {
        let ids = ["T-2", "T-10", "T-1"].map { PointID($0) }
        #expect(ids.sorted().map(\.text) == ["T-1", "T-10", "T-2"])
    }

    @Test func timeIsReckonedInWholeMilliseconds() {
        let start = Instant(unixMilliseconds: 1_000)
        #expect(start + .minutes(30) - start == .seconds(1_800))
        #expect(start - .seconds(2) < start)
        #expect(Interval.hours(1) * 24 == .hours(24))
        #expect(Interval.milliseconds(of: .hours(1)) == 3_600_000)
    }

    @Test func wordsAreStoredAsPlainTextAndNumbers() throws {
        struct Stored: Codable, Equatable {
            var at: Instant
            var wait: Interval
            var point: PointID
            var clause: Clause
        }
        let stored = Stored(
            at: Instant(unixMilliseconds: 7), wait: .seconds(1), point: PointID("P-1"),
            clause: Clause("002-WD §11"))
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let json = try encoder.encode(stored)
        #expect(
            String(decoding: json, as: UTF8.self)
                == #"{"at":7,"clause":"002-WD §11","point":"P-1","wait":1000}"#)
        #expect(try JSONDecoder().decode(Stored.self, from: json) == stored)
    }
}

extension Interval {
    fileprivate static func milliseconds(of interval: Interval) -> Int64 { interval.milliseconds }
}
