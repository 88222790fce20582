package import Domain
import Policy

extension NotificationMachine {
    /// Starts the circulars of the level that the case is at.
    func startCirculars(of warningCase: inout WarningCase, at now: Instant) {
        for rule in profile.circulars(at: warningCase.level) {
            let startedAt: Instant
            switch rule.countsFrom {
            case .notice: startedAt = now
            case .levelChange: startedAt = warningCase.levelAt
            }
            warningCase.runs.append(
                CircularRun(
                    rule: rule, startedAt: startedAt, issued: 0, mergedFrom: nil,
                    state: .running(dueAt: startedAt + rule.after)))
        }
    }

    /// Stops what runs; it stays on record.
    func stopCirculars(of warningCase: inout WarningCase, at stoppedAt: Instant) {
        for number in warningCase.runs.indices where warningCase.runs[number].stoppedAt == nil {
            warningCase.runs[number].state = .stopped(at: stoppedAt)
        }
    }

    /// Issues what fell due earlier than `end`. A level that fell exactly at the due time fell in
    /// time: "within an hour" includes the hour.
    mutating func issueCirculars(
        of id: CaseID, before end: Instant, at now: Instant
    ) -> [NotificationEffect] {
        var effects: [NotificationEffect] = []
        let last = Instant(unixMilliseconds: end.unixMilliseconds - 1)
        while let warningCase = cases[id] {
            let due = warningCase.runs.enumerated().compactMap { number, run in
                run.dueAt.map { (dueAt: $0, number: number) }
            }
            guard let next = due.min(by: { $0 < $1 }), next.dueAt <= last else { break }
            effects += issueCircular(of: id, run: next.number, by: last, at: now)
        }
        return effects
    }

    /// Issues one circular and makes the next one wait.
    ///
    /// If the next one is due by `end` as well, this one is merged into it: both are recorded, and
    /// the last says the earlier ones, so that nobody gets ten messages after a night's stop.
    mutating func issueCircular(
        of id: CaseID, run number: Int, by end: Instant, at now: Instant
    ) -> [NotificationEffect] {
        guard var warningCase = cases[id], warningCase.runs.indices.contains(number),
            let dueAt = warningCase.runs[number].dueAt
        else { return [] }
        var run = warningCase.runs[number]
        let next = dueAt + run.rule.every
        run.issued += 1
        let circular = run.issued
        let isMerged = next <= end
        var message = Message(reason: .circular, dueAt: dueAt, circularNumber: circular)
        let mergedFrom = run.mergedFrom
        if isMerged {
            let late = (end - next).milliseconds / run.rule.every.milliseconds + 1
            message.mergedInto = circular + Int(late)
        }
        // Only the last of them says the others.
        run.mergedFrom = isMerged ? nil : mergedFrom
        let addresses = addresses(
            of: run, number: circular, next: next, warningCase: warningCase)
        run.mergedFrom = isMerged ? mergedFrom ?? circular : nil
        run.state = .running(dueAt: next)
        warningCase.runs[number] = run
        let notices = issue(message, to: addresses, of: &warningCase, at: now)
        store(warningCase)
        return notices + [.showCase(warningCase)]
    }

    private func addresses(
        of run: CircularRun, number: Int, next: Instant, warningCase: WarningCase
    ) -> [Address] {
        let words = words(for: warningCase)
        let text = words.circular(run, number: number, next: next, clause: run.rule.clause)
        let (clause, copiesClause) = (run.rule.clause, run.rule.copiesClause ?? run.rule.clause)
        return run.rule.to.map { address($0, in: warningCase, clause: clause, text: text) }
            + run.rule.copies.map {
                address($0, in: warningCase, clause: copiesClause, text: text)
            }
    }

    /// What falls due if nothing changes, soonest first.
    package func due(of id: CaseID) -> [Due] {
        guard let warningCase = cases[id] else { return [] }
        return warningCase.runs.compactMap { run in
            guard let dueAt = run.dueAt else { return nil }
            let to = run.rule.to.map { holderName(of: $0, in: warningCase) }
            return Due(
                dueAt: dueAt, circularNumber: run.issued + 1, to: to.joined(separator: "、"),
                clause: run.rule.clause)
        }.sorted { $0.dueAt < $1.dueAt }
    }

    /// A circular that falls due if nothing changes.
    package struct Due: Equatable, Sendable {
        package var dueAt: Instant
        package var circularNumber: Int
        /// The names of those to whom it will go.
        package var to: String
        package var clause: Clause
    }
}
