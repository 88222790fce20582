import Contracts
import Domain
import Foundation
import RPC
import SimKit
import Testing

/// Risk behind ingest, over real sockets.
@Suite struct RiskServiceTests {
    @Test func readingsBecomeAlarmsAndLevels() async throws {
        let line = try await Line()
        try await line.measure(50, minute: 0)
        #expect(try await line.level() == .blue)
        try await line.measure(85, minute: 1)
        #expect(try await line.level() == .yellow)
        try await line.measure(95, minute: 2)
        #expect(try await line.level() == .orange)
        #expect(try await line.host.settle()["risk"] == .t0 + .minutes(32))
        try await line.host.advance(to: .t0 + .minutes(32))
        try await line.host.settle()
        #expect(try await line.level() == .red)
        try await line.measure(50, minute: 40)
        #expect(try await line.level() == .blue)
        let id = "x1@\((Instant.t0 + .minutes(1)).unixMilliseconds)"
        #expect(
            try await line.journal() == [
                "risk.alarm_raised \(id)", "risk.level_changed s1", "risk.alarm_changed \(id)",
                "risk.level_changed s1", "risk.level_changed s1", "risk.alarm_cleared \(id)",
                "risk.level_changed s1",
            ])
        let alarm = try #require(try await line.alarms().alarms.first)
        #expect(alarm.worstReading?.value == 95)
        #expect(alarm.pointName == "压力" && alarm.deviceName == "甲罐" && alarm.unit == "kPa")
        #expect(alarm.clearedAtUnixMs == (Instant.t0 + .minutes(40)).unixMilliseconds)
        try await line.host.stop()
    }

    /// ING-25: an alarm of a point that was removed ends as removed, also over a restart.
    @Test func anAlarmOfARemovedPointEndsAsRemoved() async throws {
        let line = try await Line()
        try await line.measure(95, minute: 0)
        #expect(try await line.level() == .orange)
        try await line.remove("x1")
        #expect(try await line.level() == .blue)
        let alarm = try #require(try await line.alarms().alarms.first)
        #expect(alarm.removedAtUnixMs == Instant.t0.unixMilliseconds)
        #expect(alarm.clearedAtUnixMs == 0 && alarm.changedReading?.value == 95)
        #expect(try await line.alarms(.init()).alarms.isEmpty)
        let journal = try await line.journal()
        #expect(
            journal.suffix(2) == ["risk.alarm_removed \(alarm.id)", "risk.level_changed s1"])
        try await line.host.stop()
        let after = try await Line(folder: line.host.folder)
        #expect(try await after.journal() == journal)
        #expect(try await after.alarms().alarms == [alarm])
        try await after.host.stop()
    }

    @Test func badReadingsNeitherRaiseNorClear() async throws {
        let line = try await Line()
        try await line.measure(85, minute: 0)
        try await line.measure(50, minute: 1, quality: .bad)
        #expect(try await line.level() == .yellow)
        try await line.host.stop()
    }

    @Test func restartInventsLosesAndRepeatsNothing() async throws {
        let before = try await Line()
        try await before.measure(85, minute: 0)
        try await before.measure(95, minute: 5)
        let journal = try await before.journal()
        try await before.host.stop()
        let after = try await Line(folder: before.host.folder)
        #expect(try await after.journal() == journal)
        #expect(try await after.level() == .orange)
        // What is late was late before the restart as well.
        let late = IngestV1.Row(
            pointID: "x1", measuredAtUnixMs: (Instant.t0 + .minutes(4)).unixMilliseconds,
            value: 50)
        _ = try await after.host.push([late], sequence: 99, gateway: "g1", enterprise: "e1")
        try await after.host.settle()
        #expect(try await after.level() == .orange)
        try await after.host.advance(to: .t0 + .minutes(35))
        try await after.host.settle()
        #expect(try await after.level() == .red)
        try await after.host.stop()
    }

    @Test func pointThatWasImportedAMomentAgoIsJudged() async throws {
        let line = try await Line()
        let more = TestCity.registry.replacingOccurrences(
            of: "id: x1, device: v1, name: 压力", with: "id: x9, device: v1, name: 新压力")
        try await line.host.importRegistry(more)
        let row = IngestV1.Row(
            pointID: "x9", measuredAtUnixMs: Instant.t0.unixMilliseconds, value: 95)
        _ = try await line.host.push([row], sequence: 1, gateway: "g1", enterprise: "e1")
        try await line.host.settle()
        #expect(try await line.alarms().alarms.map(\.pointID) == ["x9"])
        try await line.host.stop()
    }

    @Test func aCountySeesItsOwnAndIsToldSoAboutOthers() async throws {
        let line = try await Line()
        try await line.measure(85, minute: 0, plant: 1)
        try await line.measure(85, minute: 1, plant: 2)
        #expect(try await line.alarms(node: "d1").alarms.map(\.pointID) == ["x1"])
        #expect(try await line.alarms(node: "c1").alarms.map(\.pointID) == ["x2", "x1"])
        let warnings = try await line.host.ask(
            "risk", RiskV1.RiskService.listWarnings, RiskV1.ListWarningsRequest(),
            as: .officer, node: NodeID("d2"))
        #expect(warnings.warnings.map(\.hazardSourceID) == ["s2"])
        let status = await refusal {
            try await line.host.ask(
                "risk", RiskV1.RiskService.getWarning,
                RiskV1.GetWarningRequest(hazardSourceID: "s1"), as: .officer, node: NodeID("d2"))
        }
        #expect(status?.code == .permissionDenied)
        #expect(status?.message.contains("d2") == true)
        let unknown = await refusal {
            try await line.host.ask(
                "risk", RiskV1.RiskService.getWarning,
                RiskV1.GetWarningRequest(hazardSourceID: "s7"))
        }
        #expect(unknown?.code == .notFound)
        try await line.host.stop()
    }

    @Test func pagesFollowOneAnotherWithoutGapOrRepeat() async throws {
        let line = try await Line()
        for minute in 0..<10 as Range<Int64> {
            try await line.measure(minute % 2 == 0 ? 85 : 50, minute: minute)
        }
        var seen: [String] = []
        var token = ""
        repeat {
            let page = try await line.alarms(
                .init(includeCleared: true, pageSize: 2, pageToken: token))
            seen += page.alarms.map(\.id)
            token = page.nextPageToken
        } while !token.isEmpty
        #expect(seen.count == 5 && Set(seen).count == 5)
        #expect(try await line.alarms(.init()).alarms.isEmpty)
        let status = await refusal {
            try await line.alarms(.init(pageToken: "yesterday"))
        }
        #expect(status?.code == .invalidArgument)
        try await line.host.stop()
    }

    @Test func withoutATokenNothingIsAnswered() async throws {
        let line = try await Line()
        let client = try await line.host.client(of: "risk", as: nil)
        let status = await refusal {
            try await client.unary(RiskV1.RiskService.listWarnings, .init())
        }
        #expect(status?.code == .unauthenticated)
        await client.close()
        try await line.host.stop()
    }

    private func refusal<T>(_ body: () async throws -> T) async -> RPCStatus? {
        do {
            _ = try await body()
            return nil
        } catch {
            return error as? RPCStatus
        }
    }
}
