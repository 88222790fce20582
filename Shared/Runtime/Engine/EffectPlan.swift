package import GRDB
package import Storage

/// What the shell does for one effect of a machine, all in the transaction of the event.
package enum EffectPlan: Sendable {
    /// Write it down.
    case journal(JournalDraft)
    /// Do it in the world, after the commit.
    case act(OutboxDraft)
    /// It has been done, or is no longer wanted: it leaves the outbox.
    case settled(key: String)
    /// Keep a table of the service in step, such as an inbox that is read page by page.
    case table(@Sendable (Database) throws -> Void)
}

/// Where an event comes from: a place in a stream of another service.
package struct UpstreamPosition: Hashable, Sendable {
    /// The name of the cursor, such as `ingest.journal`.
    package var name: String
    package var seq: UInt64
    /// The hash of what stands there; nil if the stream has none.
    package var hash: [UInt8]?

    package init(name: String, seq: UInt64, hash: [UInt8]? = nil) {
        (self.name, self.seq, self.hash) = (name, seq, hash)
    }
}

/// The events that one item of a stream stands for, taken in together.
package struct UpstreamItem<Event: Sendable>: Sendable {
    package var events: [Event]
    package var from: UpstreamPosition

    package init(events: [Event], from: UpstreamPosition) {
        (self.events, self.from) = (events, from)
    }
}
