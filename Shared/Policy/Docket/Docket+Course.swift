import Domain

/// What becomes of one obligation.
extension Docket {
    /// Its time to open has come.
    mutating func open(
        _ run: ObligationRun, _ rule: ObligationRule, at instant: Instant, _ work: inout Work
    ) {
        var run = run
        (run.state, run.opensAt, run.isDueBefore) = (.open, instant, false)
        if let due = rule.due {
            let span = span(due, of: run, rule, openingAt: instant, work)
            if span.opensAt > instant {
                // A window that begins later.
                (run.state, run.opensAt) = (.pending, span.opensAt)
                put(run)
                return
            }
            (run.dueAt, run.isDueBefore) = (span.dueAt, span.isDueBefore)
        }
        switch rule.form {
        case .notice: issue(run, rule, at: instant, &work)
        case .document where rule.owners.isEmpty: issue(run, rule, at: instant, &work)
        case .document, .task:
            put(run)
            work.steps.append(ObligationStep(run: run, change: .opened, at: instant))
        }
    }

    /// By when it is due if it opens now. What goes on where it was interrupted counts from its
    /// first start, and is not late before it is owed again.
    private func span(
        _ due: Deadline, of run: ObligationRun, _ rule: ObligationRule, openingAt instant: Instant,
        _ work: Work
    ) -> Deadline.Span {
        var span = work.span(due, after: instant)
        if run.round == 1, rule.opens == nil, run.startedAt < instant, case .after = due {
            span = work.span(due, after: run.startedAt)
            (span.opensAt, span.dueAt) = (instant, max(instant, span.dueAt))
        }
        return span
    }

    /// The system does it by itself, and goes on to the next round.
    private mutating func issue(
        _ run: ObligationRun, _ rule: ObligationRule, at instant: Instant, _ work: inout Work
    ) {
        let done = run
        var run = run
        let next = rule.repeats.map { nextOpening(of: run, rule, after: instant, $0, work) }
        if let next, work.isPast(next) {
            // Nobody gets ten messages after a night's stop: the last one says the others.
            let count = work.roundsPast(next, rule.repeats)
            run.mergedFrom = run.mergedFrom ?? run.round
            work.steps.append(
                ObligationStep(
                    run: run, change: .issued(.into(run.round + count)), at: instant))
        } else {
            let merge = run.mergedFrom.map(ObligationStep.Merge.from) ?? .none
            run.mergedFrom = nil
            work.steps.append(ObligationStep(run: run, change: .issued(merge), at: instant))
        }
        if let next {
            (run.round, run.state, run.opensAt, run.dueAt) = (run.round + 1, .pending, next, nil)
            put(run)
        } else {
            remove(run)
        }
        apply(.issued(rule.id), at: instant, about: done, &work)
        if rule.repeats == nil { apply(.done(rule.id), at: instant, about: done, &work) }
    }

    private func nextOpening(
        of run: ObligationRun, _ rule: ObligationRule, after instant: Instant, _ repeats: Repeat,
        _ work: Work
    ) -> Instant {
        switch repeats {
        case .every(let interval): return run.opensAt + interval
        case .next:
            if let dueAt = run.dueAt { return dueAt }
            return rule.opens.map { work.span($0, after: instant).dueAt } ?? instant + .day
        }
    }

    /// Its time has passed.
    mutating func miss(
        _ run: ObligationRun, _ rule: ObligationRule, at instant: Instant, _ work: inout Work
    ) {
        let done = run
        var run = run
        run.state = .missed
        work.steps.append(ObligationStep(run: run, change: .missed, at: instant))
        work.streaks.miss(rule.id)
        if let repeats = rule.repeats {
            let next = nextOpening(of: run, rule, after: instant, repeats, work)
            run.opensAt = next
            goOn(run)
        } else {
            put(run)
        }
        apply(.missed(rule.id), at: instant, about: done, &work)
    }

    private mutating func goOn(_ run: ObligationRun) {
        var run = run
        (run.state, run.dueAt, run.round) = (.pending, nil, run.round + 1)
        run.isDueBefore = false
        put(run)
    }

    /// What `fact` means for an obligation that runs.
    mutating func end(
        _ run: ObligationRun, _ rule: ObligationRule, by fact: Fact, at instant: Instant,
        _ work: inout Work
    ) {
        let isMet = rule.isMet(by: fact, owner: run.owner)
        if isMet, run.state != .pending {
            finish(run, rule, by: fact, at: instant, &work)
            return
        }
        let isOver = rule.until.contains(fact) || isMet || fact == .closed
        let isTakenBack = run.state == .pending && rule.unless.contains(fact)
        guard isOver || isTakenBack else { return }
        let change: ObligationStep.Change =
            switch run.state {
            case .pending: run.round > 1 ? .excused(by: fact) : .withdrawn(by: fact)
            case .open: .excused(by: fact)
            case .missed: .ended(by: fact)
            }
        remove(run)
        if run.state != .missed { work.streaks.end(rule.id) }
        let at = max(instant, run.beganAt ?? instant)
        work.steps.append(ObligationStep(run: run, change: change, at: at))
    }

    /// What is demanded was done.
    mutating func finish(
        _ run: ObligationRun, _ rule: ObligationRule, by fact: Fact?, at instant: Instant,
        _ work: inout Work
    ) {
        let isLate = run.state == .missed
        let instant = max(instant, run.beganAt ?? instant)
        work.steps.append(
            ObligationStep(
                run: run, change: isLate ? .late(by: fact) : .met(by: fact), at: instant))
        if !isLate { work.streaks.end(rule.id) }
        if let repeats = rule.repeats, fact == nil {
            var next = run
            next.opensAt = nextOpening(of: run, rule, after: instant, repeats, work)
            goOn(next)
        } else {
            remove(run)
        }
        if case .document = rule.form {
            apply(.issued(rule.id), at: instant, about: run, &work)
        }
        apply(.done(rule.id), at: instant, about: run, &work)
    }
}

extension ObligationRule {
    /// True if `fact` is its fulfilment by `owner`.
    fileprivate func isMet(by fact: Fact, owner: RoleID?) -> Bool {
        if case .confirmed(let role?) = fact {
            return role == owner && metBy.contains(.confirmed(nil))
        }
        return metBy.contains(fact)
    }

    /// True if `fact` ends it, or takes it back.
    func isEnded(by fact: Fact, owner: RoleID?) -> Bool {
        isMet(by: fact, owner: owner) || until.contains(fact) || unless.contains(fact)
            || fact == .closed
    }
}

extension Docket.Work {
    /// True if a time has passed already when this event is worked off.
    func isPast(_ instant: Instant) -> Bool {
        instant < horizon || (instant == horizon && isEndIncluded)
    }

    /// How many rounds that begin at `next` have passed already; 1 at least.
    func roundsPast(_ next: Instant, _ repeats: Repeat?) -> Int {
        let every: Interval
        switch repeats {
        case .every(let interval): every = interval
        case .next, nil: every = .day
        }
        let past = (horizon - next).milliseconds - (isEndIncluded ? 0 : 1)
        return Int(past / max(1, every.milliseconds)) + 1
    }
}
