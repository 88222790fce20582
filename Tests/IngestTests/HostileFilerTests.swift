import Contracts
import Domain
import Ingest
import IngestCore
import RPC
import Runtime
import SimKit
import Testing

/// What nobody may say, said over a real socket: it is refused with a reason, and changes nothing.
@Suite(.timeLimit(.minutes(10))) struct HostileFilerTests {
    private typealias Code = RPCStatus.Code

    private static let huge = String(repeating: "长", count: 300_000)
    private static let digest = String(repeating: "0a", count: 32)

    /// CON-12 to CON-19.
    @Test func nobodySaysAnythingForOthersOrOtherDays() async throws {
        let day = try await CommitmentDay(try TemporaryFolder(), from: .t0)
        let file = IngestV1.CommitmentService.fileCommitment
        typealias Request = IngestV1.FileCommitmentRequest
        let changes: [(String, Code, (inout Request) -> Void)] = [
            ("of another plant", .notFound, { $0.enterpriseID = "e2" }),
            ("of no plant", .notFound, { $0.enterpriseID = "" }),
            ("of a county", .notFound, { $0.enterpriseID = "d1" }),
            ("yesterday", .failedPrecondition, { $0.day = "2021-10-31" }),
            ("tomorrow", .failedPrecondition, { $0.day = "2021-11-02" }),
            ("in a century", .failedPrecondition, { $0.day = "2099-12-31" }),
            ("on no day", .invalidArgument, { $0.day = "2021-02-30" }),
            ("on any day", .invalidArgument, { $0.day = "" }),
            ("for ever", .invalidArgument, { $0.day = "292278994-08-17" }),
            ("twice", .invalidArgument, { $0.items.append($0.items[0]) }),
            ("without an item", .invalidArgument, { $0.items.removeFirst() }),
            ("below zero", .invalidArgument, { $0.items[0].value = .number(.min) }),
            ("above all", .invalidArgument, { $0.items[0].value = .number(.max) }),
            ("in other words", .invalidArgument, { $0.items[0].value = .text("0") }),
            (
                "without end", .invalidArgument,
                { $0.items += Array(repeating: .init(id: "x", value: .flag(true)), count: 50_000) }
            ),
            (
                "with works without end", .invalidArgument,
                { $0.works = Array(repeating: .init(kind: "hotWork"), count: 20_000) }
            ),
            (
                "with a work at no time", .invalidArgument,
                {
                    $0.works = [
                        .init(kind: "change", place: "罐区", fromUnixMs: .min, toUnixMs: .max)
                    ]
                }
            ),
            ("as a book", .invalidArgument, { $0.correctionReason = Self.huge }),
            ("as a correction of nothing", .invalidArgument, { $0.correctionReason = "改" }),
        ]
        for (what, code, change) in changes {
            var request = day.request("e1")
            change(&request)
            let answer = await status { _ = try await day.ask(file, request, by: "a1", at: "e1") }
            #expect(answer?.code == code, "\(what): \(String(describing: answer))")
            #expect((answer?.message.utf8.count ?? 0) < 4_000, "\(what)")
            #expect(answer?.message.contains("(text:") == false, "\(what)")
        }
        for (who, node, code) in [
            ("a2", "e1", Code.permissionDenied), ("a4", "e1", .permissionDenied),
            ("a1", "e2", .notFound), ("a1", "nowhere", .notFound), ("", "e1", .permissionDenied),
        ] {
            let answer = await status {
                _ = try await day.ask(file, day.request("e1"), by: who, at: node)
            }
            #expect(answer?.code == code, "\(who) at \(node): \(String(describing: answer))")
        }
        try await expectDelegationsRefused(by: day)
        for role in [Principal.Role.administrator, .service, .gateway] {
            let answer = await status {
                _ = try await day.host.ask(
                    "ingest", file, day.request("e1"), as: role, node: NodeID("e1"))
            }
            #expect(answer?.code == .permissionDenied, "\(role)")
        }
        #expect(try await day.journal("ingest.commitment").isEmpty)
        #expect(try await day.journal("ingest.delegation").isEmpty)
        try await day.host.stop()
    }

    private func expectDelegationsRefused(by day: CommitmentDay) async throws {
        typealias Request = IngestV1.FileDelegationRequest
        let changes: [(String, Code, (inout Request) -> Void)] = [
            ("to somebody else's", .invalidArgument, { $0.delegateID = "a4" }),
            ("to nobody", .invalidArgument, { $0.delegateID = "" }),
            ("backwards", .invalidArgument, { $0.toDay = "2021-10-31" }),
            ("for ever", .invalidArgument, { $0.toDay = "2099-12-31" }),
            ("without a reason", .invalidArgument, { $0.reason = "" }),
            ("as a book", .invalidArgument, { $0.id = Self.huge }),
            ("for another plant", .notFound, { $0.enterpriseID = "e2" }),
        ]
        for (what, code, change) in changes {
            var request = Request(
                id: "w1", enterpriseID: "e1", delegateID: "a2", fromDay: "2021-11-01",
                toDay: "2021-11-02", reason: "出差")
            change(&request)
            let answer = await status {
                _ = try await day.ask(
                    IngestV1.CommitmentService.fileDelegation, request, by: "a1", at: "e1")
            }
            #expect(answer?.code == code, "\(what): \(String(describing: answer))")
            #expect((answer?.message.utf8.count ?? 0) < 4_000, "\(what)")
        }
    }

    /// CON-20 to CON-23.
    @Test func nobodyFilesWhatIsNotHis() async throws {
        let day = try await CommitmentDay(try TemporaryFolder(), from: .t0)
        typealias Request = IngestV1.SendFilingRequest
        let good = Request(
            id: "f1", enterpriseID: "e1", pointIDs: ["t1"], cause: "maintenance", reason: "检修",
            startUnixMs: Instant.t0.unixMilliseconds,
            endUnixMs: (Instant.t0 + .hours(3)).unixMilliseconds)
        let changes: [(String, Code, (inout Request) -> Void)] = [
            ("of another plant", .notFound, { $0.enterpriseID = "e2" }),
            ("with a point of another", .invalidArgument, { $0.pointIDs = ["b1"] }),
            ("with no point", .invalidArgument, { $0.pointIDs = [] }),
            (
                "with points without end", .invalidArgument,
                { $0.pointIDs = Array(repeating: "t1", count: 100_000) }
            ),
            (
                "with devices without end", .invalidArgument,
                { $0.deviceIDs = Array(repeating: "v1", count: 100_000) }
            ),
            (
                "with papers without end", .invalidArgument,
                {
                    $0.evidence = Array(
                        repeating: .init(name: "a", sha256: Self.digest), count: 10_000)
                }
            ),
            ("for no cause", .invalidArgument, { $0.cause = "because" }),
            ("as a book", .invalidArgument, { $0.id = Self.huge }),
            ("as nothing", .invalidArgument, { $0.id = "" }),
            ("since ever", .invalidArgument, { $0.startUnixMs = .min }),
            ("for ever", .invalidArgument, { $0.endUnixMs = .max }),
            ("backwards", .invalidArgument, { $0.endUnixMs = $0.startUnixMs - 1 }),
        ]
        for (what, code, change) in changes {
            var request = good
            change(&request)
            let answer = await status {
                _ = try await day.ask(
                    IngestV1.FilingService.sendFiling, request, by: "a1", at: "e1")
            }
            #expect(answer?.code == code, "\(what): \(String(describing: answer))")
            #expect((answer?.message.utf8.count ?? 0) < 4_000, "\(what)")
        }
        for id in ["f9", "", Self.huge] {
            let answer = await status {
                _ = try await day.ask(
                    IngestV1.FilingService.endFiling, .init(id: id, reason: "完工"), by: "a1",
                    at: "e1")
            }
            #expect(answer?.code == .notFound)
        }
        for token in ["x", "1/", "-/-", "9999999999999999999/f1", "/"] {
            let answer = await status {
                _ = try await day.ask(
                    IngestV1.FilingService.listFilings, .init(pageToken: token), by: "county-1",
                    at: "d1")
            }
            #expect(answer?.code == .invalidArgument, "\(token)")
        }
        #expect(try await day.journal("ingest.filing").isEmpty)
        try await day.host.stop()
    }

    /// A filing that is done leaves memory, is listed as before, and its name stays taken.
    @Test func whatIsHistoryIsListedAndKnown() async throws {
        let day = try await CommitmentDay(try TemporaryFolder(), from: .t0)
        let good = IngestV1.SendFilingRequest(
            id: "f1", enterpriseID: "e1", pointIDs: ["t1"], cause: "maintenance", reason: "检修",
            startUnixMs: Instant.t0.unixMilliseconds,
            endUnixMs: (Instant.t0 + .hours(3)).unixMilliseconds)
        let send = IngestV1.FilingService.sendFiling
        _ = try await day.ask(send, good, by: "a1", at: "e1")
        let ended = try await day.ask(
            IngestV1.FilingService.endFiling, .init(id: "f1", reason: "不停了"), by: "a1", at: "e1")
        #expect(ended.filing?.state == "withdrawn")
        try await day.host.advance(to: Instant.t0 + .day * 31)
        let listed = try await day.ask(
            IngestV1.FilingService.listFilings, .init(), by: "city-1", at: "c1")
        #expect(listed.filings == [ended.filing].compactMap(\.self))
        #expect(try await day.ask(send, good, by: "a1", at: "e1").filing == ended.filing)
        var other = good
        other.reason = "另一"
        let taken = await status { _ = try await day.ask(send, other, by: "a1", at: "e1") }
        #expect(taken?.code == .alreadyExists)
        let late = await status {
            _ = try await day.ask(
                IngestV1.FilingService.extendFiling,
                .init(
                    id: "f1", untilUnixMs: (Instant.t0 + .day * 40).unixMilliseconds,
                    reason: "未完"), by: "a1", at: "e1")
        }
        #expect(late?.code == .failedPrecondition && late?.message.contains("anew") == true)
        try await day.host.stop()
    }
}

extension CommitmentDay {
    /// The subjects of the entries whose kind begins so.
    fileprivate func journal(_ kind: String) async throws -> [String] {
        let client = try await host.client(of: "ingest", as: .service)
        let stream = try await client.serverStreaming(
            JournalV1.JournalService.subscribe,
            JournalV1.SubscribeRequest(kindPrefixes: [kind], storedOnly: true))
        var subjects: [String] = []
        for try await response in stream {
            subjects += [response.entry?.subject].compactMap(\.self)
        }
        await client.close()
        return subjects
    }
}
