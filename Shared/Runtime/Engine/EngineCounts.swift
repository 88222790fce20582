import CoreMetrics

/// What an engine counts.
struct EngineCounts: Sendable {
    let events: Counter
    let refusals: Counter
    let commits: Counter
    let failedCommits: Counter
    let effects: Counter
    let unsettledEffects: Counter
    /// Rows of the outbox that are not settled.
    let waitingEffects: Gauge
    /// 1 if the last commit worked, else 0.
    let writable: Gauge
    /// How long after its time a deadline was acted upon.
    let lateness: Timer

    init(engine: String, metrics: any MetricsFactory) {
        func counter(_ label: String) -> Counter {
            Counter(label: label, dimensions: [("engine", engine)], factory: metrics)
        }
        events = counter("engine_events_total")
        refusals = counter("engine_refusals_total")
        commits = counter("engine_commits_total")
        failedCommits = counter("engine_commit_failures_total")
        effects = counter("engine_outbox_effects_total")
        unsettledEffects = counter("engine_outbox_unsettled_total")
        waitingEffects = Gauge(
            label: "engine_outbox_waiting", dimensions: [("engine", engine)], factory: metrics)
        writable = Gauge(
            label: "store_writable", dimensions: [("store", engine)], factory: metrics)
        writable.record(1)
        lateness = Timer(
            label: "engine_wake_lateness_seconds", dimensions: [("engine", engine)],
            factory: metrics)
    }
}
