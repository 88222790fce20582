import Contracts
import Domain
import Ingest
import IngestCore
import RPC
import Runtime
import SimKit
import Testing

/// Commitments over a real socket on a simulated clock, and over a restart (CON-12 to CON-19).
@Suite(.timeLimit(.minutes(10))) struct CommitmentAPITests {
    /// The form of the program has the four parts (CON-15) and the eight kinds of work (CON-16).
    @Test func theFormOfTheProgramIsComplete() throws {
        let form = try FormSource.load()
        let parts = Set(form.items.map(\.part))
        #expect(parts.count == CommitmentForm.Item.Part.allCases.count)
        let works = form.works.map(\.id)
        for work in [
            "hotWork", "confinedSpace", "maintenance", "startStop", "change", "tankCleaning",
            "tankTransfer", "waterCutting",
        ] {
            #expect(works.contains(work))
            #expect(form.items.contains { $0.work == work })
        }
        #expect(form.lateReasons.map(\.id).contains("suddenSpecialWork"))
    }

    @Test func aFormWithMistakesIsRefusedWithAll() {
        let text = """
            id: local
            version: 2024-01-40
            title: 承诺
            works: { hotWork: 动火 }
            lateReasons: {}
            measures: { telephoned: 电话 }
            items:
              - { id: a, title: 甲, part: units, kind: number, work: painting, clause: 002-EN 五 }
              - { id: a, title: 乙, part: nowhere, kind: number, clause: 002-EN 五 }
              - { id: b, title: 丙, part: units, kind: flag }
            sums:
              - { total: z, parts: [a] }
            """
        do {
            _ = try FormSource.read(text, name: "form.yaml")
            Issue.record("It was taken.")
        } catch let failure as PackFailure {
            for words in ["2024-01-40", "painting", "nowhere", "clause", "number z", "lateReasons"]
            {
                #expect(failure.description.contains(words))
            }
        } catch {
            Issue.record("\(error)")
        }
    }

    /// Sent and counted; late with a reason; missed and dealt with; the same over a restart.
    @Test func aDayGoesItsWay() async throws {
        let folder = try TemporaryFolder()
        var day = try await CommitmentDay(folder, from: .t0)
        let first = try await day.file(day.request("e1"), by: "a1", at: "e1")
        #expect(first.commitment?.isLate == false)
        let again = try await day.file(day.request("e1"), by: "a1", at: "e1")
        #expect(again == first)
        // A technical person cannot sign, and another plant's principal neither.
        let other = await status { _ = try await day.file(day.request("e1"), by: "a2", at: "e1") }
        #expect(other?.code == .permissionDenied && other?.message.contains("a1") == true)
        let unseen = await status { _ = try await day.file(day.request("e1"), by: "a4", at: "e2") }
        #expect(unseen?.code == .notFound)
        // Nothing said is no zero.
        var bare = day.request("e2")
        bare.items = [IngestV1.CommitmentItem(id: "firesNumber")]
        let missing = await status { _ = try await day.file(bare, by: "a4", at: "e2") }
        #expect(missing?.code == .invalidArgument)

        try await day.host.advance(to: Instant.t0 + .hours(2))
        let late = await status { _ = try await day.file(day.request("e2"), by: "a4", at: "e2") }
        #expect(late?.code == .failedPrecondition && late?.message.contains("networkFault") == true)
        var excused = day.request("e2")
        (excused.lateReason, excused.lateText) = ("networkFault", "断网")
        let second = try await day.file(excused, by: "a4", at: "e2")
        #expect(second.commitment?.isLate == true)

        try await day.host.stop()
        day = try await CommitmentDay(folder, from: nil)
        let listed = try await day.list(standing: "")
        #expect(listed.map(\.enterpriseID) == ["e1", "e2"])
        #expect(listed.map(\.standing) == ["inTime", "late"])
        #expect(listed.map { $0.missed != nil } == [false, true])
        // Telephone numbers are masked for officers.
        let items = listed.first?.commitment?.versions.first?.items ?? []
        #expect(items.first { $0.id == "dutyLeadPhone" }?.value == .text("000******0009"))

        try await day.host.advance(to: Instant.t0 + .hours(26))
        let handled = try await day.handle("r1", of: "e1", on: "2021-11-02")
        #expect(handled.missed?.handlings.map(\.id) == ["r1"])
        // An administrator of everything stands above each enterprise; an officer of nothing not.
        let nobody = await status {
            _ = try await day.handleForAll("r2", of: "e1", on: "2021-11-02", as: .officer)
        }
        #expect(nobody?.code == .permissionDenied)
        let all = try await day.handleForAll(
            "r2", of: "e1", on: "2021-11-02", as: .administrator)
        #expect(all.missed?.handlings.map(\.id) == ["r1", "r2"])
        let unhandled = try await day.unhandled(from: "2021-11-01", to: "2021-11-02")
        #expect(unhandled == ["2021-11-02 e2", "2021-11-01 e2"])
        let counts = try await day.count(by: "city", period: "month")
        #expect(counts.map(\.due) == [4] && counts.map(\.punctual) == [1])
        #expect(counts.map(\.late) == [1] && counts.map(\.missed) == [2])
        try await day.host.stop()
    }

    /// CON-15, CON-17: the board shows today's without telephone numbers and persons.
    @Test func theBoardIsPublic() async throws {
        let day = try await CommitmentDay(try TemporaryFolder(), from: .t0)
        _ = try await day.file(day.request("e1"), by: "a1", at: "e1")
        let board = try await day.host.ask(
            "ingest", IngestV1.CommitmentService.readBoard, IngestV1.ReadBoardRequest(),
            as: .officer, node: NodeID("c1"))
        #expect(board.day == "2021-11-01")
        #expect(board.entries.map(\.standing) == ["inTime", "awaited"])
        let shown = board.entries.first?.items.map(\.id) ?? []
        #expect(shown.contains("riskGrade") && !shown.contains("dutyLeadPhone"))
        let first = try await day.host.ask(
            "ingest", IngestV1.CommitmentService.readBoard, IngestV1.ReadBoardRequest(pageSize: 1))
        #expect(first.entries.map(\.enterpriseID) == ["e1"])
        let second = try await day.host.ask(
            "ingest", IngestV1.CommitmentService.readBoard,
            IngestV1.ReadBoardRequest(pageSize: 1, pageToken: first.nextPageToken))
        #expect(second.entries.map(\.enterpriseID) == ["e2"] && second.nextPageToken.isEmpty)
        try await day.host.stop()
    }

    /// CON-20 to CON-23: filed, listed as waiting, verified by the addressee alone, in force, over.
    @Test func anOutageIsFiledVerifiedAndOver() async throws {
        let day = try await CommitmentDay(try TemporaryFolder(), from: .t0)
        let digest = String(repeating: "0a", count: 32)
        let evidence = [IngestV1.Evidence(name: "单.pdf", sha256: digest)]
        let request = IngestV1.SendFilingRequest(
            id: "f1", enterpriseID: "e1", deviceIDs: ["v1"], cause: "maintenance", reason: "检修",
            startUnixMs: (Instant.t0 + .hours(1)).unixMilliseconds,
            endUnixMs: (Instant.t0 + .hours(3)).unixMilliseconds, disables: true)
        let sent = try await day.ask(
            IngestV1.FilingService.sendFiling, request, by: "a1", at: "e1")
        #expect(sent.filing?.pointIDs == ["t1", "x1"] && sent.filing?.state == "sent")
        let again = try await day.ask(
            IngestV1.FilingService.sendFiling, request, by: "a1", at: "e1")
        #expect(again == sent)
        let waiting = try await day.ask(
            IngestV1.FilingService.listFilings,
            IngestV1.ListFilingsRequest(unconfirmedOnly: true), by: "county-1", at: "d1")
        #expect(waiting.filings.map(\.waitsSinceUnixMs) == [Instant.t0.unixMilliseconds])
        let verify = IngestV1.VerifyFilingRequest(
            id: "f1", verdict: "confirm", method: "onSite", finding: "属实", evidence: evidence)
        let other = await status {
            _ = try await day.ask(
                IngestV1.FilingService.verifyFiling, verify, by: "county-2", at: "d2")
        }
        #expect(other?.code == .notFound)
        let park = await status {
            _ = try await day.ask(IngestV1.FilingService.verifyFiling, verify, by: "own", at: "e1")
        }
        #expect(park?.code == .permissionDenied)
        let done = try await day.ask(
            IngestV1.FilingService.verifyFiling, verify, by: "park-1", at: "k1")
        #expect(done.filing?.state == "confirmed" && done.filing?.clause.contains("§9") == true)
        for (hours, state) in [(Int64(1), "inForce"), (3, "over")] {
            try await day.host.advance(to: Instant.t0 + .hours(hours))
            let one = try await day.ask(
                IngestV1.FilingService.getFiling, IngestV1.GetFilingRequest(id: "f1"), by: "a1",
                at: "e1")
            #expect(one.filing?.state == state)
        }
        try await day.host.stop()
    }
}

extension CommitmentForm {
    /// Every item answered: none, no, and short texts.
    func quietDay(of enterprise: String, on day: String) -> IngestV1.FileCommitmentRequest {
        IngestV1.FileCommitmentRequest(
            enterpriseID: enterprise, day: day,
            items: items.map { item in
                let value: IngestV1.CommitmentItem.Value =
                    switch item.kind {
                    case .number: .number(0)
                    case .flag: .flag(false)
                    case .choice: .choice(item.words[0].id)
                    case .text: .text(item.isPublished ? "正常" : "000-0000-0009")
                    }
                return IngestV1.CommitmentItem(id: item.id, value: value)
            })
    }
}

/// An ingest service on a simulated clock with the small city.
struct CommitmentDay {
    let host: TestHost
    private let form: CommitmentForm

    /// From a time on with a new city; nil: as it was left.
    init(_ folder: TemporaryFolder, from start: Instant?) async throws {
        form = try FormSource.load()
        host = try await TestHost(
            [IngestService.self], folder: folder, flags: [(name: "clock", value: "simulated")])
        if let start {
            try await host.advance(to: start)
            try await host.importRegistry(cityYAML)
        }
    }

    func request(_ enterprise: String) -> IngestV1.FileCommitmentRequest {
        form.quietDay(of: enterprise, on: "2021-11-01")
    }

    func ask<I, O>(
        _ method: RPCMethod<I, O>, _ request: I, by subject: String, at node: String
    ) async throws -> O {
        let client = try await host.client(
            of: "ingest", as: .officer, node: NodeID(node), subject: subject)
        do {
            let answer = try await client.unary(method, request)
            await client.close()
            return answer
        } catch {
            await client.close()
            throw error
        }
    }

    func file(
        _ request: IngestV1.FileCommitmentRequest, by subject: String, at node: String
    ) async throws -> IngestV1.FileCommitmentResponse {
        try await ask(
            IngestV1.CommitmentService.fileCommitment, request, by: subject, at: node)
    }

    func list(standing: String) async throws -> [IngestV1.CommitmentDay] {
        try await ask(
            IngestV1.CommitmentService.listCommitments,
            IngestV1.ListCommitmentsRequest(fromDay: "2021-11-01", standing: standing),
            by: "city-1", at: "c1"
        ).days
    }

    /// The days that nobody has dealt with, one a page.
    func unhandled(from: String, to: String) async throws -> [String] {
        var days: [String] = []
        var token = ""
        repeat {
            let answer = try await ask(
                IngestV1.CommitmentService.listCommitments,
                IngestV1.ListCommitmentsRequest(
                    fromDay: from, toDay: to, unhandledOnly: true, pageSize: 1, pageToken: token),
                by: "city-1", at: "c1")
            days += answer.days.map { "\($0.day) \($0.enterpriseID)" }
            token = answer.nextPageToken
        } while !token.isEmpty && days.count < 10
        return days
    }

    /// With an administrator's token that is for no node.
    func handleForAll(
        _ id: String, of enterprise: String, on day: String, as role: Principal.Role
    ) async throws -> IngestV1.HandleMissedResponse {
        try await host.ask(
            "ingest", IngestV1.CommitmentService.handleMissed,
            IngestV1.HandleMissedRequest(
                id: id, enterpriseID: enterprise, day: day, measure: "telephoned", text: "已核实"),
            as: role)
    }

    func handle(
        _ id: String, of enterprise: String, on day: String
    ) async throws -> IngestV1.HandleMissedResponse {
        try await ask(
            IngestV1.CommitmentService.handleMissed,
            IngestV1.HandleMissedRequest(
                id: id, enterpriseID: enterprise, day: day, measure: "telephoned", text: "已提醒"),
            by: "county-1", at: "d1")
    }

    func count(by area: String, period: String) async throws -> [IngestV1.CommitmentCount] {
        try await ask(
            IngestV1.CommitmentService.countCommitments,
            IngestV1.CountCommitmentsRequest(
                fromDay: "2021-11-01", toDay: "2021-11-30", period: period, by: area),
            by: "city-1", at: "c1"
        ).counts
    }
}
