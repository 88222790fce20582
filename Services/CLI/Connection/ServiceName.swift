import ArgumentParser

/// The services that answer over gRPC, in the order in which facts flow.
enum ServiceName: String, CaseIterable, Sendable, ExpressibleByArgument {
    case ingest, risk, notification

    /// Where it listens unless told otherwise.
    var defaultPort: Int {
        switch self {
        case .ingest: 7401
        case .risk: 7402
        case .notification: 7403
        }
    }
}
