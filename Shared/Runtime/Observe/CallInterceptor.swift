package import CoreMetrics
package import RPC

/// Counts calls and how long they take, by method and outcome.
package struct CallInterceptor: ServerInterceptor {
    private let metrics: any MetricsFactory

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
        Counter(
            label: "rpc_calls_total", dimensions: [("method", method), ("code", "\(code)")],
            factory: metrics
        ).increment()
        let spent = (ContinuousClock.now - start).components
        let nanoseconds = spent.seconds * 1_000_000_000 + spent.attoseconds / 1_000_000_000
        Timer(label: "rpc_call_seconds", dimensions: [("method", method)], factory: metrics)
            .recordNanoseconds(nanoseconds)
    }
}
