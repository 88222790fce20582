package import Domain
package import Storage

/// How far an engine has heard its upstreams, for what becomes true by time alone.
///
/// *What it owns*: the time up to which all that the upstreams had has been taken in, and the
/// question that is under way.
/// *How it moves*: when something is due that waits for news, the upstreams are asked how far they
/// reach. Once the cursors have come that far, all is known that the upstreams had when they were
/// asked, and what was due by then is done.
/// *The odd case*: what waits is done all the same after `patience` without an answer, or without
/// a step towards the heads: that data are missing is never good news. An upstream that answers
/// again is waited for again, so that what it kept meanwhile is heard first.
package struct Hearing {
    private enum State {
        case content
        case asking(since: Instant)
        case following(Way)
    }

    /// The way to the heads.
    private struct Way {
        var heads: [UpstreamPosition]
        /// Those that the cursors have not reached.
        var left: [UpstreamPosition]
        var askedAt: Instant
        /// When the last step was made.
        var movedAt: Instant
    }

    package static let patience = RuntimeLimits.unheardFor

    package init() {}

    private var state = State.content
    /// All that the upstreams had at this time has been taken in.
    private var heardUpTo = Instant.distantPast

    /// True while a question is under way.
    package var isAsking: Bool {
        switch state {
        case .content: false
        case .asking, .following: true
        }
    }

    /// When what waits is done unheard, if nothing more is heard; nil if nothing waits.
    package var patienceEnds: Instant? {
        switch state {
        case .content: nil
        case .asking(let since): since + Self.patience
        case .following(let way): way.movedAt + Self.patience
        }
    }

    /// What waits for news may be done if it fell due by this time.
    package func limit(at now: Instant) -> Instant {
        guard let patienceEnds, patienceEnds <= now else { return heardUpTo }
        return now
    }

    /// The upstreams are being asked how far they reach.
    package mutating func ask(at now: Instant) { state = .asking(since: now) }

    /// They have said it, when asked at `askedAt`.
    package mutating func told(
        _ heads: [UpstreamPosition], askedAt: Instant, cursors: [String: Cursor], at now: Instant
    ) {
        follow(Way(heads: heads, left: heads, askedAt: askedAt, movedAt: now), cursors)
    }

    /// The cursor of an upstream has moved.
    package mutating func moved(_ name: String, cursors: [String: Cursor], at now: Instant) {
        guard case .following(var way) = state, way.left.contains(where: { $0.name == name })
        else { return }
        way.movedAt = now
        follow(way, cursors)
    }

    private mutating func follow(_ way: Way, _ cursors: [String: Cursor]) {
        var way = way
        way.left = way.left.filter { (cursors[$0.name] ?? .start).seq < $0.seq }
        if way.left.isEmpty {
            (state, heardUpTo) = (.content, max(heardUpTo, way.askedAt))
        } else {
            state = .following(way)
        }
    }

    /// The cursors may have gone back: what was heard is heard again.
    package mutating func forget() {
        heardUpTo = .distantPast
        guard case .following(var way) = state else { return }
        way.left = way.heads
        state = .following(way)
    }
}
