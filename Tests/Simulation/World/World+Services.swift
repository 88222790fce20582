import Domain
import Kernel
import Runtime
import Storage

// What happens to the services as such: work, time, ends and beginnings.

/// What a sender is told.
struct Told<M: Watched> {
    /// True if it is done; else nobody knows, or nothing was.
    var isDone: Bool
    var refusals: [M.Refusal]
}

extension World {
    /// Hands an event or items of an upstream to a service.
    @discardableResult
    mutating func submit<M: Watched>(
        _ service: Service<M>, _ event: M.Event? = nil, items: [UpstreamItem<M.Event>] = [],
        sure: Bool = false
    ) throws -> Told<M> {
        guard service.isUp else { return Told(isDone: false, refusals: []) }
        let fate = sure ? .stored : drawFate(service)
        let work = service.shell.process(event, items, fate)
        try see(work.stored, of: service)
        if !work.isDone { figures.lostCommits += 1 }
        if !items.isEmpty || !work.isDone { service.watch.excuse(at: now) }
        switch fate {
        case .killedBefore, .killedAfter: try kill(service)
        case .stored, .refused:
            if service.name == .desk { try startRows() }
            lookAhead(service)
            if figures.steps % 512 == 0 {
                try require(
                    !service.shell.doesAnythingEarly(), "a wake before its time does something")
            }
        }
        let isTold = work.isDone || (breakage == .believesTooSoon && event != nil)
        return Told(isDone: isTold && service.isUp, refusals: work.refusals)
    }

    private mutating func see<M: Watched>(
        _ calls: [Shell<M>.Call], of service: Service<M>
    ) throws {
        for call in calls {
            figures.calls += 1
            do {
                try service.watch.see(call.at, clock: service.clock)
                try checkHeard(call, of: service)
                try M.see(call, in: &self)
            } catch {
                throw Violation("\(service.name) at \(Zone.beijing.text(call.at)): \(error)")
            }
        }
    }

    /// What becomes of the next commit of a service.
    mutating func drawFate<M: Watched>(_ service: Service<M>) -> Fate {
        if strikes(.diskFull, of: 600) { service.isDiskFull = true }
        if service.isDiskFull {
            if random.chance(1, of: 20) { service.isDiskFull = false }
            return .refused
        }
        guard strikes(.kills, of: 200) else { return .stored }
        return random.chance(1, of: 2) ? .killedBefore : .killedAfter
    }

    mutating func kill<M: Watched>(_ service: Service<M>) throws {
        try see(service.shell.end(isDiskFull: service.isDiskFull), of: service)
        service.isUp = false
        service.life += 1
        (service.open, service.answered) = (nil, [])
        switch service.name {
        case .ingest: (waitingBatches, checks) = ([], [:])
        case .risk: haveReadingsHeard = false
        case .desk: (begun, haveLevelsHeard, levelsWaitSince) = ([], false, nil)
        }
        if let tick = service.tick { agenda.remove(tick) }
        service.tick = nil
        // Most are back at once, some in a while, a few tomorrow.
        let away: Interval =
            switch random.integer(in: 1...20) {
            case 1: .minutes(random.integer(in: 60...2_000))
            case 2...5: .seconds(random.integer(in: 60...3_600))
            case _: .seconds(random.integer(in: 0...10))
            }
        agenda.add(.start(service.name), at: now + away)
    }

    mutating func start(_ name: ServiceName) throws {
        switch name {
        case .ingest: try start(ingest)
        case .risk: try start(risk)
        case .desk: try start(desk)
        }
        for stream in NewsStream.allCases where stream.from == name || stream.to == name {
            agenda.add(.deliver(stream), at: now + .seconds(1))
        }
        // Whoever asks is answered by those who are back.
        for asker in [ServiceName.risk, .desk] {
            agenda.add(.ask(asker), at: now + .seconds(random.integer(in: 1...5)))
        }
    }

    private mutating func start<M: Watched>(_ service: Service<M>) throws {
        if service.isUp { return }
        service.isUp = true
        service.watch.excuse(at: now)
        try service.shell.restart(through: random.chance(1, of: 20))
        try M.compare(service.shell.machine, in: &self)
        try submit(service)
    }

    // MARK: Time

    mutating func tick<M: Watched>(_ service: Service<M>) throws {
        service.tick = nil
        try submit(service)
    }

    /// Plans when a service looks at the time again, and asks its upstreams if it must.
    private mutating func lookAhead<M: Watched>(_ service: Service<M>) {
        if service.shell.mustAsk {
            let askedAt = service.shell.lastNow
            service.shell.hearing.ask(at: askedAt)
            planQuestion(of: service, askedAt: askedAt)
        }
        if let tick = service.tick { agenda.remove(tick) }
        service.tick = nil
        guard let look = service.shell.nextLook else { return }
        // The clock may be behind, and the time of the service ahead of it.
        let isIdle = service.isDiskFull || breakage == .oversleeps || breakage == .waitsForEver
        let least = Interval(milliseconds: isIdle ? 5_000 : 1)
        let left = max(look - service.shell.readClock(), least)
        // A full disk is tried again only then.
        if service.isDiskFull { service.watch.excuse(at: now + least) }
        service.tickAt = now + left
        service.tick = agenda.add(.tick(service.name), at: now + left)
    }

    /// Sees to it that nobody leaves undone what is due.
    ///
    /// The models know what is on disk: while that is full, a machine knows better.
    mutating func lookAtTime() throws {
        try flush(risk)
        try flush(desk)
        if ingest.isUp {
            try ingest.watch.look(
                [ingest.shell.machine.nextDue], time: ingest.shell.now, at: now, .ingest)
        }
        if risk.isUp {
            try risk.watch.look(
                [risk.shell.machine.nextDue, risk.isDiskFull ? nil : riskInspector.nextDue],
                time: risk.shell.now, at: now, .risk)
        }
        if desk.isUp {
            try desk.watch.look(
                [desk.shell.machine.nextDue, desk.isDiskFull ? nil : inspector.nextDue],
                time: desk.shell.now, at: now, .desk)
        }
    }

    /// What nobody depends on is stored by itself after a second.
    private mutating func flush<M: Watched>(_ service: Service<M>) throws {
        guard service.isUp, !service.isDiskFull else { return }
        try see(service.shell.flushIfTime(), of: service)
    }

    mutating func planClock(of name: ServiceName) {
        agenda.add(.setClock(name), at: now + .hours(random.integer(in: 1...72)))
    }

    mutating func setClock(of name: ServiceName) {
        planClock(of: name)
        var offset: Int64 = 0
        if strikes(.clockBack, of: 2) {
            offset = -random.integer(in: 1...7_200_000)
        } else if strikes(.clockAhead, of: 2) {
            offset = random.integer(in: 1...600_000)
        }
        set(clockOf: name, to: Interval(milliseconds: offset))
    }

    mutating func set(clockOf name: ServiceName, to offset: Interval) {
        clock(of: name).step(to: offset)
        switch name {
        case .ingest: look(ingest)
        case .risk: look(risk)
        case .desk: look(desk)
        }
    }

    /// A sleeper looks at the clock every few seconds, and finds that it was set.
    private mutating func look<M: Watched>(_ service: Service<M>) {
        guard service.isUp, let tick = service.tick else { return }
        agenda.remove(tick)
        // It wakes at the end of its piece, and never later than it would have.
        let piece = Interval(milliseconds: random.integer(in: 0...10_000))
        let at = min(now + piece, max(service.tickAt, now))
        service.tick = agenda.add(.tick(service.name), at: at)
        service.tickAt = at
        service.watch.excuse(at: at)
    }

    func clock(of name: ServiceName) -> StepClock {
        switch name {
        case .ingest: ingest.clock
        case .risk: risk.clock
        case .desk: desk.clock
        }
    }
}

extension Interval {
    static func + (left: Interval, right: Interval) -> Interval {
        Interval(milliseconds: left.milliseconds + right.milliseconds)
    }
}
