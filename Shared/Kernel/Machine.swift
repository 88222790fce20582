package import Domain

/// A service's decisions as a pure value: what happened goes in, what to do comes out.
///
/// The shell (`Runtime.Engine`) reads the clock once per event, calls the machine, commits the
/// changed parts, the effects and the upstream cursor in one transaction, and only then acts.
/// A machine holds no clock, does no I/O and never depends on hash order, so the same events at
/// the same times give the same effects everywhere.
///
/// State is kept as *parts*: small keyed values, such as one warning case or one alarm session.
/// The machine says which parts changed; the shell stores them and hands all of them back at start.
///
/// What becomes true by nothing but the passing of time may be untrue already by news that are
/// still on their way. So the shell says up to when its upstreams have been *heard*, and the
/// machine does such things only if they fell due by then. Other things need only the clock.
package protocol Machine: Sendable {
    associatedtype Event: Sendable
    associatedtype Effect: Sendable, Equatable
    associatedtype Part: Codable & Sendable & Equatable
    associatedtype Refusal: Error

    /// When `wake` has something to do next with upstreams heard up to `heard`; nil if nothing is
    /// waiting for time to pass, or only for the upstreams to be heard.
    func nextDue(heard: Instant) -> Instant?

    /// Takes in one event. A refusal leaves the machine equal to what it was.
    mutating func handle(_ event: Event, at now: Instant) throws(Refusal) -> [Effect]

    /// Does what has fallen due by `now`, in due order, and leaves what fell due after `heard` and
    /// must wait for news; nothing if `nextDue` is later than `now`.
    mutating func wake(at now: Instant, heard: Instant) -> [Effect]

    /// Hands over the parts that changed since the last call, in key order, and forgets the list.
    mutating func takeChanges() -> [PartChange<Part>]

    /// Hands over parts that matter only together with how far the upstreams were worked off.
    ///
    /// They are stored whenever that is, and alone never cause a commit: what a machine notes of
    /// every reading must not cost a flush of the disk each time.
    mutating func takeLazyChanges() -> [PartChange<Part>]

    /// Puts back one stored part; called for each before the first event.
    mutating func restore(_ part: Part, key: String)
}

extension Machine {
    /// When something falls due next, whether or not it has to wait for news then.
    package var nextDue: Instant? { nextDue(heard: .distantFuture) }

    /// Does what has fallen due by `now`, with all upstreams heard.
    package mutating func wake(at now: Instant) -> [Effect] {
        wake(at: now, heard: .distantFuture)
    }

    /// Most machines have none.
    package mutating func takeLazyChanges() -> [PartChange<Part>] { [] }
}

/// A part that was written or removed.
package struct PartChange<Part: Sendable & Equatable>: Sendable, Equatable {
    package var key: String
    /// nil: the part is gone.
    package var part: Part?

    package init(key: String, part: Part?) {
        (self.key, self.part) = (key, part)
    }
}
