import Domain

/// Whether the readings of a batch lie after our clock in such a way that our clock may be wrong.
///
/// One device with a wrong clock is told so for each of its readings. If nearly all of a batch is
/// ahead, nobody can tell here whose clock is wrong, and to refuse it would lose what was measured
/// while ours was behind. But a gateway that is far ahead must not be stopped for so long: ours is
/// behind by that much only if it was set back, and then it is before what was received last.
struct ClockLead {
    /// Of ten readings with no other fault as many are ahead. Ours.
    static let heldOfTen = 9

    private let limit: Int64
    private var count = 0
    private var least = Interval(milliseconds: .max)

    init(
        now: Instant, tolerance: Interval, heldMax: Interval, lastReceivedAt: Instant?
    ) {
        let isBehind =
            now.unixMilliseconds < ReadingCheck.earliest || lastReceivedAt.map { now < $0 } ?? false
        limit = isBehind ? .max : tolerance.milliseconds + heldMax.milliseconds
    }

    mutating func take(_ fault: ReadingFault) {
        guard case .inFuture(let ahead, _) = fault, ahead.milliseconds <= limit else { return }
        count += 1
        least = min(least, ahead)
    }

    /// How far the batch is ahead at least, if it is to be held.
    func held(goodCount: Int) -> Interval? {
        if count == 0 || count * 10 < (count + goodCount) * Self.heldOfTen { return nil }
        return least
    }
}
