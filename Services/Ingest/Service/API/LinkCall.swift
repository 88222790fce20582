import Contracts
import Domain
import IngestCore
import RPC
import Runtime

/// The line of one lower platform: pages and batches come in as fast as the window allows, and each
/// is answered in order once it is on disk.
struct LinkCall: Sendable {
    let api: LinkAPI
    let principal: Principal

    private var node: NodeID { principal.node }

    /// What is to be answered, in order.
    private enum Step: Sendable {
        case page(IngestV1.LinkPageTaken)
        case batch(LinkedBatch)
        case echo
        case ended(RPCStatus)
    }

    func run(
        _ requests: RequestStream<IngestV1.ConnectRequest>,
        _ writer: ResponseWriter<IngestV1.ConnectResponse>
    ) async throws {
        var iterator = requests.makeAsyncIterator()
        let number: UInt64
        let rewinds: UInt64
        do {
            guard let hello = try await iterator.next()?.hello else {
                throw RPCStatus.misspoken("A link begins with hello.")
            }
            let record = try await join(hello)
            try await writer.write(welcome(record))
            if record.journalSeq > 0 {
                guard let proof = try await iterator.next()?.proof else {
                    throw RPCStatus.misspoken("After welcome with a journal_seq comes proof.")
                }
                if proof.hash != record.journalHash {
                    throw RPCStatus(rewritten: record.journalSeq, of: node.text)
                }
            }
            rewinds = record.rewinds
            number = api.board.opened(node, head: hello.headPosition)
        } catch {
            let status = status(error)
            api.board.refused(node, status.message)
            throw status
        }
        do {
            try await serve(iterator, writer, number, rewinds)
            api.board.closed(node, number, "the lower platform has ended it")
        } catch {
            let status = status(error)
            api.board.closed(node, number, status.message)
            throw status
        }
    }

    private func status(_ error: any Error) -> RPCStatus {
        switch error {
        case let status as RPCStatus: status
        case let refusal as IngestRefusal: RPCStatus(refusal, principal: principal)
        case let failure as EngineFailure: RPCStatus(failure)
        case is CancellationError: RPCStatus(.cancelled, "The line was broken.")
        default: RPCStatus(.internal, "\(error)")
        }
    }

    // MARK: Hello

    private func join(_ hello: IngestV1.LinkHello) async throws -> LinkRecord {
        if hello.instance.isEmpty || hello.instance.count > RegistryLimits.idMax {
            throw RPCStatus.misspoken("A link says which store it is.")
        }
        if api.board.chain.contains(hello.instance) { throw RPCStatus(circleOf: hello.instance) }
        try await api.engine.submit(
            .link(.joined(node, instance: hello.instance, by: principal.subject)))
        try await api.registry.refresh(from: api.engine)
        let record = try await record()
        if hello.journalSeq < record.journalSeq {
            throw RPCStatus(LinkRefusal.cut(node, at: hello.journalSeq, taken: record.journalSeq))
        }
        if hello.headPosition < record.taken.last?.upperBound ?? 0 {
            // Its readings are an older copy, or were made anew: nothing of it may be passed over.
            try await api.engine.submit(.link(.beganAnew(node)))
            return try await self.record()
        }
        return record
    }

    private func record() async throws -> LinkRecord {
        guard let record = try await api.engine.read({ $0.links[node] }) else {
            throw RPCStatus(LinkRefusal.unknownLink(node))
        }
        return record
    }

    private func welcome(_ record: LinkRecord) -> IngestV1.ConnectResponse {
        IngestV1.ConnectResponse(
            welcome: IngestV1.LinkWelcome(
                nodeID: node.text, journalSeq: record.journalSeq,
                taken: record.taken.map {
                    IngestV1.PositionRange(first: $0.lowerBound, last: $0.upperBound)
                },
                above: api.board.chain))
    }

    // MARK: The stream

    private func serve(
        _ requests: RequestStream<IngestV1.ConnectRequest>.AsyncIterator,
        _ writer: ResponseWriter<IngestV1.ConnectResponse>, _ number: UInt64, _ rewinds: UInt64
    ) async throws {
        let window = Window<Step>(
            itemsMax: IngestLimits.batchesInFlightMax,
            weightMax: IngestLimits.readingsInFlightMax)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                var requests = requests
                try await read(&requests, number, into: window)
            }
            group.addTask {
                var notes = LinkNotes(engine: api.engine, node: node, rewinds: rewinds)
                while let step = try await window.take() {
                    try await answer(step, writer, &notes)
                    window.done()
                    try await notes.noteIfDue()
                }
                try await notes.note()
            }
            try await group.waitForAllOrFailure()
        }
    }

    private func read(
        _ requests: inout RequestStream<IngestV1.ConnectRequest>.AsyncIterator,
        _ number: UInt64, into window: Window<Step>
    ) async throws {
        defer { window.finish() }
        while let request = try await requests.next() {
            guard api.board.heard(node, number, request.beat) else {
                let status = RPCStatus(.aborted, "Another line of \(node) was opened since.")
                return try await window.put(.ended(status), weight: 0)
            }
            let step: Step
            do {
                step = try await self.step(of: request)
            } catch {
                return try await window.put(.ended(status(error)), weight: 0)
            }
            try await window.put(step, weight: request.batch?.columns?.point.count ?? 0)
        }
    }

    private func step(of request: IngestV1.ConnectRequest) async throws -> Step {
        if let page = request.page { return .page(try await take(page)) }
        if let batch = request.batch { return .batch(try take(batch)) }
        if request.beat != nil { return .echo }
        throw RPCStatus.misspoken("After hello and proof come pages, batches and beats.")
    }

    private func answer(
        _ step: Step, _ writer: ResponseWriter<IngestV1.ConnectResponse>,
        _ notes: inout LinkNotes
    ) async throws {
        switch step {
        case .ended(let status): throw status
        case .page(let taken):
            try await writer.write(IngestV1.ConnectResponse(page: taken))
        case .echo:
            try await writer.write(
                IngestV1.ConnectResponse(echo: IngestV1.LinkEcho(above: api.board.chain)))
        case .batch(let batch):
            try await writer.write(
                IngestV1.ConnectResponse(batch: try await settle(batch, &notes)))
        }
    }

    // MARK: Pages

    private func take(_ page: IngestV1.LinkPage) async throws -> IngestV1.LinkPageTaken {
        if page.entries.count > LinkLimits.entriesPerEnterpriseMax {
            throw RPCStatus.misspoken(
                "A page has at most \(LinkLimits.entriesPerEnterpriseMax) entries.")
        }
        if page.journalSeq > 0, page.journalHash.count != 32 {
            throw RPCStatus.misspoken("A page says the hash of its place in the journal.")
        }
        let entries = page.entries.compactMap { LinkedEntry($0) }
        if entries.count < page.entries.count {
            throw RPCStatus.misspoken(
                "A page has an entry without id, or of a kind we do not know.")
        }
        try await api.engine.submit(
            .link(
                .pageSent(
                    node, entries, journalSeq: page.journalSeq, journalHash: page.journalHash,
                    by: principal.subject)))
        if !entries.isEmpty { try await api.registry.refresh(from: api.engine) }
        let refused = try await api.engine.read { $0.links.refused(of: node) }
        return IngestV1.LinkPageTaken(
            journalSeq: page.journalSeq, refusedEntries: UInt32(clamping: refused.count),
            refusals: refused.prefix(IngestLimits.linkRefusalsMax).map {
                IngestV1.LinkRefusal($0)
            })
    }

    // MARK: Batches

    private func take(_ sent: IngestV1.LinkBatch) throws -> LinkedBatch {
        guard sent.coversFrom > 0, sent.coversFrom <= sent.position,
            sent.position <= UInt64(Int64.max)
        else { throw RPCStatus.misspoken("A batch says from where to where it tells.") }
        var batch = LinkedBatch(positions: sent.coversFrom...sent.position)
        if sent.isGivenUp {
            batch.givenUp = sent.position - sent.coversFrom + 1
            return batch
        }
        if sent.gatewayID.isEmpty { return batch }
        guard let sealed = try seal(sent, &batch) else { return batch }
        batch.sealed = sealed
        batch.ticket = api.log.append(sealed)
        return batch
    }

    /// The batch as it is to be stored; nil with the reason: nothing of it is.
    private func seal(
        _ sent: IngestV1.LinkBatch, _ batch: inout LinkedBatch
    ) throws -> SealedBatch? {
        guard (1...UInt64(Int64.max)).contains(sent.sequence),
            let columns = sent.columns.flatMap({ ReadingColumns($0) }),
            (1...IngestLimits.readingsPerBatchMax).contains(columns.count)
        else {
            batch.refused = "it is no batch that a gateway can have sent"
            return nil
        }
        if columns.fingerprint != sent.storedFingerprint {
            batch.refused = "its readings do not give its fingerprint: it was altered on the way"
            return nil
        }
        let view = api.registry.current
        let id = GatewayID(sent.gatewayID)
        guard let gateway = view.registry.gateways[id] else {
            batch.refused = "gateway \(id) is not registered here"
            batch.owed = id
            return nil
        }
        guard view.registry.stands(NodeID(gateway.enterprise.text), under: node) else {
            batch.refused = "gateway \(id) does not stand under \(node)"
            batch.owed = id
            return nil
        }
        let now = api.clock.now()
        if let newest = columns.measuredAt.max(),
            newest > now.unixMilliseconds + api.futureTolerance.milliseconds
        {
            // It was right by the clock below: ours may be behind, and nothing is lost by waiting.
            api.metrics.countHeld()
            throw RPCStatus(
                .unavailable,
                "A batch of gateway \(id) was measured after the clock of the superior. Nothing "
                    + "was stored; it is sent again. Compare the clocks of both machines.")
        }
        let known = columns.filtered { view.directory.enterprise(of: $0) == gateway.enterprise }
        batch.refusedReadings = columns.count - (known?.count ?? 0)
        return SealedBatch(
            gateway: id, sequence: sent.sequence, fingerprint: sent.fingerprint, receivedAt: now,
            columns: known ?? ReadingColumns())
    }

    private func settle(
        _ batch: LinkedBatch, _ notes: inout LinkNotes
    ) async throws -> IngestV1.LinkBatchTaken {
        var batch = batch
        if let ticket = batch.ticket, let sealed = batch.sealed {
            do throws(BatchLogFailure) {
                let outcome = try await ticket.outcome()
                api.metrics.count(outcome)
                switch outcome {
                case .stored: api.watch.take(sealed)
                case .repeated:
                    batch.refusedReadings = 0
                    api.watch.hear(sealed.gateway, at: sealed.receivedAt)
                }
            } catch {
                guard case .sequenceReused = error else { throw RPCStatus(error) }
                batch.refused = "gateway \(sealed.gateway) has another batch \(sealed.sequence)"
                batch.refusedReadings = 0
            }
        }
        notes.take(batch)
        if batch.refused.isEmpty {
            api.linkMetrics.countTaken()
        } else {
            api.linkMetrics.countRefused()
        }
        return IngestV1.LinkBatchTaken(
            position: batch.positions.upperBound, refused: batch.refused,
            refusedReadings: UInt32(clamping: batch.refusedReadings))
    }
}

/// A batch of a link on its way to the disk.
struct LinkedBatch: Sendable {
    /// What is told with it.
    var positions: ClosedRange<UInt64>
    var sealed: SealedBatch?
    var ticket: AppendTicket?
    /// Why nothing of it is stored.
    var refused = ""
    /// The gateway that must be registered before.
    var owed: GatewayID?
    var refusedReadings = 0
    var givenUp: UInt64 = 0
}

/// What became of batches, noted together: what a kill takes of it is sent again, and is a repeat.
struct LinkNotes: Sendable {
    private let engine: Engine<IngestMachine>
    private let node: NodeID
    private let rewinds: UInt64
    private var taken = LinkEvent.BatchesTaken()
    private var positions = StoredSequences()
    private var notedAt = ContinuousClock.now

    init(engine: Engine<IngestMachine>, node: NodeID, rewinds: UInt64) {
        (self.engine, self.node, self.rewinds) = (engine, node, rewinds)
    }

    mutating func take(_ batch: LinkedBatch) {
        positions.insert(batch.positions)
        taken.givenUp += batch.givenUp
        taken.refusedReadings += UInt64(batch.refusedReadings)
        if batch.refused.isEmpty { return }
        taken.refusedBatches += 1
        taken.lastRefusal = batch.refused
        if let gateway = batch.owed {
            taken.owed.append(.init(gateway: gateway, positions: batch.positions))
        }
    }

    mutating func noteIfDue() async throws {
        if ContinuousClock.now - notedAt < IngestLimits.linkNotedEvery { return }
        try await note()
        let rewinds = try await engine.read { [node] in $0.links[node]?.rewinds }
        if rewinds != self.rewinds {
            throw RPCStatus(
                .unavailable,
                "What was refused of a gateway can be taken now. Connect again and send it.")
        }
    }

    mutating func note() async throws {
        notedAt = .now
        taken.positions = positions.ranges
        if taken.isEmpty { return }
        try await engine.submit(.link(.batchesTaken(node, taken)))
        (taken, positions) = (LinkEvent.BatchesTaken(), StoredSequences())
    }
}
