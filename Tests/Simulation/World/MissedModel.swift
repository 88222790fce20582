import Domain
import IngestCore
import Policy

/// What the commitments of a city must come to where nobody commits himself: every day of every
/// enterprise is missed, once, not before its time, whatever is killed or asleep at that time.
struct MissedModel {
    /// Nil: no commitment is due.
    let rule: CommitmentRule?
    let zone: Zone
    private var missed: Set<CommitmentKey> = []

    init(rule: CommitmentRule?, zone: Zone) { (self.rule, self.zone) = (rule, zone) }

    /// Effects are on disk.
    mutating func see(_ effects: [IngestMachine.Effect], at now: Instant) throws {
        for effect in effects {
            guard case .commitment(.missed(let day)) = effect else { continue }
            let name = "\(day.day) of \(day.enterprise)"
            try require(missed.insert(day.key).inserted, "\(name) is missed twice")
            try require(day.dueAt == dueAt(day.day), "\(name) is missed at another time")
            try require(day.dueAt <= now, "\(name) is missed before its time")
            try require(day.decidedAt == now, "\(name) was not decided when it says")
        }
    }

    /// No day is left out.
    func checkEnd(_ enterprises: [EnterpriseID], from: Instant, to: Instant) throws {
        var day = CalendarDay(of: from, in: zone)
        while let one = day, let due = dueAt(one), due <= to {
            for enterprise in enterprises where due > from {
                try require(
                    missed.contains(CommitmentKey(enterprise, one)),
                    "nobody decided that \(enterprise) missed \(one)")
            }
            day = one.adding(days: 1)
        }
    }

    private func dueAt(_ day: CalendarDay) -> Instant? {
        rule.map { day.instant(minutes: $0.dueMinutes, in: zone) }
    }
}
