import Domain

extension Fact {
    /// As profiles write it, such as `missed red-lower`.
    package var words: String {
        switch self {
        case .opened(let kind): "opened \(kind.rawValue)"
        case .entered(let level): "entered \(level.rawValue)"
        case .noticed(let level): "noticed \(level.rawValue)"
        case .lowered(let level): "lowered \(level.rawValue)"
        case .cleared: "cleared"
        case .issued(let rule): "issued \(rule)"
        case .done(let rule): "done \(rule)"
        case .missed(let rule): "missed \(rule)"
        case .confirmed(let role): role.map { "confirmed \($0)" } ?? "confirmed"
        case .declared(let declaration): "declared \(declaration)"
        case .closed: "closed"
        }
    }

    /// The rule whose course it is a part of.
    package var rule: RuleID? {
        switch self {
        case .issued(let rule), .done(let rule), .missed(let rule): rule
        case .opened, .entered, .noticed, .lowered, .cleared, .confirmed, .declared, .closed: nil
        }
    }
}

extension Trigger {
    /// As profiles write it, such as `missed orange-effect 2 times`.
    package var words: String {
        times > 1 ? "\(fact.words) \(times) times" : fact.words
    }
}

extension Deadline {
    /// In Chinese, for people: 1小时, 次日10:00前, 2个工作日.
    package var words: String {
        switch self {
        case .after(let interval): return interval.words
        case .timeOfDay(let minutes, let boundary):
            return clock(minutes) + (boundary == .before ? "前" : "（含）前")
        case .workingDays(let count): return "\(count)个工作日"
        case .windows(let from, let to, let each):
            return "\(clock(from))至\(clock(to))每\(each)分钟"
        }
    }
}

extension Repeat {
    /// In Chinese, for people.
    package var words: String {
        switch self {
        case .every(let interval): "每\(interval.words)"
        case .next: "到下一时点"
        }
    }
}

/// `07:00` for 420.
private func clock(_ minutes: Int) -> String {
    let (hours, rest) = (minutes / 60, minutes % 60)
    return (hours < 10 ? "0" : "") + "\(hours):" + (rest < 10 ? "0" : "") + "\(rest)"
}
