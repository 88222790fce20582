package import Domain

/// A stretch of time, from the first instant to before the last.
package struct Span: Hashable, Codable, Sendable {
    package var from: Instant
    package var to: Instant

    /// Nothing if `to` is not after `from`.
    package init(_ from: Instant, _ to: Instant) {
        (self.from, self.to) = (from, max(from, to))
    }

    package var isEmpty: Bool { to <= from }
    package var length: Interval { to - from }

    package func clipped(to window: Span) -> Span {
        Span(max(from, window.from), min(to, window.to))
    }
}

/// Stretches of time that do not touch, in order: what gaps and outages are reckoned with.
package struct SpanSet: Hashable, Sendable {
    package private(set) var spans: [Span] = []

    /// The union of `all`, in any order.
    package init(_ all: [Span] = []) {
        for span in all.sorted(by: { ($0.from, $0.to) < ($1.from, $1.to) }) where !span.isEmpty {
            if let last = spans.last, span.from <= last.to {
                spans[spans.count - 1].to = max(last.to, span.to)
            } else {
                spans.append(span)
            }
        }
    }

    package var total: Interval {
        Interval(milliseconds: spans.reduce(0) { $0 + $1.length.milliseconds })
    }

    package func clipped(to window: Span) -> SpanSet {
        SpanSet(spans.map { $0.clipped(to: window) })
    }

    package func union(_ other: SpanSet) -> SpanSet { SpanSet(spans + other.spans) }

    /// What is in this set and not in `other`.
    package func subtracting(_ other: SpanSet) -> SpanSet {
        var left: [Span] = []
        var next = 0
        for span in spans {
            var from = span.from
            while next < other.spans.count, other.spans[next].to <= from { next += 1 }
            var index = next
            while index < other.spans.count, other.spans[index].from < span.to {
                left.append(Span(from, other.spans[index].from))
                from = max(from, other.spans[index].to)
                index += 1
            }
            left.append(Span(from, span.to))
        }
        return SpanSet(left)
    }

    package func intersection(_ other: SpanSet) -> SpanSet { subtracting(subtracting(other)) }
}
