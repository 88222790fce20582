import Domain
import Kernel
import Runtime
import Storage

/// The three services, in the order in which news pass them.
enum ServiceName: Int, CaseIterable {
    case ingest, risk, desk
}

/// A service on a machine of its own: its shell, its clock, and whether it runs.
final class Service<M: Watched> {
    let name: ServiceName
    let clock: StepClock
    var shell: Shell<M>
    /// Which process it is: what belonged to an earlier one is lost.
    var life = 1
    var isUp = true
    var isDiskFull = false
    /// When it looks at the time again, on the agenda.
    var tick: Int?
    var tickAt = Instant.distantPast
    /// What it has asked its upstreams and not been answered.
    var open: Question?
    /// The questions that were answered to this process, newest last.
    var answered: [Question] = []
    var watch: Watch

    init(
        _ name: ServiceName, _ blank: M, hasUpstreams: Bool, at start: Instant,
        _ breakage: Breakage?
    ) {
        self.name = name
        clock = StepClock(start)
        shell = Shell(
            blank, hasUpstreams: hasUpstreams, clock: clock, at: start, breakage: breakage)
        watch = Watch(at: start)
    }
}

/// How far the upstreams reach: a question that a service asks before it does what waits for news.
struct Question {
    var asker: ServiceName
    var life: Int
    /// By the clock of who asks.
    var askedAt: Instant
    /// How far everything truly reached then; nobody in the world knows it.
    var truth: [UpstreamPosition]
    /// Until when the answer may take; then it is asked anew.
    var until: Instant
    /// What risk has to hear itself before it answers.
    var goal: [UpstreamPosition]?
}

/// Sees to it that a service does in time what is due, whatever else is broken.
///
/// It may be late while it is down, while its disk takes nothing, while news come in, and half a
/// minute for upstreams that do not answer; never for another reason.
struct Watch {
    /// The half minute of `Hearing`, as a clock counts it that loses one second in 60, and the time
    /// that a look at the clock and a question take.
    static let patience = Interval.seconds(32)

    private struct Overdue {
        var dueAt: Instant
        var since: Instant
    }

    private var overdue: [Overdue?] = [nil, nil]
    private var excusedAt: Instant
    /// The time of the last call that is on disk.
    private var lastCall = Instant.distantPast
    private(set) var latest = Interval(milliseconds: 0)

    init(at start: Instant) { excusedAt = start }

    /// Something happened that explains why nothing was done until now.
    mutating func excuse(at now: Instant) { excusedAt = now }

    /// Looks whether what is due, by the machine and by who knows better, is late by `time`.
    mutating func look(
        _ dues: [Instant?], time: Instant, at now: Instant, _ name: ServiceName
    ) throws(Violation) {
        for (index, due) in dues.enumerated() {
            guard let due, due <= time else {
                overdue[index] = nil
                continue
            }
            let known = overdue[index].flatMap { $0.dueAt == due ? $0 : nil }
            let one = known ?? Overdue(dueAt: due, since: now)
            overdue[index] = one
            let late = now - max(one.since, excusedAt)
            latest = max(latest, late)
            try require(
                late <= Self.patience,
                "\(name) leaves undone for \(late.milliseconds) ms what was due at "
                    + "\(Zone.beijing.text(due)) (\(index == 0 ? "its machine" : "the model"))")
        }
    }

    /// A call is on disk: its time is by the clock, and never before the last one.
    mutating func see(_ at: Instant, clock: StepClock) throws(Violation) {
        try require(
            at >= lastCall,
            "time went back from \(Zone.beijing.text(lastCall)) to \(Zone.beijing.text(at))")
        lastCall = at
        try require(
            at <= clock.trueNow + clock.offset.most,
            "\(Zone.beijing.text(at)) is ahead of every clock there was")
    }
}
