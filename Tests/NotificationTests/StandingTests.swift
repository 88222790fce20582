import Contracts
import Domain
import Notification
import RPC
import SimKit
import Testing

/// The lists of what a city must not lose sight of, each in one call and with ages (NTF-51).
@Suite struct StandingTests {
    private func list(
        _ standing: NotificationV1.StandingList, _ line: Line, node: String = "d1"
    ) async throws -> [NotificationV1.Due] {
        try await line.host.ask(
            "notification", NotificationV1.CaseService.listObligations,
            .init(standing: standing), as: .officer, node: NodeID(node)
        ).due
    }

    private func open(
        _ id: String, _ kind: NotificationV1.CaseKind, _ line: Line
    ) async throws {
        _ = try await line.host.ask(
            "notification", NotificationV1.CaseService.openCase,
            .init(id: id, kind: kind, nodeID: "e1", cause: "某事"), as: .officer,
            node: NodeID("d1"))
    }

    @Test func eachOfTheThreeIsOneCallTheOldestFirst() async throws {
        let line = try await Line()
        try await line.host.measure(85, minute: 0)
        try await line.run(toMinute: 30)
        try await open("offline-1", .offline, line)
        try await line.run(toMinute: 90)
        try await open("finding-1", .finding, line)
        try await line.run(toMinute: 120)

        let warnings = try await list(.unhandledWarnings, line)
        #expect(Set(warnings.map(\.rule)) == ["confirm", "rectify", "yellow-verified"])
        #expect(warnings.allSatisfy { $0.ageMs == 7_200_000 && $0.caseID == "s1-2" })
        let outages = try await list(.unconfirmedOutages, line)
        #expect(
            outages.map(\.rule) == [
                "offline-filed", "offline-restored", "offline-urged",
            ])
        #expect(outages.allSatisfy { $0.ageMs == 5_400_000 })
        let found = try await list(.missingFeedback, line)
        #expect(
            found.map(\.rule) == ["finding-verified", "finding-outcome", "finding-rectified"])
        #expect(found.allSatisfy { $0.ageMs == 1_800_000 })

        // Once the warning is over, what is missing of it is its feedback.
        try await line.host.measure(50, minute: 120)
        try await line.run(toMinute: 150)
        #expect(try await list(.unhandledWarnings, line).isEmpty)
        let missing = try await list(.missingFeedback, line)
        #expect(
            missing.map(\.rule) == [
                "yellow-verified", "finding-verified", "finding-outcome", "finding-rectified",
                "feedback",
            ])
        #expect(missing.map(\.ageMs) == [150, 60, 60, 60, 30].map { $0 * 60_000 })
        try await line.host.stop()
    }

    @Test func aBodySeesItsOwnAndAnUnknownListIsRefused() async throws {
        let line = try await Line()
        try await open("offline-1", .offline, line)
        #expect(try await list(.unconfirmedOutages, line, node: "d2").isEmpty)
        let wrong = await refusal {
            try await list(NotificationV1.StandingList(rawValue: 9), line)
        }
        #expect(wrong?.code == .invalidArgument)
        try await line.host.stop()
    }
}
