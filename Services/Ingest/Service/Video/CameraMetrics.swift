package import CoreMetrics
import IngestCore

/// What is counted of cameras, under the names that operators watch.
package struct CameraMetrics: Sendable {
    private let tries: Counter
    private let failures: [Counter]
    private let states: [Gauge]

    package init(_ factory: any MetricsFactory) {
        tries = Counter(label: "ingest_camera_tries_total", factory: factory)
        failures = CameraFault.allCases.map { fault in
            Counter(
                label: "ingest_camera_failures_total", dimensions: [("cause", fault.rawValue)],
                factory: factory)
        }
        states = CameraStanding.State.allCases.map { state in
            Gauge(
                label: "ingest_cameras", dimensions: [("state", state.rawValue)],
                factory: factory)
        }
    }

    /// A try, by the rounds or for a caller, or a still.
    func count(_ outcome: CameraReport.Outcome) {
        tries.increment()
        guard case .fault(let fault) = outcome else { return }
        for (one, counter) in zip(CameraFault.allCases, failures) where one == fault {
            counter.increment()
        }
    }

    func show(_ counts: [CameraStanding.State: Int]) {
        for (state, gauge) in zip(CameraStanding.State.allCases, states) {
            gauge.record(counts[state] ?? 0)
        }
    }
}
