import Contracts
import Domain
import Kernel
import Notification
import NotificationCore
import Policy

/// Looks at all that is committed, and throws at the first thing that must not be.
struct Inspector {
    /// What has become of an obligation's one repetition.
    private struct Life {
        var openedAt: Instant
        var dueAt: Instant?
        var isDueBefore: Bool
        var state: ObligationRecord.State
    }

    private let restingLevel: WarningLevel
    /// The same machine, which no kill ever touches.
    private var twin: NotificationMachine?
    private var ministry: MinistryModel?
    private var lives: [CaseID: [String: Life]] = [:]
    private var noticeCounts: [CaseID: Int] = [:]
    private var documents: Set<String> = []
    private var serials: Set<String> = []
    private var closed: Set<CaseID> = []
    /// The entries of risk's journal that have been heard, up to this one.
    private(set) var heard: UInt64 = 0

    init(profile: PolicyProfile, hasTwin: Bool) {
        restingLevel = profile.restingLevel
        twin = hasTwin ? NotificationMachine(profile: profile) : nil
        ministry = profile.id.text == "mem-2021" ? MinistryModel() : nil
    }

    /// When something falls due next by the rules themselves.
    var nextDue: Instant? { ministry?.nextDue }

    mutating func see(
        _ call: Shell<NotificationMachine>.Call, _ lines: [JournalV1.Entry]
    ) throws {
        try follow(call)
        switch call.input {
        case .refused: return
        case .wake:
            try require(!call.isStillDue, "a wake left undone what is due")
        case .event(.levelChanged(let news)):
            // Every change of a level that risk decided is heard once, as it was decided.
            let next = try lines.dropFirst(Int(heard)).first { try LevelNews($0) != nil }
            try require(
                try next.flatMap { try LevelNews($0) } == news,
                "heard of entry \(news.seq) after \(heard), and the next is \(next?.seq ?? 0)")
            heard = news.seq
        case .event: break
        }
        for effect in call.effects { try see(effect, at: call.at) }
        try ministry?.see(call)
    }

    /// A restarted machine is the one that was never stopped.
    mutating func compare(_ machine: NotificationMachine) throws {
        guard let twin else { return }
        try require(twin.openCases == machine.openCases, "cases differ after a restart")
        try require(twin.nextDue == machine.nextDue, "the next time differs after a restart")
    }

    private mutating func follow(_ call: Shell<NotificationMachine>.Call) throws {
        guard twin != nil else { return }
        var effects: [NotificationEffect] = []
        switch call.input {
        case .wake(let heard): effects = twin?.wake(at: call.at, heard: heard) ?? []
        case .event(let event): effects = try twin?.handle(event, at: call.at) ?? []
        case .refused(let event, let refusal):
            var other: NotificationRefusal?
            do throws(NotificationRefusal) {
                _ = try twin?.handle(event, at: call.at)
            } catch {
                other = error
            }
            try require(
                other == refusal,
                "refused for \(refusal), undisturbed for \(String(describing: other))")
        }
        _ = twin?.takeChanges()
        try require(
            effects == call.effects,
            "a restarted machine decides \(brief(call.effects)), undisturbed \(brief(effects))")
    }

    private func brief(_ effects: [NotificationEffect]) -> String {
        effects.prefix(6).map { String(describing: $0).prefix(160) }.joined(separator: "; ")
    }

    // MARK: One effect

    private mutating func see(_ effect: NotificationEffect, at now: Instant) throws {
        switch effect {
        case .publishNotice(let notice): try see(notice, at: now)
        case .publishObligation(let record): try see(record, at: now)
        case .publishDocument(let record): try see(record)
        case .publishCase(let one, .closed):
            closed.insert(one.id)
            lives[one.id] = nil
        case .publishCase(let one, let news):
            if news == .cleared {
                try require(
                    one.clearedAt.map { $0 >= one.openedAt } ?? false,
                    "case \(one.id) was cleared before it was opened")
            }
            try require(!closed.contains(one.id), "case \(one.id) goes on after it was closed")
        case .handOver(let notice, let attempt):
            try require(attempt == notice.attempts + 1, "attempt \(attempt) of \(notice.id)")
        case .publishDelivery, .showCase, .publishDeclaration, .publishProfile, .settleHandOver:
            break
        }
    }

    private mutating func see(_ notice: Notice, at now: Instant) throws {
        let number = noticeCounts[notice.caseID, default: 0] + 1
        try require(
            notice.number == number, "notice \(notice.id) comes as number \(number) of its case")
        noticeCounts[notice.caseID] = number
        try require(
            !notice.text.isEmpty && !notice.clause.text.isEmpty, "\(notice.id) says nothing")
        try require(!notice.roles.isEmpty, "\(notice.id) is for nobody")
        try require(notice.decidedAt == now, "\(notice.id) was decided at another time")
        try require(notice.dueAt <= now, "\(notice.id) is early")
        // Those who see the repeats of a circular beside its addressee have it told as an event.
        let mayCarry: [Bool] =
            switch notice.reason {
            case .circular, .document: [true]
            case .event: [true, false]
            case .levelRaised, .levelLowered, .closed, .obligation: [false]
            }
        try require(
            mayCarry.contains(!notice.document.isEmpty),
            "\(notice.id): reason \(notice.reason), document `\(notice.document)`")
        try require(
            (notice.reason == .circular) == (notice.circularNumber > 0),
            "\(notice.id): reason \(notice.reason), circular \(notice.circularNumber)")
    }

    private mutating func see(_ record: DocumentRecord) throws {
        guard record.issuedAt != nil else { return }
        try require(documents.insert(record.id).inserted, "document \(record.id) issued twice")
        let serial =
            "\(record.obligation == 0 ? "system" : record.issuerNode.text) \(record.serial)"
        try require(serials.insert(serial).inserted, "serial \(serial) given twice")
    }

    private mutating func see(_ record: ObligationRecord, at now: Instant) throws {
        try require(!closed.contains(record.caseID), "\(record.id) changes after its case closed")
        let place = "\(record.number).\(record.round)"
        let before = lives[record.caseID]?[place]
        lives[record.caseID, default: [:]][place] = Life(
            openedAt: record.openedAt, dueAt: record.dueAt, isDueBefore: record.isDueBefore,
            state: record.state)
        let what = "\(record.id) \(record.rule)"
        guard let before else {
            let isFirst = record.state == .open || (record.state == .met && record.owner == nil)
            try require(isFirst, "\(what) begins as \(record.state)")
            return
        }
        let isAfter: Bool =
            switch record.state {
            case .open: false
            case .met, .missed, .excused, .superseded: before.state == .open
            case .late, .ended: before.state == .missed
            }
        try require(isAfter, "\(what) is \(record.state) after \(before.state)")
        try require(
            record.openedAt == before.openedAt && record.dueAt == before.dueAt,
            "\(what) moved its times")
        try require(record.stateAt >= record.openedAt, "\(what) ended before it began")
        guard let due = record.dueAt else {
            try require(record.state != .missed, "\(what) has no time to miss")
            return
        }
        switch record.state {
        case .missed: try require(record.stateAt == due && due <= now, "\(what) missed early")
        case .late, .ended: try require(record.stateAt >= due, "\(what) ended before it was missed")
        case .met:
            let isInTime = record.stateAt < due || (record.stateAt == due && !record.isDueBefore)
            try require(isInTime, "\(what) is met after its time")
        case .open, .excused, .superseded: break
        }
    }
}
