import Domain
import Kernel
import NotificationCore
package import Policy
import Runtime
import Storage

/// One platform and all that is around it, on one seed and in virtual time.
///
/// *What it owns*: the true time, the upstream's journal, the notification service with its disk,
/// the provider, and the people. *How it moves*: what is on the agenda happens, one after the
/// other; each commit is shown to the inspector, which throws at the first thing that must not be.
package struct World {
    enum Action {
        /// The level of a source changes upstream.
        case change(source: Int)
        /// The follower asks for what it has not had.
        case deliver
        /// Time passes for the service.
        case tick
        /// The upstream says how far it reaches.
        case heads(askedAt: Instant, life: Int)
        /// The provider has the message; then its answer arrives.
        case arrive(key: String, life: Int)
        case answer(NoticeID, Int, AttemptOutcome, life: Int)
        case receipt(ReceiptSubject, Receipt)
        case people
        case start
        case setClock
    }

    let seed: UInt64
    var random: SeededRandom
    var faults: Faults
    let people: People
    var now = Instant(unixMilliseconds: 1_635_724_800_000)
    let end: Instant
    var agenda = Agenda<Action>()
    let clock: StepClock
    var shell: Shell<NotificationMachine>
    /// Which process it is: what belonged to an earlier one is lost.
    var life = 1
    var isUp = true
    var tick: Int?
    /// The journal of risk, and when each entry was there.
    var journal: [LevelNews] = []
    var publishedAt: [Instant] = []
    var levels: [WarningLevel]
    var isFollowing = false
    /// What is to be handed over, on disk; and what this process has begun.
    var rows: [String: (notice: Notice, attempt: Int)] = [:]
    var begun: Set<String> = []
    var provider = Provider()
    var providerEpoch = Instant.distantPast
    var isProviderDown = false
    var isDiskFull = false
    var openCases: [CaseID] = []
    var recentNotices: [NoticeID] = []
    var inspector: Inspector
    var figures = Figures()

    package init(seed: UInt64, days: Int64, profile: PolicyProfile, faults: Faults? = nil) throws {
        self.seed = seed
        var random = SeededRandom(seed: seed)
        self.faults = faults ?? Faults(&random)
        people = People(&random)
        let clock = StepClock(now)
        self.clock = clock
        end = now + .hours(24 * days)
        let hasGaps = random.chance(1, of: 4)
        shell = Shell(
            NotificationMachine(profile: profile), hasUpstreams: true, clock: clock, at: now)
        inspector = Inspector(profile: profile, hasTwin: random.chance(1, of: 3))
        levels = City.works.map { _ in profile.restingLevel }
        self.random = random
        try submit([.adopted(profile)], sure: true)
        try submit(City.registry(hasGaps: hasGaps).map { .registered($0) }, sure: true)
        for index in City.works.indices { planChange(of: index) }
        agenda.add(.people, at: now + .minutes(20))
        planClock()
    }

    /// Lets everything happen up to the end, then lets things settle, and looks at what is left.
    package mutating func run() throws -> Figures {
        while let next = agenda.next, next <= end { try step() }
        faults.end()
        (isDiskFull, isProviderDown) = (false, false)
        clock.step(to: .init(milliseconds: 0))
        if !isUp { agenda.add(.start, at: end) }
        agenda.add(.deliver, at: end + .seconds(1))
        // Attempts are given up after a day at the latest.
        let settled = end + .hours(49)
        while let next = agenda.next, next <= settled { try step() }
        try checkEnd()
        figures.taken = provider.takenCount
        figures.doubles = provider.doubleCount
        return figures
    }

    private mutating func step() throws {
        guard let (at, action) = agenda.pop() else { return }
        now = max(now, at)
        clock.advance(to: now)
        figures.steps += 1
        try take(action)
    }

    private mutating func take(_ action: Action) throws {
        switch action {
        case .change(let source): change(source)
        case .deliver: try deliver()
        case .tick:
            tick = nil
            if isUp { try submit([]) }
        case .heads(let askedAt, let asker): try tellHeads(askedAt: askedAt, to: asker)
        case .arrive(let key, let sender): try arrive(key, from: sender)
        case .answer(let id, let attempt, let outcome, let sender):
            if isUp, sender == life { try answer(id, attempt, outcome) }
        case .receipt(let subject, let receipt): try self.receipt(subject, receipt)
        case .people: try act()
        case .start: try start()
        case .setClock: setClock()
        }
    }

    // MARK: The service

    /// Hands events to the service; true if the sender was told that they are stored.
    @discardableResult
    mutating func submit(
        _ events: [NotificationEvent], upTo position: UpstreamPosition? = nil, sure: Bool = false
    ) throws -> Bool {
        let fate = sure ? .stored : drawFate()
        let calls = shell.process(events, upTo: position, fate)
        if let calls {
            for call in calls { try see(call) }
        } else {
            figures.lostCommits += 1
        }
        switch fate {
        case .killedBefore, .killedAfter:
            die()
            return false
        case .stored, .refused:
            startRows()
            lookAhead()
            if figures.steps % 64 == 0 {
                try require(!shell.doesAnythingEarly(), "a wake before its time does something")
            }
            return calls != nil
        }
    }

    private mutating func drawFate() -> Fate {
        if faults.has(.diskFull), random.chance(1, of: 2_000) { isDiskFull.toggle() }
        if isDiskFull {
            if random.chance(1, of: 20) { isDiskFull = false }
            return .refused
        }
        guard faults.has(.kills), random.chance(1, of: 300) else { return .stored }
        return random.chance(1, of: 2) ? .killedBefore : .killedAfter
    }

    private mutating func die() {
        figures.kills += 1
        (isUp, isFollowing) = (false, false)
        life += 1
        begun = []
        if let tick { agenda.remove(tick) }
        tick = nil
        // Most are back at once, some in a while, a few tomorrow.
        let away: Interval =
            switch random.integer(in: 1...20) {
            case 1: .minutes(random.integer(in: 60...2_000))
            case 2...5: .seconds(random.integer(in: 60...3_600))
            case _: .seconds(random.integer(in: 0...10))
            }
        agenda.add(.start, at: now + away)
    }

    private mutating func start() throws {
        if isUp { return }
        isUp = true
        try shell.restart(through: random.chance(1, of: 20))
        try inspector.compare(shell.machine)
        agenda.add(.deliver, at: now + .seconds(1))
        try submit([])
    }

    /// Plans when the service looks at the time again, and asks the upstream if it must.
    private mutating func lookAhead() {
        if shell.mustAsk {
            let askedAt = shell.lastNow
            shell.hearing.ask(at: askedAt)
            let wait: Interval =
                faults.has(.silence) && random.chance(1, of: 6)
                ? .seconds(random.integer(in: 20...300))
                : Interval(milliseconds: random.integer(in: 1...60))
            agenda.add(.heads(askedAt: askedAt, life: life), at: now + wait)
        }
        if let tick { agenda.remove(tick) }
        tick = nil
        guard let look = shell.nextLook else { return }
        // The clock may be behind, and the time of the service ahead of it.
        let left = max(look - shell.readClock(), Interval(milliseconds: isDiskFull ? 5_000 : 1))
        tick = agenda.add(.tick, at: now + left)
    }

    private mutating func tellHeads(askedAt: Instant, to asker: Int) throws {
        guard isUp, asker == life else { return }
        // What it had when it was asked, or more.
        let position = UpstreamPosition(name: "risk", seq: UInt64(journal.count))
        shell.hearing.told(
            [position], askedAt: askedAt, cursors: shell.cursors, at: shell.readClock())
        try submit([])
    }

    /// Takes in what one call brought about and the disk has.
    private mutating func see(_ call: Shell<NotificationMachine>.Call) throws {
        figures.calls += 1
        do {
            try inspector.see(call)
        } catch {
            throw Violation("at \(Zone.beijing.text(call.at)): \(error)")
        }
        for effect in call.effects {
            switch effect {
            case .handOver(let notice, let attempt):
                rows[notice.outboxKey(attempt: attempt)] = (notice, attempt)
            case .settleHandOver(let key):
                rows[key] = nil
                begun.remove(key)
            case .publishCase(let one, .opened): openCases.append(one.id)
            case .publishCase(let one, .closed): openCases.removeAll { $0 == one.id }
            case .publishNotice(let notice):
                figures.notices += 1
                recentNotices.append(notice.id)
                if recentNotices.count > 60 { recentNotices.removeFirst(20) }
            case .publishObligation: figures.obligations += 1
            case .publishCase, .showCase, .publishDocument, .publishDeclaration, .publishProfile,
                .publishDelivery:
                break
            }
        }
    }
}

/// How much a run has seen.
package struct Figures: Sendable, CustomStringConvertible {
    package var steps = 0, calls = 0, kills = 0, lostCommits = 0
    package var notices = 0, obligations = 0, taken = 0, doubles = 0, refusals = 0

    package init() {}

    package static func += (left: inout Figures, right: Figures) {
        left.steps += right.steps
        left.calls += right.calls
        left.kills += right.kills
        left.lostCommits += right.lostCommits
        left.notices += right.notices
        left.obligations += right.obligations
        left.taken += right.taken
        left.doubles += right.doubles
        left.refusals += right.refusals
    }

    package var description: String {
        "steps \(steps), calls \(calls), kills \(kills), commits lost \(lostCommits), notices "
            + "\(notices), records \(obligations), handed over \(taken), doubled \(doubles)"
    }
}
