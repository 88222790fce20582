import Domain
import NotificationCore
import Policy

/// Plays a scenario on the real machine in virtual time, and checks each claim where it stands.
struct ScenarioRun {
    let scenario: Scenario
    let profile: PolicyProfile
    var machine: NotificationMachine
    var now: Instant
    /// The line that is being worked off.
    private var line = 0
    private var hasReceipts = true
    private var levelCount: UInt64 = 0
    var placement = Placement.inPark
    /// The level that risk has told of last.
    var level = WarningLevel.blue
    /// The case that the scenario speaks of: the one opened last.
    var caseID: CaseID?
    var lastCase: Case?
    // What the machine has made known, in its order.
    var records: [ObligationRecord] = []
    var documents: [DocumentRecord] = []
    var notices: [Notice] = []
    private var closedCases: Set<CaseID> = []
    /// What was claimed, for the test that says what no scenario claims.
    private(set) var evidence = Evidence()

    /// Plays all of it; throws at the first claim that does not hold.
    static func play(_ scenario: Scenario) throws -> Evidence {
        var run = try ScenarioRun(scenario)
        for step in scenario.steps { try run.play(step) }
        return run.evidence
    }

    private init(_ scenario: Scenario) throws {
        self.scenario = scenario
        machine = try NotificationMachine.city(scenario.profile)
        profile = machine.profile
        now = scenario.steps.first?.at ?? t0
        // What is cited exists, among the known regulations or those that the profile names.
        var index = ClauseIndex.known
        index.documents += profile.sources
        let complaints = scenario.clauses.flatMap { index.complaints(about: Clause($0)) }
        guard complaints.isEmpty else {
            throw ScenarioMistake(
                file: scenario.file, line: scenario.line, text: complaints.joined(separator: " "))
        }
        // A town between the county and the works outside of parks, and Licheng's urging group.
        let town = NodeID("town")
        try machine.hear(
            .node(.init(id: town, parent: NodeID("county"), kind: .town, name: "town局")),
            .enterprise(
                .init(
                    id: EnterpriseID("county-works"), parent: town, placement: .outsidePark,
                    name: "county-works厂")),
            .officer(
                .init(
                    id: PersonID("warningGroup@county"), node: NodeID("county"),
                    post: PostID("warningGroup"), name: "预警信息处置组",
                    telephone: "tel-warningGroup", verifiedOn: "2021-10-01")))
        _ = machine.takeChanges()
    }

    // MARK: Steps

    private mutating func play(_ step: Scenario.Step) throws {
        line = step.line
        switch step.what {
        case .does(let action, let reason):
            pass(to: step.at, isIncluded: false)
            now = step.at
            try act(action, refused: reason)
        case .then(.nothing(let until)):
            pass(to: step.at, isIncluded: true)
            let before = (records.count, notices.count, documents.count)
            pass(to: until, isIncluded: false)
            guard before == (records.count, notices.count, documents.count) else {
                let what = records.last.map { "\($0.rule) is \($0.state)" } ?? "a notice"
                throw mistake("something happens: \(what)")
            }
            now = until
        case .then(let claim):
            pass(to: step.at, isIncluded: true)
            now = step.at
            if let complaint = try complaint(about: claim) { throw mistake(complaint) }
        }
    }

    func mistake(_ text: String) -> ScenarioMistake {
        ScenarioMistake(file: scenario.file, line: line, text: text)
    }

    /// Whatever falls due before `end`, or also at it, happens at its own time.
    private mutating func pass(to end: Instant, isIncluded: Bool) {
        while let due = machine.nextDue, due < end || (isIncluded && due == end) {
            hear(machine.wake(at: due), at: due)
        }
    }

    private mutating func hear(_ effects: [NotificationEffect], at instant: Instant) {
        for effect in effects {
            switch effect {
            case .publishCase(let one, let news):
                if news == .opened { (caseID, lastCase) = (one.id, one) }
                if news == .closed { closedCases.insert(one.id) }
                if one.id == caseID { lastCase = one }
            case .publishObligation(let record): records.append(record)
            case .publishDocument(let document): documents.append(document)
            case .publishNotice(let notice): notices.append(notice)
            case .publishDeclaration(let record):
                evidence.declared.append(record.declaration.text)
            case .handOver(let notice, let attempt): answer(notice, attempt, at: instant)
            case .showCase(let one): if one.id == caseID { lastCase = one }
            case .publishProfile, .publishDelivery, .settleHandOver: break
            }
        }
        for run in caseID.flatMap(machine.openCase)?.docket.runs ?? [] { note(run) }
    }

    /// A provider takes everything, and says that it arrived.
    private mutating func answer(_ notice: Notice, _ attempt: Int, at instant: Instant) {
        let outcome = AttemptOutcome.taken(providerIDs: ["p-\(notice.id)"])
        let taken = try? machine.handle(
            .attempted(notice.id, attempt: attempt, outcome), at: instant)
        hear(taken ?? [], at: instant)
        guard hasReceipts else { return }
        let arrived = try? machine.handle(.receipt(.notice(notice.id), .delivered), at: instant)
        hear(arrived ?? [], at: instant)
    }

    /// When an obligation opens and falls due: a scenario shows both sides of either.
    private mutating func note(_ run: ObligationRun) {
        if run.state == .pending { evidence.opens[run.rule.text, default: []].insert(run.opensAt) }
        guard let dueAt = run.dueAt else { return }
        evidence.dues[run.rule.text, default: []].insert(dueAt)
    }

    // MARK: What people do

    private mutating func act(_ action: Scenario.Action, refused: Scenario.Reason?) throws {
        do {
            hear(try handle(action), at: now)
        } catch let refusal as NotificationRefusal {
            guard let refused else { throw mistake("it is refused: \(refusal)") }
            let given = reason(refusal)
            guard given == refused else {
                throw mistake("it is refused for another reason: \(refusal)")
            }
            return
        }
        if let refused { throw mistake("it is not refused, and should be: \(refused)") }
        if case .close = action, let id = caseID, !closedCases.contains(id) {
            throw mistake("the case is not closed by it")
        }
    }

    private mutating func handle(_ action: Scenario.Action) throws -> [NotificationEffect] {
        switch action {
        case .level(let level, let place, let since):
            return try change(to: level, place, at: since ?? now)
        case .open(let role, let kind, let place, let begins):
            placement = place ?? placement
            let node = kind == .plannedWork ? NodeID("city") : Self.node(placement)
            let opening = OpenCase(
                id: CaseID("case-\(line)"), kind: kind, node: node, source: nil, cause: "某事",
                startsAt: begins)
            return try machine.handle(.opened(opening, by: try actor(role, node)), at: now)
        case .fulfil(let role, let rule, let proof):
            return try fulfil(rule, by: role, proof)
        case .declare(let role, let declaration, let proof):
            let id = try current()
            guard let known = profile.declarations.first(where: { $0.id == declaration }) else {
                throw mistake("the profile knows no declaration \(declaration)")
            }
            return try machine.handle(
                .declared(id, declaration, try values(proof, of: known.proof), by: try actor(role)),
                at: now)
        case .confirm(let role):
            let last = notices.last { $0.caseID == caseID && $0.roles.contains(role) }
            guard let last else {
                throw mistake("\(role) was told nothing that could be confirmed")
            }
            return try machine.handle(.confirmed(last.id, by: role.text), at: now)
        case .registerClearing(let role):
            return try machine.handle(.cleared(try current(), by: try actor(role)), at: now)
        case .close(let role):
            return try machine.handle(.closed(try current(), by: try actor(role)), at: now)
        case .stopReceipts:
            hasReceipts = false
            return []
        }
    }

    private mutating func change(
        to new: WarningLevel, _ place: Placement?, at changedAt: Instant
    ) throws -> [NotificationEffect] {
        level = new
        placement = place ?? placement
        levelCount += 1
        var news = LevelNews.of(Self.node(placement).text, level, at: changedAt, seq: levelCount)
        // "A hazard source becomes blue" by an alarm; "it becomes blue" when no alarm is left.
        if place != nil, level == .blue { news.causes[0].state = .high }
        return try machine.handle(.levelChanged(news), at: now)
    }

    private mutating func fulfil(
        _ rule: RuleID, by role: RoleID, _ proof: [String]
    ) throws -> [NotificationEffect] {
        let id = try current()
        guard let known = profile.obligation(rule) else {
            throw mistake("the profile knows no obligation \(rule)")
        }
        let runs = machine.openCase(id)?.docket.runs.filter { $0.rule == rule } ?? []
        let run = runs.first { $0.owner == role } ?? runs.first
        return try machine.handle(
            .fulfilled(
                id, obligation: run?.number ?? 0, try values(proof, of: known.proof),
                by: try actor(role)), at: now)
    }

    /// A value for each part that is said; the whole proof that the rule asks for, and no more.
    private func values(_ parts: [String], of rule: [ProofPart]) throws -> [ProofValue] {
        try parts.map { part in
            guard let known = rule.first(where: { $0.id == part }) else {
                let all = rule.map(\.id).joined(separator: ", ")
                throw mistake("nobody asks for `\(part)`; the proof is: \(all)")
            }
            switch known.form {
            case .instant: return ProofValue(part: part, text: "\(now.unixMilliseconds)")
            case .yesOrNo: return ProofValue(part: part, text: "yes")
            case .text, .name: return ProofValue(part: part, text: "已办理")
            }
        }
    }

    private func current() throws -> CaseID {
        guard let caseID else { throw mistake("no case was opened so far") }
        return caseID
    }

    static func node(_ placement: Placement) -> NodeID {
        switch placement {
        case .inPark: NodeID("park-works")
        case .outsidePark: NodeID("county-works")
        case .cityManaged: NodeID("city-works")
        }
    }

    /// Who acts in a role: its body, or the body or enterprise whose person holds it.
    private func actor(_ role: RoleID, _ at: NodeID? = nil) throws -> Actor {
        let node = at ?? Self.node(placement)
        let found: NodeID?
        switch profile.role(role)?.holder {
        case .person: found = node
        case .post(_, let kinds), .body(let kinds):
            found = machine.tree.body(of: node, kinds: kinds)?.id
        case .under, nil: found = nil
        }
        guard let found else { throw mistake("nobody fills the role \(role) here") }
        return Actor(subject: role.text, node: found)
    }

    private func reason(_ refusal: NotificationRefusal) -> Scenario.Reason? {
        switch refusal {
        case .notYours: .notTheirs
        case .notCleared: .notOver
        case .notOwed, .unknownDeclaration, .unknownCase: .notOwed
        case .badCase: .onlyByHappening
        case .tooLate: .tooLate
        case .proofLacks(let parts): .without(parts.map(\.id))
        case .stillDemanded(let id, _):
            .stillOwed(
                machine.openCase(id)?.docket.demanded(by: profile).map(\.rule).sorted() ?? [])
        case .unknownNotice, .unknownReceipt, .receiptTooEarly, .neverArrived, .caseExists,
            .unknownNode, .unknownSource, .versionInUse, .badProof, .missingYear, .unknownReply,
            .otherRound, .keyInUse:
            nil
        }
    }

    // MARK: What was claimed

    mutating func claim(_ rule: RuleID) {
        evidence.claimed[rule.text, default: []].insert(now)
    }

    mutating func claim(told roles: [RoleID], at level: WarningLevel) {
        evidence.told.insert(.init(level: level, roles: Set(roles.map(\.text))))
    }

    mutating func claim(pursuer: RoleID, at level: WarningLevel) {
        evidence.told.insert(.init(level: level, roles: ["pursued by \(pursuer)"]))
    }
}

/// What a scenario has shown to be so.
struct Evidence: Sendable {
    /// Who is told, or who pursues, at a level.
    struct Told: Hashable, Sendable {
        var level: WarningLevel
        var roles: Set<String>
    }

    /// When something was claimed of an obligation.
    var claimed: [String: Set<Instant>] = [:]
    /// When obligations opened later than they began, and when they fell due.
    var opens: [String: Set<Instant>] = [:]
    var dues: [String: Set<Instant>] = [:]
    var declared: [String] = []
    var told: Set<Told> = []
}
