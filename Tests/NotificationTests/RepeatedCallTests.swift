import Contracts
import Domain
import Notification
import RPC
import SimKit
import Testing

/// What is sent twice, because an answer was lost, is done once.
@Suite struct RepeatedCallTests {
    typealias Service = NotificationV1.CaseService

    private func owed(_ rule: String, _ line: Line) async throws -> NotificationV1.Due {
        let all = try await line.host.ask(
            "notification", Service.listObligations, .init(), as: .officer
        ).due
        return try #require(all.first { $0.rule == rule })
    }

    private func fulfil(
        _ due: NotificationV1.Due, _ line: Line, round: UInt32,
        proof: [NotificationV1.ProofValue] = []
    ) async throws -> NotificationV1.Obligation? {
        try await line.host.ask(
            "notification", Service.fulfilObligation,
            .init(caseID: due.caseID, obligation: due.obligation, proof: proof, round: round),
            as: .officer, node: NodeID(due.nodeID)
        ).obligation
    }

    @Test func doubledCallAfterTheNextRoundOpenedFulfilsNothing() async throws {
        let line = try await Line(profile: "changzhou-2020")
        try await line.host.measure(95, minute: 0)
        // It is red from then on.
        try await line.run(toMinute: 31)
        let look = try await owed("hourly-look", line)
        #expect(look.round == 1)
        let unsaid = await refusal { try await fulfil(look, line, round: 0) }
        #expect(unsaid?.code == .invalidArgument)
        #expect(unsaid?.message.contains("round") == true)
        #expect(try await fulfil(look, line, round: 1)?.state == .met)

        try await line.run(toMinute: 60)
        #expect(try await owed("hourly-look", line).round == 2)
        let again = try await fulfil(look, line, round: 1)
        #expect(again?.round == 1 && again?.state == .met)
        #expect(try await owed("hourly-look", line).round == 2)
        let otherwise = await refusal {
            try await fulfil(look, line, round: 1, proof: [.init(part: "text", text: "别的")])
        }
        #expect(otherwise?.code == .alreadyExists)
        let early = await refusal { try await fulfil(look, line, round: 3) }
        #expect(early?.code == .failedPrecondition)
        #expect(early?.message.contains("round 2 is") == true)
        #expect(try await fulfil(look, line, round: 2)?.round == 2)
        try await line.host.stop()
    }

    @Test func whatIsOwedOnceNeedsNoRound() async throws {
        let line = try await Line()
        try await line.host.measure(85, minute: 0)
        try await line.host.measure(50, minute: 10)
        let report = try await owed("feedback", line)
        let proof = report.proof.map { NotificationV1.ProofValue(part: $0.id, text: "已查明") }
        let done = try await fulfil(report, line, round: 0, proof: proof)
        #expect(done?.state == .met)
        #expect(try await fulfil(report, line, round: 0, proof: proof) == done)
        try await line.host.stop()
    }

    private func declare(
        _ text: String, key: String, _ line: Line, in id: String
    ) async throws -> NotificationV1.DeclareResponse {
        try await line.host.ask(
            "notification", Service.declare,
            .init(
                caseID: id, declaration: "explanation",
                proof: [.init(part: "text", text: text), .init(part: "filing", text: "备案")],
                key: key), as: .officer, node: NodeID("e1"))
    }

    @Test func declarationIsMadeOnceForEachKey() async throws {
        let line = try await Line(profile: "changzhou-2020")
        try await line.host.measure(95, minute: 0)
        let id = try #require(try await line.cases().first).id
        let unsaid = await refusal { try await declare("阀门内漏", key: "", line, in: id) }
        #expect(unsaid?.code == .invalidArgument)
        #expect(unsaid?.message.contains("key is 1 to 64") == true)
        async let one = declare("阀门内漏", key: "k1", line, in: id)
        async let other = declare("阀门内漏", key: "k1", line, in: id)
        _ = try await (one, other)
        // Two of one instant are two.
        _ = try await declare("阀门内漏", key: "k2", line, in: id)
        let declared = try await line.show(id).declarations
        #expect(declared.map(\.key) == ["k1", "k2"])
        let otherwise = await refusal { try await declare("仪表失灵", key: "k1", line, in: id) }
        #expect(otherwise?.code == .alreadyExists)
        #expect(try await line.show(id).declarations == declared)

        // A stop in between forgets no key.
        let folder = line.host.folder
        try await line.host.stop()
        let after = try await Line(folder: folder, profile: "changzhou-2020")
        _ = try await declare("阀门内漏", key: "k1", after, in: id)
        #expect(try await after.show(id).declarations == declared)
        try await after.host.stop()
    }

    private func open(
        _ line: Line, cause: String = "隐患", drill: Bool = false
    ) async throws -> NotificationV1.Case? {
        try await line.host.ask(
            "notification", Service.openCase,
            .init(id: "find-1", kind: .finding, nodeID: "e1", cause: cause, isDrill: drill),
            as: .officer, node: NodeID("d1")
        ).case
    }

    @Test func caseOpenedAgainIsTheSameOneOrRefused() async throws {
        let line = try await Line()
        let first = try await open(line)
        #expect(try await open(line) == first)
        for status in [
            await refusal { try await open(line, cause: "别的") },
            await refusal { try await open(line, drill: true) },
        ] { #expect(status?.code == .alreadyExists) }
        #expect(try await line.cases().count == 1)
        try await line.host.stop()
    }

    @Test func clearingClosingAndEndingADrillAreAnsweredAgain() async throws {
        let line = try await Line()
        func play(_ level: CommonV1.WarningLevel) async throws -> NotificationV1.Case? {
            try await line.host.ask(
                "notification", Service.playDrill,
                .init(drillID: "d", hazardSourceID: "s1", level: level), as: .officer,
                node: NodeID("d1")
            ).case
        }
        _ = try await play(.yellow)
        let ended = try await play(.blue)
        #expect(ended?.clearedAtUnixMs != 0)
        #expect(try await play(.blue) == ended)
        #expect(await refusal { try await play(.yellow) }?.code == .invalidArgument)

        let id = try #require(ended?.id)
        for due in try await line.show(id).due where due.isDemanded {
            let proof = due.proof.map { NotificationV1.ProofValue(part: $0.id, text: "演练") }
            _ = try await fulfil(due, line, round: due.round, proof: proof)
        }
        func close() async throws -> NotificationV1.Case? {
            try await line.host.ask(
                "notification", Service.closeCase, .init(caseID: id), as: .officer,
                node: NodeID("d1")
            ).case
        }
        let closed = try await close()
        #expect(closed?.closedAtUnixMs != 0)
        #expect(try await close() == closed)
        let cleared = try await line.host.ask(
            "notification", Service.registerClearing, .init(caseID: id), as: .officer,
            node: NodeID("e1"))
        #expect(cleared.case == closed)
        #expect(try await play(.blue) == closed)
        let again = await refusal { try await play(.yellow) }
        #expect(again?.message.contains("was played there before") == true)
        #expect(try await line.cases().count == 1)
        try await line.host.stop()
    }
}
