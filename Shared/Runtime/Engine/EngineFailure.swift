/// Why an event was not taken in although nothing was wrong with it; nothing has changed.
package enum EngineFailure: Error, Equatable, CustomStringConvertible {
    /// The commit failed; the reason is the store's.
    case notStored(reason: String)
    /// More waits than the writer can work off soon.
    case busy
    /// The service is stopping.
    case stopping

    package var description: String {
        switch self {
        case .notStored(let reason):
            "The store could not take it in (\(reason)), so nothing has changed. Send it again."
        case .busy:
            "More is waiting than the service can store at the moment. Send it again in a second."
        case .stopping:
            "The service is stopping. Send it again when it is back."
        }
    }
}

/// Whether an engine can be relied on, and if not, why.
package enum Readiness: Hashable, Sendable {
    case ready
    case unready(reason: String)

    package var isReady: Bool { self == .ready }

    /// Why it cannot be relied on.
    package var reason: String? {
        switch self {
        case .ready: nil
        case .unready(let reason): reason
        }
    }
}
