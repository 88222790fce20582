package import Domain

/// How much of the time that is due something was connected 在线时长 (ING-19).
///
/// *Due* is the window from when the thing was registered, without filed outages; *connected* is
/// what of it has no gap. A gap begins when something was last heard, not when its silence was
/// noticed, and data that are delivered later do not fill it: they make readings complete, and the
/// watch was interrupted nevertheless.
package struct OnlineTime: Hashable, Codable, Sendable {
    package var due = Interval(milliseconds: 0)
    package var connected = Interval(milliseconds: 0)
    /// Filed outage in the window: not due, shown apart.
    package var filed = Interval(milliseconds: 0)

    package init() {}

    /// `gaps` and `outages` may overlap, and may reach beyond the window.
    package init(window: Span, registeredAt: Instant, gaps: [Span], outages: [Span]) {
        let whole = Span(max(window.from, registeredAt), window.to)
        let outage = SpanSet(outages).clipped(to: whole)
        let due = SpanSet([whole]).subtracting(outage)
        filed = outage.total
        self.due = due.total
        connected = due.subtracting(SpanSet(gaps)).total
    }

    package static func + (left: OnlineTime, right: OnlineTime) -> OnlineTime {
        var sum = left
        sum.due.milliseconds += right.due.milliseconds
        sum.connected.milliseconds += right.connected.milliseconds
        sum.filed.milliseconds += right.filed.milliseconds
        return sum
    }

    /// In ten-thousandths, rounded down: 9,999 is not all. Nil: nothing was due.
    package var rate: Int64? { share(connected.milliseconds, of: due.milliseconds) }
}

/// Ten-thousandths of `part` in `whole`, rounded down; nil of nothing.
package func share(_ part: Int64, of whole: Int64) -> Int64? {
    guard whole > 0 else { return nil }
    let product = part.multipliedFullWidth(by: 10_000)
    return whole.dividingFullWidth(product).quotient
}
