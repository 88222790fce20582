package import Domain
package import RPC
import Synchronization

/// Gives a client its token: one from a file or a flag, or its own, made anew before it ends.
package final class TokenSource: Sendable {
    private let made: Mutex<(token: String, renewAt: Instant)?> = Mutex(nil)
    private let make: @Sendable (_ now: Instant) async throws -> String
    private let renewEvery: Interval

    /// Always the same token.
    package init(fixed token: String) {
        make = { _ in token }
        renewEvery = .hours(24)
    }

    /// The token of a file, read for each call, so that a new one counts without a restart.
    package init(file path: String) {
        make = { _ in
            do {
                return try TokenFile.read(path)
            } catch {
                throw RPCStatus(.unauthenticated, "\(error)")
            }
        }
        renewEvery = .seconds(0)
    }

    /// Tokens of a service, signed by itself.
    package init(key: TokenKey, service: String, node: NodeID) {
        make = { now in
            try await key.issue(
                subject: service, role: .service, node: node, life: .hours(2), now: now)
        }
        renewEvery = .hours(1)
    }

    /// Tokens made by `make`, each good for two hours at least.
    package init(make: @escaping @Sendable (_ now: Instant) async throws -> String) {
        self.make = make
        renewEvery = .hours(1)
    }

    /// What a client adds to each call.
    package func metadata() async throws -> Metadata {
        let now = SystemTime().now()
        if let known = made.withLock({ $0 }), known.renewAt > now {
            return ["authorization": "Bearer \(known.token)"]
        }
        let token = try await make(now)
        made.withLock { $0 = (token, now + renewEvery) }
        return ["authorization": "Bearer \(token)"]
    }
}
