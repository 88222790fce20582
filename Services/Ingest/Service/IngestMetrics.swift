package import CoreMetrics
import IngestCore

/// What ingest counts, under the names that operators watch.
package struct IngestMetrics: Sendable {
    private let stored: Counter
    private let batches: Counter
    private let repeats: Counter
    private let failures: Counter
    private let held: Counter
    private let refused: [Counter]
    private let commit: Timer
    private let writable: Gauge

    package init(_ factory: any MetricsFactory) {
        stored = Counter(label: "ingest_readings_stored_total", factory: factory)
        batches = Counter(label: "ingest_batches_stored_total", factory: factory)
        repeats = Counter(label: "ingest_batches_repeated_total", factory: factory)
        failures = Counter(label: "ingest_batches_failed_total", factory: factory)
        held = Counter(label: "ingest_batches_held_total", factory: factory)
        refused = RefusalWord.allCases.map { word in
            Counter(
                label: "ingest_readings_refused_total", dimensions: [("reason", word.rawValue)],
                factory: factory)
        }
        commit = Timer(label: "ingest_commit_seconds", factory: factory)
        writable = Gauge(
            label: "store_writable", dimensions: [("store", "readings")], factory: factory)
        writable.record(1)
    }

    func count(_ outcome: AppendOutcome) {
        switch outcome {
        case .stored(let count):
            stored.increment(by: count)
            batches.increment()
        case .repeated: repeats.increment()
        }
    }

    func count(_ refusedReadings: [RefusedReading]) {
        for reading in refusedReadings {
            for (word, counter) in zip(RefusalWord.allCases, refused)
            where word == reading.fault.word {
                counter.increment()
            }
        }
    }

    /// Whether the last commit of readings worked.
    func show(isWritable: Bool) { writable.record(isWritable ? 1 : 0) }

    func countFailure() { failures.increment() }

    /// A batch that its gateway is to keep, for one of the two clocks is wrong.
    func countHeld() { held.increment() }

    package func count(_ report: CommitReport) {
        commit.recordNanoseconds(report.took.nanoseconds)
    }
}

/// The reasons of refusal as they stand in metrics.
enum RefusalWord: String, CaseIterable {
    case unknownPoint = "unknown_point"
    case otherEnterprise = "other_enterprise"
    case timeUnit = "time_unit"
    case inFuture = "in_future"
    case notANumber = "not_a_number"
    case quality
}

extension ReadingFault {
    var word: RefusalWord {
        switch self {
        case .unknownPoint, .outsideTable: .unknownPoint
        case .otherEnterprise: .otherEnterprise
        case .timeUnit, .noSensibleTime: .timeUnit
        case .inFuture: .inFuture
        case .notANumber: .notANumber
        case .unknownQuality: .quality
        }
    }
}

extension Duration {
    fileprivate var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
