import Domain
import GRDB
import Kernel
import Storage

// How a batch is worked off: machine first, then one transaction, then the answers.

extension Engine {
    /// Works off a batch, and what has fallen due before and after it, in one transaction.
    func process(_ batch: [Submission]) {
        do {
            if isMachineStale { try reload() }
            let work = decide(batch)
            try commit(work)
            resumed = []
            for (submission, answer) in zip(batch, work.answers) {
                submission.answer.resume(returning: answer)
            }
        } catch {
            fail(batch, error)
        }
        startRows()
        askIfWaiting()
        scheduleTimer()
    }

    private func decide(_ batch: [Submission]) -> Work<M> {
        var work = Work<M>()
        var unheard = Answer(at: readClock(), refusals: [])
        for event in resumed { take(event, at: lastNow, into: &work, &unheard) }
        wakeIfDue(at: readClock(), into: &work)
        for submission in batch {
            let now = readClock()
            wakeIfDue(at: now, into: &work)
            var answer = Answer(at: now, refusals: [])
            if let event = submission.event { take(event, at: now, into: &work, &answer) }
            for item in submission.items where isNews(item.from) {
                for event in item.events { take(event, at: now, into: &work, &answer) }
                cursors[item.from.name] = Cursor(seq: item.from.seq, hash: item.from.hash)
                lazyCursors.insert(item.from.name)
                hearing.moved(item.from.name, cursors: cursors, at: now)
            }
            work.answers.append(answer)
        }
        // An event may have made something due at once.
        wakeIfDue(at: lastNow, into: &work)
        work.changes = machine.takeChanges()
        return work
    }

    /// Whether an item has not been taken in; of a known place, its hash may be news.
    private func isNews(_ from: UpstreamPosition) -> Bool {
        let known = cursor(from.name)
        guard from.seq == known.seq else { return from.seq > known.seq }
        if known.hash == nil, let hash = from.hash, from.seq > 0 {
            cursors[from.name] = Cursor(seq: from.seq, hash: hash)
            lazyCursors.insert(from.name)
        }
        return false
    }

    private func take(
        _ event: M.Event, at now: Instant, into work: inout Work<M>, _ answer: inout Answer
    ) {
        do {
            work.add(try machine.handle(event, at: now), at: now, shell)
            counts.events.increment()
        } catch {
            counts.refusals.increment()
            answer.refusals.append(error)
        }
    }

    private func wakeIfDue(at now: Instant, into work: inout Work<M>) {
        var wakes = 0
        let heard = heard(at: now)
        while let due = machine.nextDue(heard: heard), due <= now,
            wakes < RuntimeLimits.wakesInARowMax
        {
            if wakes == 0 { warnIfUnheard(due, at: now) }
            counts.lateness.recordMilliseconds((now - due).milliseconds)
            work.add(machine.wake(at: now, heard: heard), at: now, shell)
            wakes += 1
        }
        if wakes == RuntimeLimits.wakesInARowMax {
            logger.error(
                "machine asks again and again for a time that has passed",
                metadata: ["engine": "\(name)", "now_unix_ms": "\(now.unixMilliseconds)"])
        }
    }

    /// The time of an event: the clock is read once, and never goes back for the machine.
    func readClock() -> Instant {
        lastNow = max(lastNow, time.now())
        return lastNow
    }

    // MARK: Commit

    private func commit(_ work: Work<M>) throws {
        // Nothing that anyone depends on has changed: the cursors can wait for the next commit.
        if work.plans.isEmpty && work.changes.isEmpty && failedCommitsInARow == 0 {
            scheduleFlush()
            return
        }
        try write(work)
    }

    /// Stores cursors that were left behind.
    func flushCursors() {
        if lazyCursors.isEmpty || isMachineStale { return }
        do { try write(Work<M>()) } catch { fail([], error) }
    }

    private func write(_ work: Work<M>) throws {
        let changes = work.changes + machine.takeLazyChanges()
        let parts = try changes.map { change in
            (change.key, try change.part.map { try PartCoding.encode($0) })
        }
        let committed = try store.write { db in
            for (key, body) in parts {
                if let body {
                    try Parts.put(key, body, in: db)
                } else {
                    try Parts.remove(key, in: db)
                }
            }
            for name in lazyCursors { try Cursors.put(name, cursors[name] ?? .start, in: db) }
            let lastNow = String(lastNow.unixMilliseconds)
            try Meta.put(Loaded<M>.lastNowKey, lastNow, in: db)
            return try Committed(work.plans, in: db, path: store.path)
        }
        lazyCursors = []
        counts.commits.increment()
        if failedCommitsInARow > 0 { logger.notice("store works again") }
        failedCommitsInARow = 0
        counts.writable.record(1)
        if !isStopping { setReadiness(.ready) }
        for key in committed.settled {
            lanes.drop(key: key)
            unsettled.remove(key)
        }
        for row in committed.added { lanes.add(row) }
        journalHead.advance(to: committed.headSeq)
    }

    /// Tells every sender, and goes back to what is in the store.
    private func fail(_ batch: [Submission], _ error: any Error) {
        failedCommitsInARow += 1
        counts.failedCommits.increment()
        counts.writable.record(0)
        let reason = "\(error)"
        logger.error("commit failed", metadata: ["engine": "\(name)", "reason": "\(reason)"])
        setReadiness(.unready(reason: "the store of \(name) cannot be written: \(reason)"))
        isMachineStale = true
        do {
            try reload()
        } catch {
            logger.error("state cannot be read", metadata: ["reason": "\(error)"])
        }
        for submission in batch {
            submission.answer.resume(throwing: EngineFailure.notStored(reason: reason))
        }
        scheduleRetry()
    }

    private func reload() throws {
        let loaded = try Loaded(from: store, machine: shell.machine())
        (machine, cursors) = (loaded.machine, loaded.cursors)
        lastNow = max(lastNow, loaded.lastNow)
        lazyCursors = []
        hearing.forget()
        isMachineStale = false
    }
}

/// What a batch has decided and not yet stored.
struct Work<M: Machine> {
    var plans: [(plan: EffectPlan, at: Instant)] = []
    var changes: [PartChange<M.Part>] = []
    var answers: [Engine<M>.Answer] = []

    /// Adds what a call of the machine returned.
    mutating func add(_ effects: [M.Effect], at now: Instant, _ shell: Engine<M>.Shell) {
        for effect in effects {
            for plan in shell.plan(effect, now) { plans.append((plan, now)) }
        }
    }
}

/// What a commit has put into the store.
struct Committed {
    var headSeq: UInt64
    var added: [OutboxRow] = []
    var settled: [String] = []

    /// Does the plans in order, inside the caller's transaction.
    init(_ plans: [(plan: EffectPlan, at: Instant)], in db: Database, path: String) throws {
        var journal = try JournalWriter(in: db, path: path)
        // Of what has not been settled again; the order stays that of the ordinals.
        var rows: [String: OutboxRow] = [:]
        for (plan, now) in plans {
            switch plan {
            case .journal(let draft): _ = try journal.append(draft, at: now)
            case .act(let draft):
                if let row = try Outbox.add(draft, in: db) { rows[row.key] = row }
            case .settled(let key):
                try Outbox.settle(key, in: db)
                settled.append(key)
                rows[key] = nil
            case .table(let write): try write(db)
            }
        }
        try journal.finish()
        headSeq = journal.head.seq
        added = rows.values.sorted { $0.ordinal < $1.ordinal }
    }
}
