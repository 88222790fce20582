import CoreMetrics
import Synchronization

/// One counted, set or measured value.
final class MetricValue: CounterHandler, MeterHandler, RecorderHandler, TimerHandler {
    enum Kind: String {
        case counter, gauge, histogram
    }

    /// Upper ends in seconds: from a call in memory to a deadline missed by an hour.
    static let bounds: [Double] = [0.0001, 0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60, 600, 3_600]

    private struct State {
        var value = 0.0
        var count: Int64 = 0
        /// How many were measured up to each bound, and beyond the last.
        var buckets = [Int64](repeating: 0, count: MetricValue.bounds.count + 1)
    }

    let kind: Kind
    private let state = Mutex(State())

    init(kind: Kind) { self.kind = kind }

    func increment(by amount: Int64) { state.withLock { $0.count &+= amount } }
    func reset() { state.withLock { $0.count = 0 } }
    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { state.withLock { $0.value = value } }
    func increment(by amount: Double) { state.withLock { $0.value += amount } }
    func decrement(by amount: Double) { state.withLock { $0.value -= amount } }
    func record(_ value: Int64) { record(Double(value)) }
    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

    func record(_ value: Double) {
        state.withLock { state in
            switch kind {
            case .counter, .gauge: state.value = value
            case .histogram:
                let bucket = Self.bounds.firstIndex { value <= $0 } ?? Self.bounds.count
                state.buckets[bucket] += 1
                state.count += 1
                state.value += value
            }
        }
    }

    func lines(_ name: MetricsRegistry.Name) -> String {
        let state = state.withLock { $0 }
        switch kind {
        case .counter: return "\(name.label)\(name.dimensions) \(state.count)\n"
        case .gauge: return "\(name.label)\(name.dimensions) \(state.value)\n"
        case .histogram:
            var text = ""
            var sum: Int64 = 0
            for (index, count) in state.buckets.enumerated() {
                sum += count
                let end = index < Self.bounds.count ? "\(Self.bounds[index])" : "+Inf"
                text += "\(name.label)_bucket\(Self.dimensions(name, end)) \(sum)\n"
            }
            return text + "\(name.label)_sum\(name.dimensions) \(state.value)\n"
                + "\(name.label)_count\(name.dimensions) \(state.count)\n"
        }
    }

    private static func dimensions(_ name: MetricsRegistry.Name, _ end: String) -> String {
        let others = name.dimensions.isEmpty ? "" : name.dimensions.dropFirst().dropLast() + ","
        return "{\(others)le=\"\(end)\"}"
    }
}
