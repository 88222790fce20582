import Logging
import Synchronization

/// A log of which only the reasons are kept.
final class Reasons: LogHandler, Sendable {
    private let kept = Mutex<[String]>([])

    var all: [String] { kept.withLock { $0 } }

    var metadata: Logger.Metadata {
        get { [:] }
        // Nothing that goes with every line is a reason.
        set { _ = newValue }
    }

    var logLevel: Logger.Level {
        get { .trace }
        set { _ = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set { _ = newValue }
    }

    func log(event: LogEvent) {
        guard let reason = event.metadata?["reason"] else { return }
        kept.withLock { $0.append("\(reason)") }
    }
}
