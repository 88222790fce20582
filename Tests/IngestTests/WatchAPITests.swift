import Contracts
import Domain
import Foundation
import Ingest
import IngestCore
import Policy
import RPC
import Runtime
import SimKit
import Testing

/// Presence and findings over a real socket on a simulated clock, and over restarts.
@Suite(.timeLimit(.minutes(10))) struct WatchAPITests {
    private let limit = PresenceRule.ours.pointOffline

    /// ING-12, ING-19, ING-21: absence raises something, once, to the second, and over a restart.
    @Test func silenceIsFoundAndEnds() async throws {
        let folder = try TemporaryFolder()
        var plant = try await WatchedPlant(folder, from: t0)
        try await plant.push(1, ["t1", "x1"], at: t0)
        let connected = try await plant.presence(state: "online").map(\.id)
        #expect(connected == ["e1", "g1", "t1", "x1"])
        let absent = try await plant.presence(state: "neverHeard").map(\.id)
        #expect(absent == ["e2", "g2", "b1"])

        try await plant.move(to: t0 + limit)
        let found = try await plant.findings().filter { $0.quality == "complete" }
        let absences = found.filter { $0.kind != "missingPoint" }
        #expect(
            absences.map(\.id) == ["neverConnected/enterprise/e2/1", "offline/enterprise/e1/1"])
        #expect(absences.map(\.firstUnixMs) == [t0, t0].map(\.unixMilliseconds))
        let clue = IngestV1.Clue(name: "points silent with it", text: "2")
        #expect(absences.last?.clues.contains(clue) == true)
        let silent = try await plant.connections().first { $0.hazardSourceID == "s1" }
        #expect(silent?.silentPointIDs == ["t1", "x1"] && silent?.connected == 0)

        // A restart neither finds anything again nor ends anything.
        let before = try await plant.findings()
        try await plant.host.stop()
        plant = try await WatchedPlant(folder, from: nil)
        try await plant.host.settle()
        #expect(try await plant.findings() == before)

        // One point speaks again: its enterprise is back, and the other is a finding of its own.
        let back = t0 + .minutes(90)
        try await plant.push(2, ["t1"], at: back)
        let gaps = try await plant.gaps(from: t0)
        #expect(gaps.filter { $0.toUnixMs > 0 }.map(\.id).sorted() == ["e1", "g1", "t1"])
        #expect(Set(gaps.filter { $0.toUnixMs > 0 }.map(\.toUnixMs)) == [back.unixMilliseconds])
        #expect(Set(gaps.map(\.fromUnixMs)) == [t0.unixMilliseconds])
        #expect(gaps.filter { $0.toUnixMs == 0 }.map(\.id) == ["e2", "g2", "b1", "x1"])
        try await plant.push(3, ["t1"], at: back + .minutes(5))
        try await plant.push(4, ["t1"], at: back + limit)
        let left = try await plant.findings().filter { $0.nodeID == "e1" && $0.kind == "offline" }
        #expect(left.map(\.id) == ["offline/point/x1/1"])
        let closed = try await plant.findings(state: "ended").map(\.id)
        #expect(closed == ["offline/enterprise/e1/1"])

        // 100 minutes were due; t1 was there for the last 10, x1 never.
        let rates = try await plant.rates(from: t0)
        #expect(rates.map(\.enterpriseID) == ["e2", "e1"])
        #expect(rates.map { $0.points?.rate } == [0, 500])
        #expect(rates.map { $0.line?.rate } == [0, 1_000])
        #expect(rates.map(\.silentCount) == [1, 1])
        try await plant.host.stop()
    }

    /// ING-19: the stop of the platform is nobody's gap; who stays silent after it is found.
    @Test func ourOwnStopIsNobodysGap() async throws {
        let folder = try TemporaryFolder()
        var plant = try await WatchedPlant(folder, from: t0)
        try await plant.push(1, ["t1", "x1"], at: t0)
        try await plant.host.stop()
        let start = t0 + .hours(3)
        try await IngestService.moveClock(in: folder, to: start)
        plant = try await WatchedPlant(folder, from: nil)
        try await plant.host.settle()
        #expect(try await plant.presence(state: "online").map(\.id) == ["e1", "g1", "t1", "x1"])
        #expect(try await plant.findings(kind: "neverConnected").isEmpty)
        try await plant.push(2, ["x1"], at: start + .minutes(1))
        try await plant.push(3, ["x1"], at: start + limit)
        let found = try await plant.findings(kind: "offline")
        #expect(found.map(\.id) == ["offline/point/t1/1"])
        #expect(found.map(\.firstUnixMs) == [start.unixMilliseconds])
        let absent = try await plant.findings(kind: "neverConnected")
        #expect(absent.map(\.id) == ["neverConnected/enterprise/e2/1"])
        #expect(try await plant.gaps(from: t0).filter { $0.toUnixMs > 0 }.isEmpty)
        try await plant.host.stop()
    }

    /// ING-18, CON-47: seen and written down, a task, its correction, and its verification.
    @Test func whatWasSeenIsPutRight() async throws {
        let plant = try await WatchedPlant(try TemporaryFolder(), from: t0)
        let record = IngestV1.RecordFindingRequest(
            kind: "powerCut", entryKind: "gateway", entryID: "g1",
            clues: [IngestV1.Clue(name: "现场", text: "配电箱断开")])
        let seen = try await plant.ask(
            IngestV1.FindingService.recordFinding, record, by: "county-1", at: "d1")
        let id = try #require(seen.finding?.id)
        #expect(id == "powerCut/gateway/g1/1" && seen.finding?.recordedBy == "county-1")
        // What may be forbidden has its task at once.
        #expect(seen.finding?.state == "assigned")
        let again = try await plant.ask(
            IngestV1.FindingService.recordFinding, record, by: "county-1", at: "d1")
        #expect(again.finding?.id == id)
        let due = t0 + .hours(8)
        let assign = IngestV1.AssignFindingRequest(
            id: id, text: "恢复供电", dueUnixMs: due.unixMilliseconds)
        let other = await status {
            _ = try await plant.ask(
                IngestV1.FindingService.assignFinding, assign, by: "county-2", at: "d2")
        }
        #expect(other?.code == .notFound)
        let own = await status {
            _ = try await plant.ask(
                IngestV1.FindingService.assignFinding, assign, by: "a1", at: "e1")
        }
        #expect(own?.code == .permissionDenied)
        let given = try await plant.ask(
            IngestV1.FindingService.assignFinding, assign, by: "county-1", at: "d1")
        #expect(given.finding?.task?.dueUnixMs == due.unixMilliseconds)
        let verify = IngestV1.VerifyFindingRequest(id: id, isAccepted: true)
        let early = await status {
            _ = try await plant.ask(
                IngestV1.FindingService.verifyFinding, verify, by: "county-1", at: "d1")
        }
        #expect(early?.code == .failedPrecondition)
        let correct = IngestV1.CorrectFindingRequest(id: id, text: "已恢复")
        let corrected = try await plant.ask(
            IngestV1.FindingService.correctFinding, correct, by: "a1", at: "e1")
        #expect(corrected.finding?.correction?.by == "a1")
        let verified = try await plant.ask(
            IngestV1.FindingService.verifyFinding, verify, by: "county-1", at: "d1")
        #expect(verified.finding?.state == "verified")
        #expect(verified.finding?.closedUnixMs == t0.unixMilliseconds)
        let late = await status {
            _ = try await plant.ask(
                IngestV1.FindingService.correctFinding, correct, by: "a1", at: "e1")
        }
        #expect(late?.code == .failedPrecondition)
        let kinds = try await plant.journalKinds().filter { $0.hasPrefix("ingest.finding") }
        // The registry opened others; this one was opened, moved on twice more and closed.
        #expect(
            kinds.suffix(3)
                == [
                    JournalKind.findingChanged, .findingChanged, .findingClosed,
                ].map(\.rawValue))
        try await plant.host.stop()
    }

    /// ING-18: what an administrator's file weakens is open to see, and needs nobody.
    @Test func anImportThatWeakensIsATrace() async throws {
        let plant = try await WatchedPlant(try TemporaryFolder(), from: t0)
        try await plant.host.importRegistry(
            cityYAML.replacingOccurrences(of: "high: 60", with: "high: 70"))
        #expect(try await plant.findings(kind: "limitsMoved").isEmpty)
        let traces = try await plant.findings(kind: "limitsMoved", state: "reviewed")
        #expect(traces.map(\.id) == ["limitsMoved/point/t1/1"])
        #expect(traces.first?.closedReason == "reviewed by import: registry.yaml")
        #expect(traces.first?.clues.first?.text == "60 to 70")
        try await plant.host.stop()
    }

    /// Pages hold together, and a token sees what stands under its node.
    @Test func listsArePagedAndScoped() async throws {
        let plant = try await WatchedPlant(try TemporaryFolder(), from: t0)
        try await plant.push(1, ["t1"], at: t0)
        try await plant.move(to: t0 + limit * 2)
        try await plant.push(2, ["t1"], at: t0 + limit * 3)
        let all = try await plant.findings(closed: true)
        #expect(all.count > 3)
        #expect(try await plant.findings(closed: true, size: 1) == all)
        #expect(try await plant.findings(at: "d2", closed: true).allSatisfy { $0.nodeID == "e2" })
        #expect(try await plant.findings(at: "e1", under: "e1").allSatisfy { $0.nodeID == "e1" })
        let gaps = try await plant.gaps(from: t0)
        #expect(gaps.count == 7)
        #expect(try await plant.gaps(from: t0, size: 1) == gaps)
        #expect(try await plant.gaps(from: t0, at: "d2").map(\.nodeID) == ["e2", "e2", "e2"])
        let presence = try await plant.presence()
        #expect(presence.map(\.id) == ["e2", "g2", "b1", "x1", "e1", "g1", "t1"])
        #expect(try await plant.presence(size: 1) == presence)
        let foreign = await status { _ = try await plant.findings(at: "d2", under: "d1") }
        #expect(foreign?.code == .permissionDenied)
        let gateway = try await plant.host.client(
            of: "ingest", as: .gateway, node: NodeID("e1"), subject: "g1")
        let machine = await status {
            _ = try await gateway.unary(
                IngestV1.PresenceService.listPresence, IngestV1.ListPresenceRequest())
        }
        #expect(machine?.code == .permissionDenied)
        await gateway.close()
        try await plant.host.stop()
    }

    /// What makes no sense is refused with what would, and changes nothing.
    @Test func nonsenseIsRefused() async throws {
        let plant = try await WatchedPlant(try TemporaryFolder(), from: t0)
        let before = try await plant.findings(closed: true)
        let wrong: [() async throws -> Void] = [
            { _ = try await plant.findings(kind: "x") },
            { _ = try await plant.findings(state: "gone") },
            { _ = try await plant.findings(token: "x") },
            { _ = try await plant.presence(state: "asleep") },
            { _ = try await plant.presence(token: "1/nothing") },
            { _ = try await plant.gaps(from: t0 + .hours(1)) },
            { try await plant.record(kind: "flatLine", clues: ["x"]) },
            { try await plant.record(kind: "nothing", clues: ["x"]) },
            { try await plant.record(kind: "powerCut", clues: []) },
            {
                try await plant.record(
                    kind: "powerCut", clues: [String(repeating: "长", count: 501)])
            },
        ]
        for (index, body) in wrong.enumerated() {
            let refused = await status(body)
            #expect(refused?.code == .invalidArgument, "\(index)")
        }
        #expect(try await plant.findings(closed: true) == before)
        try await plant.host.stop()
    }
}

/// An ingest service on a simulated clock with the small city.
struct WatchedPlant {
    let host: TestHost

    /// From a time on with a new city; nil: as it was left.
    init(_ folder: TemporaryFolder, from start: Instant?) async throws {
        host = try await TestHost(
            [IngestService.self], folder: folder, flags: [(name: "clock", value: "simulated")])
        if let start {
            try await host.advance(to: start)
            try await host.importRegistry(cityYAML)
            try await host.settle()
        }
    }

    func move(to instant: Instant) async throws {
        try await host.advance(to: instant)
        try await host.settle()
    }

    /// One reading a point through the gateway of the first enterprise, received at once.
    func push(_ sequence: UInt64, _ points: [String], at time: Instant) async throws {
        try await host.advance(to: time)
        let rows = points.map { point in
            IngestV1.Row(
                pointID: point, measuredAtUnixMs: time.unixMilliseconds, value: 20, quality: .good)
        }
        let answer = try await host.push(
            rows, sequence: sequence, gateway: "g1", enterprise: "e1")
        #expect(answer.stored == UInt32(points.count))
        try await host.settle()
    }

    func ask<I, O>(
        _ method: RPCMethod<I, O>, _ request: I, by subject: String = "test", at node: String
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

    func pages<Item>(
        _ token: String, _ page: (String) async throws -> ([Item], String)
    ) async throws -> [Item] {
        var items: [Item] = []
        var token = token
        repeat {
            let (more, next) = try await page(token)
            items += more
            token = next
        } while !token.isEmpty && items.count < 100
        return items
    }

    func findings(
        at node: String = "c1", kind: String = "", state: String = "", under: String = "",
        closed: Bool = false, size: UInt32 = 0, token: String = ""
    ) async throws -> [IngestV1.Finding] {
        try await pages(token) { token in
            let answer = try await ask(
                IngestV1.FindingService.listFindings,
                IngestV1.ListFindingsRequest(
                    underNodeID: under, kind: kind, state: state, withClosed: closed,
                    pageSize: size, pageToken: token), at: node)
            return (answer.findings, answer.nextPageToken)
        }
    }

    func presence(
        state: String = "", size: UInt32 = 0, token: String = ""
    ) async throws -> [IngestV1.Presence] {
        try await pages(token) { token in
            let answer = try await ask(
                IngestV1.PresenceService.listPresence,
                IngestV1.ListPresenceRequest(state: state, pageSize: size, pageToken: token),
                at: "c1")
            return (answer.presence, answer.nextPageToken)
        }
    }

    func gaps(
        from: Instant, at node: String = "c1", size: UInt32 = 0
    ) async throws -> [IngestV1.Gap] {
        try await pages("") { token in
            let answer = try await ask(
                IngestV1.PresenceService.listGaps,
                IngestV1.ListGapsRequest(
                    fromUnixMs: from.unixMilliseconds, pageSize: size, pageToken: token), at: node)
            return (answer.gaps, answer.nextPageToken)
        }
    }

    func connections() async throws -> [IngestV1.Connection] {
        try await ask(
            IngestV1.PresenceService.listConnections, IngestV1.ListConnectionsRequest(), at: "c1"
        ).connections
    }

    func rates(from: Instant) async throws -> [IngestV1.OnlineRate] {
        try await pages("") { token in
            let answer = try await ask(
                IngestV1.PresenceService.listOnlineRates,
                IngestV1.ListOnlineRatesRequest(
                    fromUnixMs: from.unixMilliseconds, pageSize: 1, pageToken: token), at: "c1")
            return (answer.rates, answer.nextPageToken)
        }
    }

    func record(kind: String, clues: [String]) async throws {
        _ = try await ask(
            IngestV1.FindingService.recordFinding,
            IngestV1.RecordFindingRequest(
                kind: kind, entryKind: "gateway", entryID: "g1",
                clues: clues.map { IngestV1.Clue(name: "现场", text: $0) }), at: "d1")
    }

    func journalKinds() async throws -> [String] {
        let client = try await host.client(of: "ingest", as: .service)
        let stream = try await client.serverStreaming(
            JournalV1.JournalService.subscribe, JournalV1.SubscribeRequest(storedOnly: true))
        var kinds: [String] = []
        for try await response in stream {
            if let entry = response.entry { kinds.append(entry.kind) }
        }
        await client.close()
        return kinds
    }
}
