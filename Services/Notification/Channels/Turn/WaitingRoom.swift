package import Domain
package import NIOCore

/// Says who may hand over next: no more in a time than a provider takes, and red first.
///
/// What is red goes at once if a place is free, and overdraws the pace; the others pay for it by
/// waiting. They go in the order of their levels, then in that of their arrival.
package struct WaitingRoom: Sendable {
    package struct Pace: Equatable, Sendable {
        /// How many in each period; 0: as many as come.
        package var count: Int
        package var period: TimeAmount
        /// How many may go at once after a time of rest.
        package var burst: Int
        /// How many may be under way together.
        package var atOnceMax: Int

        package init(
            _ count: Int = 0, each period: TimeAmount = .seconds(1), burst: Int = 1,
            atOnceMax: Int = .max
        ) {
            (self.count, self.period) = (count, period)
            (self.burst, self.atOnceMax) = (max(burst, 1), max(atOnceMax, 1))
        }

        /// From one to the next; nil if nothing limits it.
        fileprivate var step: TimeAmount? {
            count > 0 ? .nanoseconds(max(period.nanoseconds / Int64(count), 1)) : nil
        }
    }

    /// A place in the queue, by arrival.
    package typealias Place = UInt64

    private let pace: Pace
    private var queues: [[Place]]
    private var lastPlace: Place = 0
    private var underWay = 0
    /// When all that have gone are paid for.
    private var paidAt = NIODeadline.uptimeNanoseconds(0)
    /// Nobody but red goes before; how often in a row the provider has asked for that.
    private var pausedUntil = NIODeadline.uptimeNanoseconds(0)
    private var pausesInARow = 0

    package init(_ pace: Pace) {
        self.pace = pace
        queues = WarningLevel.allCases.map { _ in [] }
    }

    /// A place for somebody who arrives, kept over all the times that they queue.
    package mutating func arrive() -> Place {
        lastPlace += 1
        return lastPlace
    }

    /// Queues up.
    package mutating func enter(_ level: WarningLevel, _ place: Place) {
        let index = queues[level.order].lastIndex { $0 < place }.map { $0 + 1 } ?? 0
        queues[level.order].insert(place, at: index)
    }

    /// Leaves the queue without having gone.
    package mutating func giveUp(_ place: Place) {
        for level in queues.indices { queues[level].removeAll { $0 == place } }
    }

    /// Those who may go now, in their order.
    package mutating func next(at now: NIODeadline) -> [Place] {
        var gone: [Place] = []
        while underWay < pace.atOnceMax, let level = queues.lastIndex(where: { !$0.isEmpty }),
            mayGo(level, at: now)
        {
            if let step = pace.step { paidAt = max(paidAt, now) + step }
            underWay += 1
            gone.append(queues[level].removeFirst())
        }
        return gone
    }

    private func mayGo(_ level: Int, at now: NIODeadline) -> Bool {
        level == WarningLevel.red.order || freeAt <= now
    }

    /// When the first who is not red may go.
    private var freeAt: NIODeadline {
        guard let step = pace.step else { return pausedUntil }
        let credit = TimeAmount.nanoseconds(step.nanoseconds * Int64(pace.burst - 1))
        // Before the first one has gone there is no debt to subtract from.
        let isPaid = paidAt.uptimeNanoseconds <= UInt64(credit.nanoseconds)
        return max(pausedUntil, isPaid ? .uptimeNanoseconds(0) : paidAt - credit)
    }

    /// When time alone lets somebody go; nil if nobody waits, or waits for a place.
    package var nextDue: NIODeadline? {
        guard underWay < pace.atOnceMax, queues.contains(where: { !$0.isEmpty }) else { return nil }
        return freeAt
    }

    /// Somebody who had gone is back; `isThrottled` if the provider said that it was too fast.
    package mutating func leave(isThrottled: Bool, at now: NIODeadline) {
        underWay -= 1
        if isThrottled {
            // Those under way together are one mistake, not many.
            if pausedUntil > now { return }
            let pause = ChannelLimits.throttlePause * (1 << min(pausesInARow, 5))
            pausedUntil = now + pause
            pausesInARow += 1
        } else if pausedUntil <= now {
            pausesInARow = 0
        }
    }

    package var waitingCount: Int { queues.reduce(0) { $0 + $1.count } }
}
