import Contracts
import Domain
import Notification
import RPC
import Runtime
import SimKit
import Testing

/// Who may do and see what, at the service itself: each refusal says so and changes nothing.
@Suite struct ScopeTests {
    typealias Service = NotificationV1.CaseService

    private func ask<I, O>(
        _ method: RPCMethod<I, O>, _ request: I, _ line: Line, node: String,
        as role: Principal.Role = .officer
    ) async throws -> O {
        try await line.host.ask("notification", method, request, as: role, node: NodeID(node))
    }

    private func play(
        _ drill: String, _ level: CommonV1.WarningLevel, _ line: Line, node: String = "d1"
    ) async throws -> NotificationV1.Case? {
        try await ask(
            Service.playDrill, .init(drillID: drill, hazardSourceID: "s1", level: level), line,
            node: node
        ).case
    }

    @Test func onlyTheNodeOfANoticeConfirmsIt() async throws {
        let line = try await Line()
        try await line.host.measure(95, minute: 0)
        let notice = try #require(try await line.inbox("d1").first)
        for node in ["c1", "p1", "", "e1", "d2"] {
            let status = await refusal { try await line.confirm(notice.id, node: node) }
            #expect(status?.code == .permissionDenied, "\(node)")
            #expect(status?.message.contains("d1") == true)
        }
        #expect(try await line.inbox("d1").map(\.state) == [.seen])
        // That of a person is confirmed where they hold their post, and not by the city.
        let id = try #require(try await line.cases().first).id
        let person = try #require(try await line.show(id).notices.first { $0.nodeID == "e1" })
        let byCity = await refusal { try await line.confirm(person.id, node: "c1") }
        #expect(byCity?.code == .permissionDenied)
        try await line.host.stop()
    }

    @Test func whoeverMayNotSeeACaseIsNotToldWhatBecameOfIt() async throws {
        let line = try await Line()
        _ = try await ask(
            Service.openCase,
            .init(id: "find-1", kind: .finding, nodeID: "e1", cause: "隐患"), line, node: "d1")
        let clear = await refusal {
            try await ask(Service.registerClearing, .init(caseID: "find-1"), line, node: "d2")
        }
        let close = await refusal {
            try await ask(Service.closeCase, .init(caseID: "find-1"), line, node: "d2")
        }
        for status in [clear, close] {
            #expect(status?.code == .permissionDenied)
            #expect(status?.message.contains("Case find-1 belongs to e1") == true)
        }
        #expect(try await line.show("find-1").case?.clearedAtUnixMs == 0)
        try await line.host.stop()
    }

    @Test func enterpriseCannotEndTheCaseInWhichItOwes() async throws {
        let line = try await Line()
        _ = try await ask(
            Service.openCase,
            .init(id: "fire", kind: .emergency, nodeID: "e1", cause: "起火"), line, node: "e1")
        let clear = await refusal {
            try await ask(Service.registerClearing, .init(caseID: "fire"), line, node: "e1")
        }
        let close = await refusal {
            try await ask(Service.closeCase, .init(caseID: "fire"), line, node: "e1")
        }
        for status in [clear, close] { #expect(status?.code == .permissionDenied) }
        let over = try await ask(
            Service.registerClearing, .init(caseID: "fire"), line, node: "d1")
        #expect(over.case?.clearedAtUnixMs != 0)
        try await line.host.stop()
    }

    @Test func onlyOfficersActAndGatewaysReadNothing() async throws {
        let line = try await Line()
        try await line.host.measure(85, minute: 0)
        let id = try #require(try await line.cases().first).id
        for role in [Principal.Role.gateway, .service, .administrator] {
            let status = await refusal {
                try await ask(
                    Service.fulfilObligation, .init(caseID: id, obligation: 1), line, node: "d1",
                    as: role)
            }
            #expect(status?.code == .permissionDenied, "\(role)")
        }
        let reads = [
            await refusal {
                try await ask(Service.listCases, .init(), line, node: "e1", as: .gateway)
            },
            await refusal {
                try await ask(Service.getCase, .init(caseID: id), line, node: "e1", as: .gateway)
            },
            await refusal {
                try await ask(Service.listObligations, .init(), line, node: "e1", as: .gateway)
            },
            await refusal {
                try await ask(Service.listGaps, .init(), line, node: "e1", as: .gateway)
            },
            await refusal {
                try await ask(Service.forecast, .init(), line, node: "e1", as: .gateway)
            },
        ]
        for status in reads { #expect(status?.code == .permissionDenied) }
        try await line.host.stop()
    }

    @Test func listsEndWhereTheTokenStands() async throws {
        let line = try await Line()
        try await line.host.measure(85, minute: 0)
        let above = await refusal {
            try await ask(Service.listObligations, .init(nodeID: "c1"), line, node: "d1")
        }
        #expect(above?.code == .permissionDenied)
        let beside = await refusal {
            try await ask(Service.listGaps, .init(nodeID: "d2"), line, node: "d1")
        }
        #expect(beside?.code == .permissionDenied)
        #expect(try await ask(Service.listObligations, .init(), line, node: "d2").due.isEmpty)
        let gaps = try await ask(Service.listGaps, .init(), line, node: "d2").gaps
        #expect(!gaps.isEmpty && gaps.allSatisfy { $0.hazardSourceID == "s2" })
        try await line.host.stop()
    }

    @Test func idsOfWarningsAndDrillsCannotBeTakenBeforeThem() async throws {
        let line = try await Line()
        for id in ["s1-2", "s1-drill-d1"] {
            let status = await refusal {
                try await ask(
                    Service.openCase, .init(id: id, kind: .finding, nodeID: "e1", cause: "隐患"),
                    line, node: "d1")
            }
            #expect(status?.code == .invalidArgument, "\(id)")
            #expect(status?.message.contains("Choose another") == true)
        }
        // The warning gets its id, with all its notices.
        try await line.host.measure(85, minute: 0)
        #expect(try await line.cases().map(\.id) == ["s1-2"])
        #expect(try await line.show("s1-2").notices.count == 4)
        try await line.host.stop()
    }

    @Test func oneDrillRunsAtASourceAndEachOnce() async throws {
        let line = try await Line()
        let first = try #require(try await play("one", .red, line))
        #expect(first.id == "s1-drill-one" && first.isDrill)
        let second = await refusal { try await play("two", .red, line) }
        #expect(second?.code == .invalidArgument)
        #expect(second?.message.contains("s1-drill-one") == true)
        for id in ["", "a b", "再演练", String(repeating: "x", count: 65)] {
            let status = await refusal { try await play(id, .red, line) }
            #expect(status?.code == .invalidArgument, "\(id)")
        }
        let beside = await refusal { try await play("three", .red, line, node: "d2") }
        #expect(beside?.code == .permissionDenied)
        _ = try await play("one", .blue, line)
        let again = await refusal { try await play("one", .red, line) }
        #expect(again?.message.contains("was played there before") == true)
        #expect(try await play("two", .yellow, line)?.id == "s1-drill-two")
        // A real warning beside a drill is another case, and unmarked.
        try await line.host.measure(85, minute: 0)
        let real = try #require(try await line.cases().first { !$0.isDrill })
        #expect(real.hazardSourceID == "s1")
        #expect(try await line.show(real.id).notices.allSatisfy { !$0.text.contains("演练") })
        try await line.host.stop()
    }

    @Test func plannedWorkBeyondAllTimesIsRefused() async throws {
        let line = try await Line(profile: "beijing")
        for startsAt in [Int64.max, 0] {
            let status = await refusal {
                try await ask(
                    Service.openCase,
                    .init(
                        id: "work", kind: .plannedWork, nodeID: "c1", cause: "检修",
                        startsAtUnixMs: startsAt), line, node: "c1")
            }
            #expect(status?.code == .invalidArgument)
            #expect(status?.message.contains("starts_at_unix_ms") == true)
        }
        #expect(try await line.cases().isEmpty)
        try await line.host.stop()
    }

    @Test func textsBeyondTheirLengthAreRefusedWithTheNumbers() async throws {
        let line = try await Line()
        func open(_ count: Int) async throws -> NotificationV1.Case? {
            try await ask(
                Service.openCase,
                .init(
                    id: "find-1", kind: .finding, nodeID: "e1",
                    cause: String(repeating: "漏", count: count)), line, node: "d1"
            ).case
        }
        let long = await refusal { try await open(501) }
        #expect(long?.code == .invalidArgument)
        #expect(long?.message == "cause has 501 characters; at most 500 are taken. Shorten it.")
        let one = try #require(try await open(500))
        #expect(one.cause.count == 500)
        let due = try #require(
            try await ask(Service.listObligations, .init(), line, node: "d1").due.first {
                $0.nodeID == "d1" && !$0.proof.isEmpty
            })
        let bad: [[NotificationV1.ProofValue]] = [
            [.init(part: "text", text: String(repeating: "漏", count: 2_001))],
            [.init(part: String(repeating: "p", count: 65), text: "a")],
            Array(repeating: .init(part: "p", text: "a"), count: 33),
        ]
        for proof in bad {
            let status = await refusal {
                try await ask(
                    Service.fulfilObligation,
                    .init(caseID: one.id, obligation: due.obligation, proof: proof), line,
                    node: "d1")
            }
            #expect(status?.code == .invalidArgument)
            #expect(status?.message.contains("at most") == true)
        }
        try await line.host.stop()
    }
}
