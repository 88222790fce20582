import Domain
import Kernel
import NotificationCore
import Runtime

// What happens around the service: levels, their way, the provider, and the clock.

extension World {
    // MARK: Levels

    mutating func planChange(of source: Int) {
        let isResting = levels[source] == shell.machine.profile.restingLevel
        // Calm for days, then a few changes within hours or a day.
        let wait: Int64 =
            isResting
            ? random.integer(in: 1...6_000)
            : random.integer(in: 1...Int64([20, 200, 1_500][Int(random.integer(in: 0...2))]))
        let odd = random.chance(1, of: 3) ? random.integer(in: 0...59_999) : 0
        // Round minutes: changes and due times often fall on the same instant.
        agenda.add(.change(source: source), at: now + .minutes(wait) + .init(milliseconds: odd))
    }

    mutating func change(_ source: Int) {
        let others = WarningLevel.allCases.filter { $0 != levels[source] }
        let resting = shell.machine.profile.restingLevel
        let isEnding = now > end || random.chance(1, of: 3)
        let next =
            isEnding && levels[source] != resting
            ? resting : others[Int(random.integer(in: 0...Int64(others.count - 1)))]
        if now > end, levels[source] == resting { return }
        levels[source] = next
        let late: Interval =
            faults.has(.lateRisk) && random.chance(1, of: 5)
            ? .seconds(random.integer(in: 1...5_400)) : .seconds(0)
        let one = City.works[source]
        let before = journal.last { $0.source == City.source(source) }?.changedAt ?? .distantPast
        journal.append(
            LevelNews(
                seq: UInt64(journal.count + 1), source: City.source(source),
                enterprise: EnterpriseID(one.name), sourceName: "罐区", enterpriseName: one.name,
                level: next, changedAt: now, knownAt: max(before, now - late), causes: []))
        publishedAt.append(now)
        agenda.add(.deliver, at: now + delay())
        planChange(of: source)
    }

    private mutating func delay() -> Interval {
        if faults.has(.lateNews), random.chance(1, of: 5) {
            return .seconds(random.integer(in: 1...900))
        }
        return Interval(milliseconds: random.integer(in: 1...200))
    }

    /// The follower hands on what it has not had: in order, at least once.
    mutating func deliver() throws {
        guard isUp else { return }
        if faults.has(.lostNews), random.chance(1, of: 4) {
            agenda.add(.deliver, at: now + .seconds(random.integer(in: 1...120)))
            return
        }
        var next = Int(shell.cursors["risk"]?.seq ?? 0)
        if faults.has(.doubledNews), random.chance(1, of: 3) { next = max(0, next - 2) }
        while next < journal.count, isUp {
            let known = shell.cursors["risk"]?.seq ?? 0
            let news = journal[next]
            next += 1
            // The engine takes an entry in once, however often it comes.
            if news.seq <= known { continue }
            let position = UpstreamPosition(name: "risk", seq: news.seq)
            guard try submit([.levelChanged(news)], upTo: position) else {
                if isUp { agenda.add(.deliver, at: now + .seconds(1)) }
                return
            }
        }
    }

    // MARK: The provider

    mutating func startRows() {
        guard isUp else { return }
        for key in rows.keys.sorted() where !begun.contains(key) {
            begun.insert(key)
            let slow = faults.has(.providerSlow) && random.chance(1, of: 4)
            let wait = Interval(milliseconds: random.integer(in: 1...(slow ? 30_000 : 50)))
            agenda.add(.arrive(key: key, life: life), at: now + wait)
        }
    }

    /// A message is on its way to the provider; it goes on even if our process has ended.
    mutating func arrive(_ key: String, from sender: Int) throws {
        guard let (notice, attempt) = rows[key], sender == life || random.chance(1, of: 2) else {
            return
        }
        if faults.has(.providerDown), random.chance(1, of: 400) { isProviderDown.toggle() }
        if isProviderDown, random.chance(1, of: 200) { isProviderDown = false }
        let outcome: AttemptOutcome
        switch random.integer(in: 1...20) {
        case _ where isProviderDown: outcome = .failedForNow("down")
        case 1...3 where faults.has(.providerFails): outcome = .failedForNow("busy")
        case 4 where faults.has(.providerFails): outcome = .failed("no such number")
        case 5, 6:
            guard faults.has(.providerFails) else { fallthrough }
            // It took the message, and its answer is lost.
            if random.chance(1, of: 2) { try takeOver(notice, attempt) }
            outcome = .unknown("no answer")
        case _: outcome = .taken(providerIDs: try takeOver(notice, attempt))
        }
        let wait = Interval(milliseconds: random.integer(in: 1...50))
        agenda.add(.answer(notice.id, attempt, outcome, life: sender), at: now + wait)
    }

    @discardableResult
    private mutating func takeOver(_ notice: Notice, _ attempt: Int) throws -> [String] {
        try provider.take(notice.id)
        let count = random.chance(1, of: 4) ? 2 : 1
        let ids = (1...count).map { "p-\(provider.takenCount)-\($0)" }
        for id in ids {
            if faults.has(.receiptsLost), random.chance(1, of: 4) { continue }
            let isEarly = faults.has(.receiptsEarly) && random.chance(1, of: 4)
            let wait = isEarly ? Interval(milliseconds: 1) : .seconds(random.integer(in: 1...1_200))
            let receipt: Receipt = random.chance(1, of: 12) ? .failed("off") : .delivered
            agenda.add(.receipt(.provider(id), receipt), at: now + wait)
            if faults.has(.receiptsDoubled), random.chance(1, of: 4) {
                let later = wait + .seconds(random.integer(in: 1...60))
                agenda.add(.receipt(.provider(id), receipt), at: now + later)
            }
        }
        return ids
    }

    mutating func answer(_ id: NoticeID, _ attempt: Int, _ outcome: AttemptOutcome) throws {
        let isStored = try submit([.attempted(id, attempt: attempt, outcome)])
        // An answer that was not stored is taken in again by the same process.
        if !isStored, isUp {
            agenda.add(.answer(id, attempt, outcome, life: life), at: now + .seconds(1))
        }
    }

    mutating func receipt(_ subject: ReceiptSubject, _ receipt: Receipt) throws {
        // The provider sends again what was not acknowledged.
        guard isUp, try submit([.receipt(subject, receipt)]), !inspector.wasTooEarly else {
            inspector.wasTooEarly = false
            if now < end + .hours(24) {
                agenda.add(.receipt(subject, receipt), at: now + .seconds(30))
            }
            return
        }
    }

    // MARK: The clock

    mutating func planClock() {
        agenda.add(.setClock, at: now + .hours(random.integer(in: 1...72)))
    }

    mutating func setClock() {
        planClock()
        var offset: Int64 = 0
        if faults.has(.clockBack), random.chance(1, of: 2) {
            offset = -random.integer(in: 1...7_200_000)
        } else if faults.has(.clockAhead), random.chance(1, of: 2) {
            offset = random.integer(in: 1...600_000)
        }
        clock.step(to: Interval(milliseconds: offset))
    }

    // MARK: The end

    /// Once everything has settled nothing is left that should have been done.
    mutating func checkEnd() throws {
        try require(isUp, "the service is not up")
        let known = Int(shell.cursors["risk"]?.seq ?? 0)
        try require(known == journal.count, "heard \(known) of \(journal.count) entries")
        try require(rows.isEmpty, "not settled: \(rows.keys.sorted().prefix(5))")
        try inspector.compare(shell.machine)
    }
}

extension Interval {
    static func + (left: Interval, right: Interval) -> Interval {
        Interval(milliseconds: left.milliseconds + right.milliseconds)
    }
}
