import Domain
import Kernel
import NotificationCore
import Policy

/// What people are like in a run.
struct People {
    /// How many of a hundred chances to act they take.
    let diligence: Int64
    /// True: they also open cases of other kinds.
    let opensCases: Bool

    init(_ random: inout SeededRandom) {
        diligence = [0, 20, 60, 95][Int(random.integer(in: 0...3))]
        opensCases = random.chance(1, of: 2)
    }
}

extension World {
    /// Somebody does something, or looks and does not.
    mutating func act() throws {
        if now > end { return }
        agenda.add(.people, at: now + .seconds(random.integer(in: 60...7_200)))
        guard desk.isUp, random.chance(people.diligence, of: 100) else { return }
        switch random.integer(in: 1...10) {
        case 1...4: try fulfil()
        case 5: try declare()
        case 6: try close()
        case 7: try confirm()
        case 8: try lookAtDesk()
        case 9: try clearCase()
        case _: try openCase()
        }
    }

    private mutating func anyCase() -> CaseID? {
        if openCases.isEmpty { return nil }
        // Mostly the newest; people forget the old ones as well.
        let count = Int64(openCases.count)
        let low = random.chance(3, of: 4) ? max(0, count - 6) : 0
        return openCases[Int(random.integer(in: low...(count - 1)))]
    }

    private mutating func fulfil() throws {
        guard let id = anyCase() else { return }
        let owed = desk.shell.machine.due(of: id).filter {
            $0.state != .pending && $0.obligation > 0
        }
        if owed.isEmpty { return }
        let one = owed[Int(random.integer(in: 0...Int64(owed.count - 1)))]
        let proof = one.proof.map { ProofValue(part: $0.id, text: text(of: $0.form)) }
        let actor = Actor(subject: "u-\(one.node)", node: one.node)
        try send(.fulfilled(id, obligation: one.obligation, proof, by: actor))
    }

    private func text(of form: ProofPart.Form) -> String {
        switch form {
        case .text, .name: "某"
        case .instant: "\(now.unixMilliseconds)"
        case .yesOrNo: "yes"
        }
    }

    private mutating func declare() throws {
        guard let id = anyCase(), let one = desk.shell.machine.openCase(id) else { return }
        let rules = desk.shell.machine.profile.declarations.filter { $0.kinds.contains(one.kind) }
        if rules.isEmpty { return }
        let rule = rules[Int(random.integer(in: 0...Int64(rules.count - 1)))]
        let proof = rule.proof.map { ProofValue(part: $0.id, text: text(of: $0.form)) }
        for node in [one.node] + City.allNodes {
            let actor = Actor(subject: "u-\(node)", node: node)
            if try send(.declared(id, rule.id, proof, by: actor)) { return }
        }
    }

    private mutating func close() throws {
        guard let id = anyCase(), let one = desk.shell.machine.openCase(id) else { return }
        for node in [one.node] + City.allNodes {
            if try send(.closed(id, by: Actor(subject: "u-\(node)", node: node))) { return }
        }
    }

    private mutating func clearCase() throws {
        guard let id = anyCase(), let one = desk.shell.machine.openCase(id) else { return }
        try send(.cleared(id, by: Actor(subject: "u-\(one.node)", node: one.node)))
    }

    private mutating func confirm() throws {
        guard let id = anyNotice() else { return }
        if random.chance(1, of: 4), let notice = desk.shell.machine.notice(id),
            case .person(_, _, let telephone, _) = notice.holder
        {
            try send(.replied(telephone: telephone, text: " 1"))
        } else {
            try send(.confirmed(id, by: "u-1"))
        }
    }

    private mutating func lookAtDesk() throws {
        guard let id = anyNotice() else { return }
        try send(random.chance(1, of: 2) ? .delivered([id]) : .seen([id]))
    }

    private mutating func anyNotice() -> NoticeID? {
        if recentNotices.isEmpty { return nil }
        return recentNotices[Int(random.integer(in: 0...Int64(recentNotices.count - 1)))]
    }

    private mutating func openCase() throws {
        guard people.opensCases else { return }
        let kinds: [CaseKind] = [.emergency, .offline, .finding, .plannedWork]
        let kind = kinds[Int(random.integer(in: 0...3))]
        let index = Int(random.integer(in: 0...3))
        let node = NodeID(City.works[index].name)
        let request = OpenCase(
            id: CaseID("c-\(figures.steps)"), kind: kind, node: node,
            source: random.chance(1, of: 2) ? City.source(index) : nil, cause: "某事",
            isDrill: random.chance(1, of: 5),
            startsAt: now + .hours(random.integer(in: 1...200)))
        try send(.opened(request, by: Actor(subject: "u-1", node: node)))
    }

    /// Sends once, and again if the platform did not answer; true if it was taken in.
    @discardableResult
    private mutating func send(_ event: NotificationEvent) throws -> Bool {
        if try say(event) { return true }
        guard random.chance(1, of: 2) else { return false }
        return try say(event)
    }
}
