package import CoreMetrics
package import RPC
import Synchronization

/// Counts calls and how long they take, by method and outcome.
package final class CallInterceptor: ServerInterceptor {
    private struct Outcome: Hashable {
        var method: String
        var code: RPCStatus.Code
    }

    private let metrics: any MetricsFactory
    // Looking up a metric by its labels would cost more than a call.
    private let known: Mutex<[Outcome: (calls: Counter, seconds: Timer)]> = Mutex([:])

    package init(metrics: any MetricsFactory) {
        self.metrics = metrics
    }

    package func intercept(_ call: ServerCall, next: () async throws -> Void) async throws {
        let start = ContinuousClock.now
        do {
            try await next()
            count(call, .ok, start)
        } catch {
            count(call, Self.code(error), start)
            throw error
        }
    }

    private static func code(_ error: any Error) -> RPCStatus.Code {
        if let status = error as? RPCStatus { return status.code }
        return error is CancellationError ? .cancelled : .unknown
    }

    private func count(_ call: ServerCall, _ code: RPCStatus.Code, _ start: ContinuousClock.Instant)
    {
        // Strangers choose the names of methods that do not exist.
        let method = code == .unimplemented ? "unknown" : call.path
        let outcome = Outcome(method: method, code: code)
        let spent = (ContinuousClock.now - start).components
        let (calls, seconds) = known.withLock { known in
            if let found = known[outcome] { return found }
            let new = make(outcome)
            known[outcome] = new
            return new
        }
        calls.increment()
        seconds.recordNanoseconds(
            spent.seconds * 1_000_000_000 + spent.attoseconds / 1_000_000_000)
    }

    private func make(_ outcome: Outcome) -> (calls: Counter, seconds: Timer) {
        let method = ("method", outcome.method)
        return (
            Counter(
                label: "rpc_calls_total", dimensions: [method, ("code", "\(outcome.code)")],
                factory: metrics),
            Timer(label: "rpc_call_seconds", dimensions: [method], factory: metrics)
        )
    }
}
