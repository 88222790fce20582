import Contracts
import Domain
import IngestCore
import RPC
import Runtime
import Storage
import Synchronization

/// What goes up over one line: entries of the registry before batches that need them, what comes in
/// now before what waits, and never more under way than the window holds.
final class UplinkOutbox: Sendable {
    private struct State {
        /// The journal is looked through up to here.
        var journalSeq: UInt64
        var pages: UplinkPages
        var isPageUnderWay = false
        var isBeatDue = true
        var anchoredAt = ContinuousClock.now
        /// Taken by the superior.
        var taken: StoredSequences
        /// Taken, or sent over this line.
        var sent: StoredSequences
        /// Sent and not answered, in order.
        var underWay: [(positions: ClosedRange<UInt64>, readings: Int)] = []
        var readingsUnderWay = 0
        /// Read and not sent, of what comes in and of what waits.
        var live: [StoredBatch] = []
        var backlog: [StoredBatch] = []
        /// Up to here is sent of what comes in.
        var liveUpTo: UInt64
        var oldestWaiting: Instant?
    }

    private let uplink: Uplink
    private let node: NodeID
    /// From here on it is what comes in now; before is what waits.
    private let liveFrom: UInt64
    private let state: Mutex<State>

    init(
        uplink: Uplink, node: NodeID, welcome: IngestV1.LinkWelcome, journalHash: [UInt8],
        head: UInt64
    ) {
        (self.uplink, self.node) = (uplink, node)
        let taken = StoredSequences(
            welcome.taken.filter { $0.first <= $0.last }.map { $0.first...$0.last })
        // Each line may leave one gap more; with so many the last is gone on with.
        liveFrom = taken.ranges.count < LinkLimits.gapsMax ? head : taken.highest
        state = Mutex(
            State(
                journalSeq: welcome.journalSeq, pages: UplinkPages(node: node), taken: taken,
                sent: taken, liveUpTo: liveFrom))
        uplink.board.changeAbove { above in
            above.taken = taken
            (above.journalSeq, above.journalHash) = (welcome.journalSeq, journalHash)
        }
    }

    // MARK: Answers

    func askForBeat() { state.withLock { $0.isBeatDue = true } }

    func take(_ page: IngestV1.LinkPageTaken) {
        state.withLock { $0.isPageUnderWay = false }
        uplink.board.changeAbove { above in
            above.refusedEntries = page.refusedEntries
            above.refusals = page.refusals
        }
    }

    func take(_ batch: IngestV1.LinkBatchTaken) throws {
        let isKnown = state.withLock { state in
            guard let first = state.underWay.first, first.positions.upperBound == batch.position
            else { return false }
            state.underWay.removeFirst()
            state.readingsUnderWay -= first.readings
            state.taken.insert(first.positions)
            return true
        }
        guard isKnown else {
            throw RPCStatus(
                .internal, "The superior answers batch \(batch.position), which is not its turn.")
        }
        let taken = state.withLock { $0.taken }
        uplink.board.changeAbove { above in
            above.taken = taken
            above.refusedReadings += UInt64(batch.refusedReadings)
            if batch.refused.isEmpty { return }
            above.refusedBatches += 1
            above.lastRefusal = batch.refused
        }
        if batch.refused.isEmpty { return }
        uplink.metrics.countRefused()
        uplink.logger.warning(
            "superior refused a batch",
            metadata: ["position": "\(batch.position)", "reason": "\(batch.refused)"])
    }

    // MARK: Sending

    /// Sends what there is, as far as the window goes; one task calls it.
    func send(
        over call: ClientCall<IngestV1.ConnectRequest, IngestV1.ConnectResponse>
    ) async throws {
        if let beat = beatIfDue() {
            try await call.send(IngestV1.ConnectRequest(beat: beat))
        }
        while true {
            if let page = try await nextPage() {
                try await call.send(IngestV1.ConnectRequest(page: page))
            }
            // Batches wait for the entries that they need.
            let isFull = state.withLock { state in
                state.isPageUnderWay || state.underWay.count >= IngestLimits.batchesInFlightMax
                    || state.readingsUnderWay >= IngestLimits.readingsInFlightMax
            }
            if isFull { return }
            guard let batch = try await nextBatch() else { return }
            if !batch.gatewayID.isEmpty { uplink.metrics.countSent() }
            try await call.send(IngestV1.ConnectRequest(batch: batch))
        }
    }

    private func beatIfDue() -> IngestV1.LinkBeat? {
        let head = uplink.log.head.head
        let beat = state.withLock { state -> IngestV1.LinkBeat? in
            guard state.isBeatDue else { return nil }
            state.isBeatDue = false
            let waiting = state.taken.missing(upTo: head)
            let oldest = waiting == 0 ? nil : state.oldestWaiting
            return IngestV1.LinkBeat(
                headPosition: head, waitingBatches: waiting,
                oldestWaitingUnixMs: oldest.unixMillisecondsOrZero)
        }
        if let beat { uplink.board.show(beat) }
        return beat
    }

    // MARK: Pages

    private func nextPage() async throws -> IngestV1.LinkPage? {
        var (isUnderWay, seq, pages) = state.withLock {
            ($0.isPageUnderWay, $0.journalSeq, $0.pages)
        }
        if isUnderWay { return nil }
        while pages.isEmpty {
            let after = seq
            let page = try await uplink.store.read {
                try Journal.page(after: after, filter: UplinkPages.filter, in: $0)
            }
            if page.coveredSeq == after { break }
            let registry = try await uplink.engine.read { $0.registry }
            try pages.read(page, of: registry)
            seq = page.coveredSeq
            if pages.isEmpty, page.isLast { break }
        }
        let anchoredAt = state.withLock { $0.anchoredAt }
        let isAnchorDue = ContinuousClock.now - anchoredAt > IngestLimits.linkAnchoredEvery
        let anchor = uplink.board.above.journalSeq
        var page: IngestV1.LinkPage?
        if let entries = pages.takeFirst() {
            page = IngestV1.LinkPage(entries: entries.map { IngestV1.LinkEntry($0) })
        } else if seq > anchor, isAnchorDue {
            page = IngestV1.LinkPage()
        }
        if pages.isEmpty, page != nil {
            // Only with the last of them all up to there is told.
            page?.journalSeq = seq
            page?.journalHash = try await hash(at: seq)
        } else if page != nil {
            page?.journalSeq = anchor
            page?.journalHash = uplink.board.above.journalHash
        }
        if let page, pages.isEmpty {
            uplink.board.changeAbove { above in
                (above.journalSeq, above.journalHash) = (page.journalSeq, page.journalHash)
            }
        }
        state.withLock { [pages, seq, page] state in
            (state.pages, state.journalSeq) = (pages, seq)
            if page == nil { return }
            state.isPageUnderWay = true
            state.anchoredAt = .now
        }
        return page
    }

    private func hash(at seq: UInt64) async throws -> [UInt8] {
        try await uplink.store.read { try Journal.entry(at: seq, in: $0)?.hash ?? [] }
    }

    // MARK: Batches

    /// What comes in now, then the oldest of what waits; nil: there is nothing.
    private func nextBatch() async throws -> IngestV1.LinkBatch? {
        if let batch = try await nextLive() { return batch }
        return try await nextWaiting()
    }

    private func nextLive() async throws -> IngestV1.LinkBatch? {
        let (isEmpty, upTo) = state.withLock { ($0.live.isEmpty, $0.liveUpTo) }
        if isEmpty {
            if uplink.log.head.head <= upTo { return nil }
            let found = try await read(after: upTo)
            state.withLock { $0.live = found }
            if found.isEmpty { return nil }
        }
        return state.withLock { state in
            let batch = state.live.removeFirst()
            let from = state.liveUpTo + 1
            state.liveUpTo = batch.position
            return send(batch, from: from, &state)
        }
    }

    private func nextWaiting() async throws -> IngestV1.LinkBatch? {
        // What is already read may have been taken meanwhile only by this line, which it was not.
        let (isEmpty, gap) = state.withLock { state in
            (state.backlog.isEmpty, state.sent.firstGap(upTo: liveFrom))
        }
        guard let gap else { return nil }
        if isEmpty {
            let found = try await read(after: gap.lowerBound - 1)
            let first = found.first?.position ?? .max
            if first > gap.lowerBound {
                return giveUp(gap.lowerBound...min(first - 1, gap.upperBound))
            }
            state.withLock { state in
                state.backlog = found.filter { gap.contains($0.position) }
                state.oldestWaiting = found.first?.receivedAt
            }
        }
        return state.withLock { state in
            let batch = state.backlog.removeFirst()
            return send(batch, from: gap.lowerBound, &state)
        }
    }

    private func read(after position: UInt64) async throws -> [StoredBatch] {
        do {
            return try await uplink.log.batches(
                after: position, limit: IngestLimits.batchesPerReadMax)
        } catch {
            throw RPCStatus(error)
        }
    }

    /// Of gateways that do not stand under the node only that there is nothing is said.
    private func send(
        _ batch: StoredBatch, from: UInt64, _ state: inout State
    ) -> IngestV1.LinkBatch {
        let view = uplink.registry.current.registry
        let owner = view.gateways[batch.gateway]?.enterprise
        let isOurs = owner.map { view.stands(NodeID($0.text), under: node) } ?? false
        let positions = from...batch.position
        let readings = isOurs ? batch.columns.count : 0
        state.sent.insert(positions)
        state.underWay.append((positions, readings))
        state.readingsUnderWay += readings
        if isOurs { return IngestV1.LinkBatch(batch, coversFrom: from) }
        return IngestV1.LinkBatch(coversFrom: from, position: batch.position)
    }

    /// What was removed for its age, or is in no log of ours, is said and not passed over.
    private func giveUp(_ positions: ClosedRange<UInt64>) -> IngestV1.LinkBatch {
        let count = positions.upperBound - positions.lowerBound + 1
        state.withLock { state in
            state.sent.insert(positions)
            state.underWay.append((positions, 0))
        }
        uplink.board.changeAbove { $0.givenUp += count }
        uplink.metrics.count(givenUp: count)
        uplink.logger.error(
            "batches were not kept until the superior could take them; they stay here alone",
            metadata: ["from": "\(positions.lowerBound)", "to": "\(positions.upperBound)"])
        return IngestV1.LinkBatch(
            coversFrom: positions.lowerBound, position: positions.upperBound, isGivenUp: true)
    }
}

extension StoredSequences {
    /// The first positions from 1 up to `last` that are not there; nil: all are.
    fileprivate func firstGap(upTo last: UInt64) -> ClosedRange<UInt64>? {
        guard last > 0 else { return nil }
        guard let first = ranges.first, first.lowerBound <= 1 else {
            let next = ranges.first?.lowerBound ?? .max
            return 1...min(last, next - 1)
        }
        let from = first.upperBound + 1
        if from > last { return nil }
        let next = ranges.dropFirst().first?.lowerBound ?? .max
        return from...min(last, next - 1)
    }

    /// How many up to `last` are not there.
    fileprivate func missing(upTo last: UInt64) -> UInt64 {
        var count = last
        for range in ranges where range.lowerBound <= last {
            count -= min(range.upperBound, last) - max(range.lowerBound, 1) + 1
        }
        return count
    }
}
