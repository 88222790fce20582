package import CoreMetrics
import Synchronization

/// Counts for one service and shows them in the text form of Prometheus.
package final class MetricsRegistry: MetricsFactory {
    struct Name: Hashable, Comparable {
        var label: String
        /// As it is shown: `{engine="risk"}`, or nothing.
        var dimensions: String

        static func < (left: Name, right: Name) -> Bool {
            (left.label, left.dimensions) < (right.label, right.dimensions)
        }
    }

    private let values: Mutex<[Name: MetricValue]> = Mutex([:])
    private let seriesMax: Int
    private let overflow = MetricValue(kind: .counter)

    /// `seriesMax` bounds what labels made from the outside can use.
    package init(seriesMax: Int = 10_000) {
        self.seriesMax = seriesMax
    }

    private func value(
        _ label: String, _ dimensions: [(String, String)], _ kind: MetricValue.Kind
    ) -> MetricValue {
        let name = Name(label: Self.word(label), dimensions: Self.text(dimensions))
        return values.withLock { values in
            if let known = values[name] { return known }
            if values.count >= seriesMax { return overflow }
            let new = MetricValue(kind: kind)
            values[name] = new
            return new
        }
    }

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        value(label, dimensions, .counter)
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        value(label, dimensions, .gauge)
    }

    package func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        value(label, dimensions, aggregate ? .histogram : .gauge)
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        value(label, dimensions, .histogram)
    }

    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}

    /// All values in the order of their names.
    package var exposition: String {
        let values = values.withLock { $0 }.sorted { $0.key < $1.key }
        var text = ""
        var previous: String?
        for (name, value) in values {
            if name.label != previous {
                text += "# TYPE \(name.label) \(value.kind.rawValue)\n"
                previous = name.label
            }
            text += value.lines(name)
        }
        return text
    }

    private static func word(_ label: String) -> String {
        String(label.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }

    private static func text(_ dimensions: [(String, String)]) -> String {
        if dimensions.isEmpty { return "" }
        let pairs = dimensions.map { name, value in
            let escaped = value.flatMap { character -> String in
                switch character {
                case "\\": "\\\\"
                case "\"": "\\\""
                case "\n": "\\n"
                default: String(character)
                }
            }
            return "\(word(name))=\"\(String(escaped))\""
        }
        return "{\(pairs.joined(separator: ","))}"
    }
}
