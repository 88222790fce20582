import Contracts
import Domain
import IngestCore
import Logging
import RPC
import Runtime
import ServiceLifecycle
import Storage

/// Dials the superior and keeps the line open; what is stored here goes up as it is.
///
/// The superior tells at the start of each line what it has, and nothing of it is kept here: so a
/// kill of either side loses nothing.
struct Uplink: Service {
    let client: RPCClient
    let board: LinkBoard
    let log: any BatchLog
    let store: Store
    let engine: Engine<IngestMachine>
    let registry: RegistrySnapshot
    let metrics: LinkMetrics
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown { await self.dial() }
        await client.close()
    }

    private func dial() async {
        var failures = 0
        var said = ""
        while !Task.isCancelled, !engine.journalHead.isClosed {
            do {
                try await connect { failures = 0 }
                note("the superior has ended it", &said)
            } catch {
                if Task.isCancelled { return }
                note((error as? RPCStatus)?.message ?? "\(error)", &said)
            }
            failures += 1
            let wait = RetryWait.drawn(
                attempt: failures, from: .milliseconds(100), to: .seconds(10))
            try? await Task.sleep(for: wait)
        }
    }

    private func note(_ reason: String, _ said: inout String) {
        board.closedAbove(reason)
        if reason == said { return }
        said = reason
        logger.warning("link to the superior is broken", metadata: ["reason": "\(reason)"])
    }

    /// One line, until it breaks.
    private func connect(_ opened: () -> Void) async throws {
        let call = try await client.bidirectional(IngestV1.LinkService.connect)
        defer { call.cancel() }
        let head = try await store.read { try Journal.head(in: $0) }
        try await call.send(
            IngestV1.ConnectRequest(
                hello: IngestV1.LinkHello(
                    instance: board.instance, journalSeq: head.seq, headPosition: log.head.head)))
        var answers = call.responses.makeAsyncIterator()
        guard let welcome = try await answers.next()?.welcome else {
            throw RPCStatus(.internal, "The superior did not answer hello with welcome.")
        }
        try refuseCircle(welcome.above)
        let node = NodeID(welcome.nodeID)
        var hash: [UInt8] = []
        if welcome.journalSeq > 0 {
            hash = try await self.hash(at: welcome.journalSeq, of: node)
            try await call.send(
                IngestV1.ConnectRequest(proof: IngestV1.LinkProof(hash: hash)))
        }
        try await engine.submit(.link(.speaksFor(node)))
        try await registry.refresh(from: engine)
        opened()
        board.openedAbove(node, chain: welcome.above)
        logger.notice("link to the superior is open", metadata: ["node": "\(node)"])
        let outbox = UplinkOutbox(
            uplink: self, node: node, welcome: welcome, journalHash: hash, head: log.head.head)
        try await run(call, answers, outbox)
    }

    private func refuseCircle(_ above: [String]) throws {
        if !above.contains(board.instance) { return }
        throw RPCStatus(
            .failedPrecondition,
            "The links make a circle: the superior stands below this platform. Look at the "
                + "`superior` settings of all of them.")
    }

    /// What our journal says at the place up to which the superior has it.
    private func hash(at seq: UInt64, of node: NodeID) async throws -> [UInt8] {
        let entry = try await store.read { try Journal.entry(at: seq, in: $0) }
        guard let entry else {
            throw RPCStatus(
                .failedPrecondition,
                "The superior has our journal up to \(seq), where ours does not reach. The store "
                    + "of ingest was replaced by an older copy: restore a newer one, or have the "
                    + "superior forget: `hazwatch link forget \(node)`.")
        }
        return entry.hash
    }

    private func run(
        _ call: ClientCall<IngestV1.ConnectRequest, IngestV1.ConnectResponse>,
        _ answers: ResponseStream<IngestV1.ConnectResponse>.AsyncIterator,
        _ outbox: UplinkOutbox
    ) async throws {
        // Rung whenever there may be something to send.
        let (bell, ring) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        ring.yield()
        let (log, journal) = (log.head, engine.journalHead)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                var answers = answers
                while let answer = try await answers.next() {
                    try self.take(answer, outbox)
                    ring.yield()
                }
            }
            group.addTask {
                for await _ in bell { try await outbox.send(over: call) }
            }
            for signal in [log, journal] {
                group.addTask {
                    var seen = signal.head
                    while let head = try await signal.head(past: seen) {
                        seen = head
                        ring.yield()
                    }
                }
            }
            group.addTask {
                while true {
                    try await Task.sleep(for: RuntimeLimits.heartbeatEvery.duration)
                    outbox.askForBeat()
                    ring.yield()
                    guard let heardAt = self.board.above.line.heardAt,
                        ContinuousClock.now - heardAt < IngestLimits.linkSilenceMax
                    else { throw RPCStatus(.unavailable, "The superior is silent.") }
                }
            }
            // Whatever ends first ends the line.
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func take(_ answer: IngestV1.ConnectResponse, _ outbox: UplinkOutbox) throws {
        board.heardAbove()
        if let page = answer.page { outbox.take(page) }
        if let batch = answer.batch { try outbox.take(batch) }
        if let echo = answer.echo {
            try refuseCircle(echo.above)
            board.changeAbove { $0.chain = echo.above }
        }
    }
}
