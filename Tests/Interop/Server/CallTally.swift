import RPC
import Synchronization

/// Counts how calls ended, because load generators call every HTTP 200 a success.
final class CallTally: ServerInterceptor {
    private let counts = Mutex<[RPCStatus.Code: Int]>([:])

    func intercept(_ call: ServerCall, next: () async throws -> Void) async throws {
        do {
            try await next()
            count(.ok)
        } catch {
            count((error as? RPCStatus)?.code ?? .unknown)
            throw error
        }
    }

    /// `calls OK=20000 UNKNOWN=3`.
    var summary: String {
        counts.withLock { counts in
            let parts = counts.sorted { $0.key.rawValue < $1.key.rawValue }
            return (["calls"] + parts.map { "\($0.key)=\($0.value)" }).joined(separator: " ")
        }
    }

    private func count(_ code: RPCStatus.Code) {
        counts.withLock { $0[code, default: 0] += 1 }
    }
}
