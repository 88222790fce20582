package import Contracts
package import Domain
package import IngestCore
package import Runtime
import Synchronization

/// What is known of lines at this moment and of nothing else: who is connected, since when, and
/// how far behind.
package final class LinkBoard: Sendable {
    /// A line to below or above.
    package struct Line: Sendable {
        /// Tells a line from the one after it.
        package var number: UInt64 = 0
        package var isConnected = false
        package var since: Instant?
        package var lastHeard: Instant?
        /// When something came last, in real time.
        package var heardAt: ContinuousClock.Instant?
        package var trouble = ""
        package var headPosition: UInt64 = 0
        package var waitingBatches: UInt64 = 0
        package var oldestWaiting: Instant?
    }

    /// What only the lower side knows of the line above.
    package struct Above: Sendable {
        package var line = Line()
        package var node = NodeID("")
        package var taken = StoredSequences()
        package var journalSeq: UInt64 = 0
        package var journalHash: [UInt8] = []
        package var givenUp: UInt64 = 0
        package var refusedBatches: UInt64 = 0
        package var refusedReadings: UInt64 = 0
        package var lastRefusal = ""
        package var refusedEntries: UInt32 = 0
        package var refusals: [IngestV1.LinkRefusal] = []
        /// The stores above this one, as far as the superior knows.
        package var chain: [String] = []

        /// All positions up to this one are taken.
        package var takenUpTo: UInt64 {
            guard let first = taken.ranges.first, first.lowerBound <= 1 else { return 0 }
            return first.upperBound
        }
    }

    private struct State {
        var below: [NodeID: Line] = [:]
        var above = Above()
        var numbers: UInt64 = 0
    }

    /// The store of this platform.
    package let instance: String
    /// Where the superior is; nil: there is none.
    package let superior: String?
    private let clock: any TimeSource
    private let metrics: LinkMetrics
    private let state = Mutex(State())

    package init(
        instance: String, superior: String?, clock: any TimeSource, metrics: LinkMetrics
    ) {
        (self.instance, self.superior) = (instance, superior)
        (self.clock, self.metrics) = (clock, metrics)
    }

    /// This store and those above it, as far as they are known.
    package var chain: [String] { [instance] + state.withLock { $0.above.chain } }

    package var above: Above { state.withLock { $0.above } }

    package func below(_ node: NodeID) -> Line { state.withLock { $0.below[node] ?? Line() } }

    /// The nodes of lines over which something came a short while ago.
    package var open: [NodeID] {
        let now = ContinuousClock.now
        return state.withLock { state in
            let above = (state.above.node, state.above.line)
            let lines = state.below.map { ($0.key, $0.value) } + [above]
            return lines.filter { _, line in
                guard line.isConnected, let heardAt = line.heardAt else { return false }
                return now - heardAt < LinkLimits.silentAfter.duration
            }.map(\.0).sorted()
        }
    }

    // MARK: Below

    /// A line from below is open; gives its number, with which the others are set.
    func opened(_ node: NodeID, head: UInt64) -> UInt64 {
        let now = clock.now()
        metrics.show(isConnected: true, node)
        return state.withLock { state in
            state.numbers += 1
            state.below[node, default: Line()].open(state.numbers, now)
            state.below[node]?.headPosition = head
            return state.numbers
        }
    }

    /// Something came; false: another line of the node has been opened since.
    func heard(_ node: NodeID, _ number: UInt64, _ beat: IngestV1.LinkBeat?) -> Bool {
        let now = clock.now()
        if let beat { metrics.show(waiting: beat.waitingBatches, node) }
        return state.withLock { state in
            guard state.below[node]?.number == number else { return false }
            state.below[node]?.hear(now)
            if let beat { state.below[node]?.take(beat) }
            return true
        }
    }

    func closed(_ node: NodeID, _ number: UInt64, _ trouble: String) {
        let now = clock.now()
        let isLast = state.withLock { state in
            guard state.below[node]?.number == number else { return false }
            state.below[node]?.close(now, trouble)
            return true
        }
        if isLast { metrics.show(isConnected: false, node) }
    }

    /// A line was refused before it was open.
    func refused(_ node: NodeID, _ trouble: String) {
        state.withLock { state in
            if state.below[node]?.isConnected == true { return }
            state.below[node, default: Line()].trouble = trouble
        }
    }

    // MARK: Above

    func changeAbove(_ change: (inout Above) -> Void) {
        state.withLock { change(&$0.above) }
    }

    func openedAbove(_ node: NodeID, chain: [String]) {
        let now = clock.now()
        metrics.show(isConnected: true, node)
        changeAbove { above in
            above.node = node
            above.line.open(above.line.number + 1, now)
            above.chain = chain
        }
    }

    func heardAbove() {
        let now = clock.now()
        changeAbove { $0.line.hear(now) }
    }

    /// What the superior is told of how far behind it is.
    func show(_ beat: IngestV1.LinkBeat) {
        changeAbove { $0.line.take(beat) }
        metrics.show(waiting: beat.waitingBatches, above.node)
    }

    func closedAbove(_ trouble: String) {
        let now = clock.now()
        changeAbove { $0.line.close(now, trouble) }
        metrics.show(isConnected: false, above.node)
    }
}

extension LinkBoard.Line {
    fileprivate mutating func open(_ number: UInt64, _ now: Instant) {
        self.number = number
        (isConnected, since, trouble) = (true, now, "")
        hear(now)
    }

    fileprivate mutating func hear(_ now: Instant) { (lastHeard, heardAt) = (now, .now) }

    fileprivate mutating func take(_ beat: IngestV1.LinkBeat) {
        (headPosition, waitingBatches) = (beat.headPosition, beat.waitingBatches)
        oldestWaiting = Instant(unlessZero: beat.oldestWaitingUnixMs)
    }

    fileprivate mutating func close(_ now: Instant, _ trouble: String) {
        if isConnected { since = now }
        (isConnected, self.trouble) = (false, trouble)
    }
}
