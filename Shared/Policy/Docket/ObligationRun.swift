package import Domain

/// One obligation of one case while it has not ended: what a rule demands of one owner.
package struct ObligationRun: Equatable, Codable, Sendable {
    package enum State: String, CaseIterable, Codable, Sendable {
        /// It opens later, unless something takes it back.
        case pending
        /// It is owed.
        case open
        /// It is owed, and its time has passed.
        case missed
    }

    /// Which obligation of its case it is, from 1.
    package var number: Int
    package var rule: RuleID
    /// Who owes it; nil: the system.
    package var owner: RoleID?
    /// The level that the case was at when it started; nil: the case has none.
    package var level: WarningLevel?
    package var startedAt: Instant
    package var state: State
    /// When it opens, or has opened.
    package var opensAt: Instant
    /// nil while it is pending, and for what is owed at once.
    package var dueAt: Instant?
    /// True: what happens at `dueAt` itself is late.
    package var isDueBefore: Bool
    /// Which repetition it is, from 1.
    package var round: Int
    /// The first round that a later one will say, while several are late.
    package var mergedFrom: Int?
    /// When it began before a higher level took its place, if it goes on after that; nil: when it
    /// started.
    package var since: Instant?

    /// When it came to its state; nil while it is pending. News that were late may be older than
    /// that, and nothing ends before it began.
    var beganAt: Instant? {
        switch state {
        case .pending: nil
        case .open: opensAt
        case .missed: dueAt
        }
    }

    /// When time makes something of it; nil: nothing but people can.
    package var wakesAt: Instant? {
        switch state {
        case .pending: opensAt
        case .open: dueAt
        case .missed: nil
        }
    }
}

/// One thing that happened to an obligation.
package struct ObligationStep: Equatable, Sendable {
    package enum Change: Equatable, Codable, Sendable {
        /// It is owed from now on; for a document there is a draft.
        case opened
        /// The system told somebody, or issued a document.
        case issued(Merge)
        /// It was done in time; by this fact, or by somebody who says so.
        case met(by: Fact?)
        /// It was done after its time.
        case late(by: Fact?)
        /// Its time passed.
        case missed
        /// It is over without fault.
        case excused(by: Fact)
        /// A higher level took its place.
        case superseded
        /// It never opened.
        case withdrawn(by: Fact)
        /// It is over and was never done.
        case ended(by: Fact)
    }

    /// What becomes of several rounds that are late together.
    package enum Merge: Equatable, Codable, Sendable {
        case none
        /// This later round says it.
        case into(Int)
        /// It says the earlier rounds from this one on.
        case from(Int)
    }

    /// As it is after the change.
    package var run: ObligationRun
    package var change: Change
    /// When it happened by the rules; it is decided at that time or later.
    package var at: Instant

    package init(run: ObligationRun, change: Change, at: Instant) {
        (self.run, self.change, self.at) = (run, change, at)
    }
}

/// How often in a row the rules of an enterprise were missed 连续次数.
package struct Streaks: Equatable, Codable, Sendable {
    private var misses: [RuleID: Int] = [:]

    package init() {}

    package var isEmpty: Bool { misses.isEmpty }

    package func count(_ rule: RuleID) -> Int { misses[rule] ?? 0 }

    mutating func miss(_ rule: RuleID) { misses[rule] = count(rule) + 1 }
    mutating func end(_ rule: RuleID) { misses[rule] = nil }
}
