import Contracts
import Domain
import Notification
import RPC
import SimKit
import Testing

/// Lists longer than a page, while what they list changes.
@Suite struct PageTests {
    typealias Service = NotificationV1.CaseService

    private func open(_ id: String, _ line: Line, at works: String = "e1") async throws {
        _ = try await line.host.ask(
            "notification", Service.openCase,
            .init(id: id, kind: .finding, nodeID: works, cause: "某事"), as: .officer,
            node: NodeID(works == "e1" ? "d1" : "d2"))
    }

    private func owed(
        _ line: Line, _ token: String = "", size: UInt32 = 0, node: String = "d1",
        standing: NotificationV1.StandingList = .unspecified
    ) async throws -> NotificationV1.ListObligationsResponse {
        try await line.host.ask(
            "notification", Service.listObligations,
            .init(nodeID: node, pageSize: size, standing: standing, pageToken: token),
            as: .officer, node: NodeID("c1"))
    }

    private func inbox(
        _ line: Line, _ token: String = "", size: UInt32, all: Bool = false, node: String = "d1"
    ) async throws -> NotificationV1.ListInboxResponse {
        try await line.host.ask(
            "notification", NotificationV1.InboxService.list,
            .init(includeConfirmed: all, pageSize: size, pageToken: token), as: .officer,
            node: NodeID(node))
    }

    private func cases(
        _ line: Line, _ token: String = "", size: UInt32, node: String = "d1"
    ) async throws -> NotificationV1.ListCasesResponse {
        try await line.host.ask(
            "notification", Service.listCases, .init(pageSize: size, pageToken: token),
            as: .officer, node: NodeID(node))
    }

    private func name(_ due: NotificationV1.Due) -> String { "\(due.caseID)#\(due.obligation)" }

    @Test(arguments: [NotificationV1.StandingList.unspecified, .missingFeedback])
    func whatIsOwedIsPagedWhileCasesComeAndGo(standing: NotificationV1.StandingList) async throws {
        let line = try await Line()
        for number in 1...4 {
            try await open("find-\(number)", line)
            try await line.run(toMinute: Int64(number) * 10)
        }
        let before = try await owed(line, standing: standing)
        #expect(before.due.count >= 8 && before.nextPageToken.isEmpty)
        let first = try await owed(line, size: 3, standing: standing)
        #expect(first.due.map(name) == before.due.prefix(3).map(name))

        // One that was shown and one that was not are done; others come.
        let gone = [first.due[...], before.due.dropFirst(3)].compactMap { list in
            list.first { !$0.proof.isEmpty }
        }
        #expect(gone.count == 2)
        for due in gone {
            _ = try await line.host.ask(
                "notification", Service.fulfilObligation,
                .init(
                    caseID: due.caseID, obligation: due.obligation,
                    proof: due.proof.map { .init(part: $0.id, text: proof($0.form)) }),
                as: .officer, node: NodeID(due.nodeID))
        }
        try await open("find-5", line)
        var seen = first.due.map(name)
        var token = first.nextPageToken
        while !token.isEmpty {
            let page = try await owed(line, token, size: 3, standing: standing)
            #expect(page.due.count <= 3)
            seen += page.due.map(name)
            token = page.nextPageToken
        }
        #expect(seen.count == Set(seen).count, "twice: \(seen)")
        let stayed = before.due.map(name).filter { !gone.map(name).contains($0) }
        for one in stayed { #expect(seen.contains(one), "\(one) is lost") }
        #expect(!seen.contains(name(gone[1])))
        try await line.host.stop()
    }

    private func proof(_ form: String) -> String {
        switch form {
        case "instant": "1635724800000"
        case "yesOrNo": "no"
        case _: "已办"
        }
    }

    @Test func inboxIsPagedWhileNoticesComeAndAreConfirmed() async throws {
        let line = try await Line()
        for minute in 0..<6 as Range<Int64> {
            try await line.host.measure(minute % 2 == 0 ? 85 : 50, minute: minute)
        }
        let before = try await line.inbox("d1")
        #expect(before.count == 6)
        let first = try await inbox(line, size: 2)
        #expect(first.notices.map(\.id) == before.prefix(2).map(\.id))
        _ = try await line.confirm(before[1].id, node: "d1")
        _ = try await line.confirm(before[2].id, node: "d1")
        try await line.host.measure(85, minute: 7)
        let second = try await inbox(line, first.nextPageToken, size: 2)
        #expect(second.notices.map(\.id) == before[3...4].map(\.id))
        let third = try await inbox(line, second.nextPageToken, size: 2)
        #expect(third.notices.map(\.id) == [before[5].id] && third.nextPageToken.isEmpty)
        try await line.host.stop()
    }

    @Test func casesOfAnotherCountyInBetweenHideNone() async throws {
        let line = try await Line()
        for (id, works) in [("a", "e1"), ("b", "e1"), ("c", "e2"), ("d", "e1"), ("e", "e1")] {
            try await open(id, line, at: works)
        }
        let first = try await cases(line, size: 3)
        #expect(first.cases.map(\.id) == ["e", "d", "b"])
        let second = try await cases(line, first.nextPageToken, size: 3)
        #expect(second.cases.map(\.id) == ["a"] && second.nextPageToken.isEmpty)
        // Exactly a page is a page, and no empty one follows it.
        let whole = try await cases(line, size: 4)
        #expect(whole.cases.count == 4 && whole.nextPageToken.isEmpty)
        try await line.host.stop()
    }

    @Test func rolesThatNobodyFillsArePaged() async throws {
        let line = try await Line()
        func gaps(_ token: String, _ size: UInt32) async throws -> NotificationV1.ListGapsResponse {
            try await line.host.ask(
                "notification", Service.listGaps, .init(pageSize: size, pageToken: token),
                as: .officer)
        }
        let all = try await gaps("", 0)
        // Nobody's number was ever verified.
        #expect(all.gaps.count >= 6 && all.nextPageToken.isEmpty)
        var seen: [NotificationV1.Gap] = []
        var token = ""
        repeat {
            let page = try await gaps(token, 4)
            #expect(page.gaps.count <= 4)
            seen += page.gaps
            token = page.nextPageToken
        } while !token.isEmpty
        #expect(seen == all.gaps)
        try await line.host.stop()
    }

    @Test func tokenOfAnotherQuestionIsRefusedWithASentence() async throws {
        let line = try await Line()
        for id in ["a", "b", "c"] { try await open(id, line) }
        let owed = try await self.owed(line, size: 1).nextPageToken
        let listed = try await cases(line, size: 1).nextPageToken
        #expect(!owed.isEmpty && !listed.isEmpty)
        let others = [
            await refusal { try await self.owed(line, owed, node: "d2") },
            await refusal { try await self.owed(line, owed, standing: .missingFeedback) },
            await refusal { try await self.owed(line, listed) },
            await refusal { try await cases(line, owed, size: 1) },
            await refusal { try await cases(line, listed, size: 1, node: "c1") },
            await refusal { try await inbox(line, listed, size: 1) },
        ]
        for status in others {
            #expect(status?.code == .invalidArgument)
            #expect(status?.message.contains("belongs to another question") == true)
        }
        for token in ["17", "yesterday", "", owed + "x"] where !token.isEmpty {
            let status = await refusal { try await self.owed(line, token) }
            #expect(status?.code == .invalidArgument, "\(token)")
            #expect(status?.message.contains("leave") == true)
        }
        try await line.host.stop()
    }
}
