package import CoreMetrics
import Domain

/// What is counted of links, under the names that operators watch.
package struct LinkMetrics: Sendable {
    private let factory: any MetricsFactory
    private let sent: Counter
    private let taken: Counter
    private let refused: Counter
    private let givenUp: Counter

    package init(_ factory: any MetricsFactory) {
        self.factory = factory
        sent = Counter(label: "ingest_link_batches_sent_total", factory: factory)
        taken = Counter(label: "ingest_link_batches_taken_total", factory: factory)
        refused = Counter(label: "ingest_link_batches_refused_total", factory: factory)
        givenUp = Counter(label: "ingest_link_batches_given_up_total", factory: factory)
    }

    func show(isConnected: Bool, _ node: NodeID) {
        gauge("ingest_link_connected", node).record(isConnected ? 1 : 0)
    }

    func show(waiting: UInt64, _ node: NodeID) {
        gauge("ingest_link_waiting_batches", node).record(Double(waiting))
    }

    private func gauge(_ label: String, _ node: NodeID) -> Gauge {
        Gauge(label: label, dimensions: [("node", node.text)], factory: factory)
    }

    func countSent() { sent.increment() }
    func countTaken() { taken.increment() }
    func countRefused() { refused.increment() }
    func count(givenUp count: UInt64) { givenUp.increment(by: Int64(clamping: count)) }
}
