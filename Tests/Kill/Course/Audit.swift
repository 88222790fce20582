import Contracts
import Domain
import Policy

/// Compares what is on record with what must be, by the plainest means.
struct Audit {
    let records: Records
    let profile: PolicyProfile
    private(set) var mistakes: [String] = []
    private(set) var figures = KillReport()
    /// How late each thing was that time alone brings about, and when it was due and decided.
    private(set) var fired: [(due: Int64, at: Int64)] = []
    /// Which roles were told of a level, by case and time.
    private var told: [String: [String]] = [:]
    private var models: [String: DutyModel] = [:]
    private var streaks: [String: DutyModel.Streaks] = [:]

    init(_ records: Records, _ profile: PolicyProfile) {
        (self.records, self.profile) = (records, profile)
        for entry in records.entries {
            guard case .queued(let notice) = entry.line,
                [.levelRaised, .levelLowered].contains(notice.reason)
            else { continue }
            let key = "\(notice.caseID) \(entry.at) \(notice.level.rawValue)"
            told[key, default: []].append(notice.role)
        }
    }

    private mutating func require(_ isSo: Bool, _ complaint: @autoclosure () -> String) {
        if !isSo { mistakes.append(complaint()) }
    }

    private mutating func attempt(_ body: (inout Audit) throws(KillRun.Failure) -> Void) {
        do throws(KillRun.Failure) {
            try body(&self)
        } catch {
            mistakes.append(error.description)
        }
    }

    // MARK: Levels and obligations

    /// Every change of a level has moved its case, and every obligation that follows is there once.
    mutating func checkCases() {
        var changes = Dictionary(grouping: records.changes, by: \.source)
        var current: [String: String] = [:]
        figures.changes = records.changes.count
        for entry in records.entries {
            switch entry.line {
            case .opened(let one), .moved(let one):
                let isNew = current[one.hazardSourceID] == nil
                guard let change = next(of: one, isNew: isNew, &changes) else { continue }
                current[one.hazardSourceID] = one.id
                take(change, one, isNew: isNew, at: entry.at)
            case .cleared(let one):
                current[one.hazardSourceID] = nil
                with(one.id) { model, streaks throws(KillRun.Failure) in
                    try model.checkNothingIsMissing()
                    model.apply(.cleared, at: entry.at, &streaks)
                }
            case .closed(let one):
                figures.closed += 1
                with(one.id) { model, _ throws(KillRun.Failure) in
                    try model.checkNothingWaits()
                    guard model.runs.isEmpty else {
                        let left = model.runs.map { "#\($0.number) \($0.rule.id) \($0.state)" }
                        throw KillRun.Failure("\(one.id) was closed with duties left: \(left)")
                    }
                }
            case .declared(let one):
                with(one.caseID) { model, streaks throws(KillRun.Failure) in
                    try model.checkNothingIsMissing()
                    model.apply(.declared(.init(one.declaration)), at: entry.at, &streaks)
                }
            case .obligation(let one):
                figures.obligations += 1
                var due: Int64?
                with(one.caseID) { model, streaks throws(KillRun.Failure) in
                    due = try model.see(one, at: entry.at, &streaks)
                }
                if let due { fired.append((due, entry.at)) }
            case .drafted, .issued, .queued, .delivery: break
            }
        }
        for (source, rest) in changes.sorted(by: { $0.key < $1.key }) {
            let isSilent = current[source] == nil && rest.allSatisfy { $0.level == .blue }
            require(rest.isEmpty || isSilent, "\(rest.count) levels of \(source) moved no case")
        }
        for id in models.keys.sorted() {
            with(id) { model, _ throws(KillRun.Failure) in try model.checkNothingWaits() }
        }
        figures.cases = models.count
    }

    /// The change that the next line about a source must be of.
    private mutating func next(
        of one: NotificationV1.Case, isNew: Bool, _ changes: inout [String: [Records.Change]]
    ) -> Records.Change? {
        let source = one.hazardSourceID
        while isNew, changes[source]?.first?.level == .blue { changes[source]?.removeFirst() }
        guard let change = changes[source]?.first else {
            mistakes.append("case \(one.id) moved with no change of its level")
            return nil
        }
        changes[source]?.removeFirst()
        require(
            CommonV1.WarningLevel(change.level) == one.level,
            "case \(one.id) has another level than risk's entry \(change.seq)")
        require(
            !isNew || one.id == "\(source)-\(change.seq)",
            "case \(one.id) was opened by risk's entry \(change.seq)")
        return change
    }

    private mutating func take(
        _ change: Records.Change, _ one: NotificationV1.Case, isNew: Bool, at decidedAt: Int64
    ) {
        let placement = KillPlant.placement(of: one.enterpriseID)
        if isNew {
            require(models[one.id] == nil, "case \(one.id) was opened twice")
            models[one.id] = DutyModel(one.id, profile, placement)
        }
        with(one.id) { model, streaks throws(KillRun.Failure) in
            try model.checkNothingIsMissing()
            if isNew {
                model.open(change, decidedAt: decidedAt, &streaks)
            } else {
                model.move(change, decidedAt: decidedAt, &streaks)
            }
        }
        let told = told["\(one.id) \(decidedAt) \(one.level.rawValue)"] ?? []
        let named = profile.recipients(at: change.level, placement)?.roles.map(\.text) ?? []
        for role in named {
            require(
                told.count { $0 == role } == 1,
                "\(role) was told \(told.count { $0 == role }) times of \(one.id) at "
                    + "\(change.level)")
        }
    }

    private mutating func with(
        _ id: String,
        _ body: (inout DutyModel, inout DutyModel.Streaks) throws(KillRun.Failure) -> Void
    ) {
        attempt { (audit) throws(KillRun.Failure) in
            guard var model = audit.models.removeValue(forKey: id) else {
                throw KillRun.Failure("\(id) is on record and was never opened")
            }
            let enterprise = String(id.prefix { $0 != "-" })
            var streaks = audit.streaks[enterprise] ?? [:]
            defer {
                audit.models[id] = model
                audit.streaks[enterprise] = streaks
            }
            try body(&model, &streaks)
        }
    }

    // MARK: Documents

    /// The numbers of documents run from 1, by issuer and kind, without a gap and without a double.
    mutating func checkSerials() {
        var numbers: [String: [Int]] = [:]
        var ids: Set<String> = []
        for entry in records.entries {
            guard case .issued(let one) = entry.line else { continue }
            figures.documents += 1
            require(ids.insert(one.id).inserted, "document \(one.id) was issued twice")
            let digits = one.serial.drop { $0 != "〕" }.filter(\.isWholeNumber)
            numbers["\(one.issuerNodeID) \(one.kind)", default: []].append(Int(digits) ?? 0)
        }
        for (name, all) in numbers.sorted(by: { $0.key < $1.key }) {
            require(all == Array(1...all.count), "documents of \(name) are numbered \(all)")
        }
    }

    // MARK: What people did

    /// What was acknowledged is on record.
    mutating func checkDeeds(_ deeds: [Acknowledged]) {
        figures.deeds = deeds.count
        var proofs: Set<String> = []
        var over: Set<String> = []
        for entry in records.entries {
            switch entry.line {
            case .obligation(let one) where [.met, .late].contains(one.state):
                for value in one.proof {
                    proofs.insert("\(one.caseID)#\(one.number) \(value.text)")
                }
            case .declared(let one):
                for value in one.proof {
                    proofs.insert("\(one.caseID) \(one.declaration) \(value.text)")
                }
            case .cleared(let one): over.insert("cleared \(one.id)")
            case .closed(let one): over.insert("closed \(one.id)")
            case _: break
            }
        }
        for one in deeds {
            switch one.deed {
            case .fulfilled(let number, let mark):
                require(
                    proofs.contains("\(one.caseID)#\(number) \(mark)"),
                    "\(mark): what was done of \(one.caseID)#\(number) is lost")
            case .declared(let declaration, let mark):
                require(
                    proofs.contains("\(one.caseID) \(declaration) \(mark)"),
                    "\(mark): a declaration in \(one.caseID) is lost")
            case .cleared:
                require(over.contains("cleared \(one.caseID)"), "clearing \(one.caseID) is lost")
            case .closed:
                require(over.contains("closed \(one.caseID)"), "closing \(one.caseID) is lost")
            }
        }
    }

    mutating func complain(_ text: String) { mistakes.append(text) }
    mutating func put(_ body: (inout KillReport) -> Void) { body(&figures) }
}
