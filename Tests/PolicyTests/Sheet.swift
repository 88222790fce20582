import Domain
import Policy
import Runtime

/// 2021-11-01 08:00 +08:00, a Monday.
let t0 = Instant(unixMilliseconds: 1_635_724_800_000)

/// A docket with rules of its own, and its steps as words: `60 yellow issued 1`.
struct Sheet {
    var docket: Docket
    var profile: PolicyProfile
    var streaks = Streaks()

    init(_ rules: ObligationRule..., placement: Placement = .outsidePark) throws {
        profile = try ProfileSource.load("mem-2021")
        profile.obligations = rules
        docket = Docket(kind: .warning, placements: [placement])
    }

    mutating func enter(_ level: WarningLevel, _ minute: Int64) -> [String] {
        take(.entered(level), minute)
    }

    mutating func lower(_ level: WarningLevel, _ minute: Int64) -> [String] {
        take(.lowered(level), minute)
    }

    mutating func take(_ fact: Fact, _ minute: Int64, isNews: Bool = true) -> [String] {
        words(
            docket.take(
                fact, at: t0 + .minutes(minute), advancing: isNews, by: profile, &streaks))
    }

    mutating func wake(_ minute: Int64) -> [String] {
        words(docket.wake(at: t0 + .minutes(minute), by: profile, &streaks))
    }

    mutating func fulfil(_ number: Int, after interval: Interval) -> [String]? {
        docket.fulfil(number, at: t0 + interval, by: profile, &streaks).map(words)
    }

    private func words(_ steps: [ObligationStep]) -> [String] {
        steps.map { step in
            let passed = (step.at - t0).milliseconds
            let rest = passed % 60_000
            let time = rest == 0 ? "\(passed / 60_000)" : "\(passed / 60_000)+\(rest)"
            return "\(time) \(step.run.rule) \(word(step))"
        }
    }

    private func word(_ step: ObligationStep) -> String {
        switch step.change {
        case .opened: "opened"
        case .issued(.none): "issued \(step.run.round)"
        case .issued(.into(let later)): "issued \(step.run.round) into \(later)"
        case .issued(.from(let first)): "issued \(step.run.round) from \(first)"
        case .met: "met"
        case .late: "late"
        case .missed: "missed"
        case .excused: "excused"
        case .superseded: "superseded"
        case .withdrawn: "withdrawn"
        case .ended: "ended"
        }
    }
}
