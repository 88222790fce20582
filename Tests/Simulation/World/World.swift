import Domain
import Ingest
import IngestCore
import Kernel
import NotificationCore
package import Policy
import RiskCore
import Runtime

/// One platform and all that is around it, on one seed and in virtual time.
///
/// *What it owns*: the true time; a plant with points and gateways; ingest, risk and notification,
/// each on a machine of its own with a disk and a clock; the provider, and the people. *How it
/// moves*: what is on the agenda happens, one after the other. What a service has on its disk is
/// shown to the inspectors, which throw at the first thing that must not be; what a service has
/// acknowledged stands on the ledger, which is compared with the disks. *The odd case*: the
/// services are the real machines in a shell that does what `Engine` does, and what they tell each
/// other travels as in the real streams; of the batch log only the rules are told again.
package struct World {
    enum Action {
        /// Somebody turns the valves at a source.
        case change(source: Int)
        case sample(gateway: Int, isRegular: Bool)
        /// A gateway loses its line, or has it back.
        case line(gateway: Int)
        case push(gateway: Int, SimulatedGateway.Kept)
        case commitReadings(life: Int)
        case acknowledged(gateway: Int, sequence: UInt64)
        case resend(gateway: Int)
        /// A follower asks for what it has not had.
        case deliver(NewsStream)
        /// A service asks how far its upstreams reach.
        case ask(ServiceName)
        /// Time passes for a service.
        case tick(ServiceName)
        case start(ServiceName)
        case setClock(ServiceName)
        /// Somebody sends a registry file in.
        case registry
        /// The provider has the message; then its answer arrives.
        case arrive(key: String, HandingOver, life: Int)
        case answer(NoticeID, Int, AttemptOutcome, life: Int)
        case receipt(ReceiptSubject, Receipt)
        case people
    }

    let seed: UInt64
    var random: SeededRandom
    var faults: Faults
    let breakage: Breakage?
    let people: People
    /// How long a message takes at least and at most, in milliseconds: nothing at all in some runs,
    /// so that what happens falls on the very instant at which something is due.
    let hop: ClosedRange<Int64>
    /// How many minutes a source stays at rest at most: four days in the busiest runs.
    let calm: Int64
    /// 2021-11-01 08:00 +08:00.
    let start = Instant(unixMilliseconds: 1_635_724_800_000)
    var now = Instant(unixMilliseconds: 1_635_724_800_000)
    let end: Instant
    var agenda = Agenda<Action>()
    var figures = Figures()

    let ingest: Service<IngestMachine>
    let risk: Service<RiskMachine>
    let desk: Service<NotificationMachine>
    var readings = ReadingsDisk()
    /// Batches that wait for the disk, in the memory of ingest.
    var waitingBatches: [WaitingBatch] = []
    var checks: [Int: ReadingCheck] = [:]
    var directory = PointDirectory()
    var directoryVersion: UInt64 = 0

    var gateways: [SimulatedGateway]
    var points: [PointID: SimulatedPoint] = [:]
    /// The level that somebody has in mind for each source.
    var levels: [WarningLevel]
    let levelModel: LevelModel
    let resting: WarningLevel
    let isLateSourceComing: Bool
    var rounds = 0
    var importCount = 0

    /// When levels began to wait for the registry; and those waited for in vain.
    var levelsWaitSince: Instant?
    var haveLevelsHeard = false
    var unknownSources: [HazardSourceID] = []
    var haveReadingsHeard = false

    /// What this process has begun to hand over.
    var begun: Set<String> = []
    var provider = Provider()
    var isProviderDown = false
    var openCases: [CaseID] = []
    var recentNotices: [NoticeID] = []

    var ledger = Ledger()
    var inspector: Inspector
    var riskInspector: RiskInspector
    var missedModel: MissedModel

    package init(
        seed: UInt64, days: Int64, profile: PolicyProfile, faults: Faults? = nil,
        breakage: Breakage? = nil
    ) throws {
        (self.seed, self.breakage) = (seed, breakage)
        var random = SeededRandom(seed: seed)
        // Drawn in any case: a run that is told its faults goes on as if it had drawn them.
        let drawn = Faults(&random)
        self.faults = faults ?? drawn
        people = People(&random)
        end = now + .hours(24 * days)
        hop = random.chance(1, of: 3) ? 0...0 : 1...60
        calm = [6_000, 20_000, 40_000, 40_000][Int(random.integer(in: 0...3))]
        let hasGaps = random.chance(1, of: 4)
        isLateSourceComing = random.chance(1, of: 2)
        levelModel = LevelModel.drawn(from: profile, &random)
        resting = profile.restingLevel
        var judging = profile
        judging.levelModel = levelModel
        missedModel = MissedModel(rule: profile.commitment, zone: profile.zone)
        let commitments = CommitmentBook(
            form: try FormSource.load(), rule: profile.commitment, zone: profile.zone)
        ingest = Service(
            .ingest, IngestMachine(registrar: RegistryMachine(), commitments: commitments),
            hasUpstreams: false, at: now, breakage)
        risk = Service(.risk, RiskMachine(profile: judging), hasUpstreams: true, at: now, breakage)
        desk = Service(
            .desk, NotificationMachine(profile: profile), hasUpstreams: true, at: now, breakage)
        let hasTwin = random.chance(1, of: 3)
        inspector = Inspector(profile: profile, hasTwin: hasTwin)
        riskInspector = RiskInspector(profile: judging, hasTwin: hasTwin)
        gateways = City.works.indices.map { SimulatedGateway($0) }
        levels = City.owners.map { _ in profile.restingLevel }
        for source in City.owners.indices {
            for point in City.points(of: source) { points[point] = SimulatedPoint() }
        }
        self.random = random
        try submit(desk, .adopted(profile), sure: true)
        try sendRegistry(City.entries(hasGaps: hasGaps), sure: true)
        plan()
    }

    private mutating func plan() {
        for index in City.owners.indices where index < 4 || isLateSourceComing {
            planChange(of: index)
        }
        for index in gateways.indices {
            agenda.add(
                .sample(gateway: index, isRegular: true), at: now + .minutes(Int64(index) + 1))
            agenda.add(.line(gateway: index), at: now + .hours(random.integer(in: 1...60)))
        }
        for name in ServiceName.allCases { planClock(of: name) }
        agenda.add(.people, at: now + .minutes(20))
        agenda.add(.registry, at: now + .hours(random.integer(in: 2...40)))
    }

    /// Lets everything happen up to the end, then lets things settle, and looks at what is left.
    package mutating func run() throws -> Figures {
        while let next = agenda.next, next <= end { try step() }
        endFaults()
        // Attempts are given up after a day at the latest.
        let settled = end + .hours(49)
        while let next = agenda.next, next <= settled { try step() }
        try checkEnd()
        figures.taken = provider.takenCount
        figures.doubles = provider.doubleCount
        figures.latestMilliseconds =
            [ingest.watch, risk.watch, desk.watch]
            .map(\.latest.milliseconds).max() ?? 0
        return figures
    }

    private mutating func step() throws {
        guard let (at, action) = agenda.pop() else { return }
        now = max(now, at)
        ingest.clock.advance(to: now)
        risk.clock.advance(to: now)
        desk.clock.advance(to: now)
        figures.steps += 1
        try take(action)
        try lookAtTime()
    }

    private mutating func take(_ action: Action) throws {
        switch action {
        case .change(let source): change(source)
        case .sample(let gateway, let isRegular): sample(gateway, isRegular: isRegular)
        case .line(let gateway): changeLine(of: gateway)
        case .push(let gateway, let kept): try push(kept, from: gateway)
        case .commitReadings(let life): if life == ingest.life { try commitReadings() }
        case .acknowledged(let gateway, let sequence): acknowledge(sequence, to: gateway)
        case .resend(let gateway): resend(from: gateway)
        case .deliver(let stream): try deliver(stream)
        case .ask(let name): try ask(name)
        case .tick(.ingest): try tick(ingest)
        case .tick(.risk): try tick(risk)
        case .tick(.desk): try tick(desk)
        case .start(let name): try start(name)
        case .setClock(let name): setClock(of: name)
        case .registry: try changeRegistry()
        case .arrive(let key, let row, let sender): try arrive(key, row, from: sender)
        case .answer(let id, let attempt, let outcome, let sender):
            if desk.isUp, sender == desk.life { try answer(id, attempt, outcome) }
        case .receipt(let subject, let receipt): try self.receipt(subject, receipt)
        case .people: try act()
        }
    }

    // MARK: Chance

    /// A fault strikes, if its kind is on, `count` times in `total`.
    mutating func strikes(_ kind: Faults.Kind, _ count: Int64 = 1, of total: Int64) -> Bool {
        guard faults.has(kind), random.chance(count, of: total) else { return false }
        figures.count(kind)
        return true
    }

    /// How long a message is on its way.
    mutating func way() -> Interval { Interval(milliseconds: random.integer(in: hop)) }
}
