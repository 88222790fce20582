import Domain
import Policy

/// A case while one event is worked off: what its docket says is collected, and told in its order.
struct Move {
    var one: Case
    let decidedAt: Instant
    var profile: PolicyProfile
    var streaks: Streaks
    /// What happened to obligations and was not yet told.
    var steps: [ObligationStep] = []
    /// Who did what is being worked off; nil: nobody, it happened.
    var who: Actor?
    var proof: [ProofValue] = []
    /// When the level began that news end: they may be older, and its end is not.
    var earliest = Instant.distantPast
    /// The obligations of which a notice of the level, or of its end, has told their owners.
    var toldRuns: Set<Int> = []

    init(_ one: Case, decidedAt: Instant, profile: PolicyProfile, streaks: Streaks?) {
        (self.one, self.decidedAt, self.profile) = (one, decidedAt, profile)
        self.streaks = streaks ?? Streaks()
    }

    /// News bring the docket to their time; what happens now says nothing of what else is due.
    mutating func take(_ fact: Fact, at instant: Instant) {
        let isNews: Bool
        switch fact {
        // That the level before has ended is known up to then; what is decided later may be late.
        case .lowered, .cleared: isNews = who == nil
        case .opened, .entered, .noticed, .issued, .done, .missed, .confirmed, .declared, .closed:
            isNews = false
        }
        // Nobody could know of what news start before they were told of it.
        steps += one.docket.take(
            fact, at: instant, earliest: isNews ? decidedAt : .distantPast, advancing: isNews,
            by: profile, &streaks)
    }

    /// What fell due before `instant` has happened.
    mutating func pass(to instant: Instant) {
        let last = Instant(unixMilliseconds: instant.unixMilliseconds - 1)
        steps += one.docket.wake(at: last, by: profile, &streaks)
    }

    /// Does what is due next, if it is due by `end`.
    mutating func wake(by end: Instant) {
        guard let due = one.docket.nextDue, due <= end else { return }
        steps += one.docket.wake(at: due, horizon: end, by: profile, &streaks)
    }

    /// The owner has done it; false if nothing like that is owed.
    mutating func fulfil(_ number: Int, round: Int?) -> Bool {
        guard
            let done = one.docket.fulfil(
                number, round: round, at: decidedAt, by: profile, &streaks)
        else { return false }
        steps += done
        return true
    }
}
