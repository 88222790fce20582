import Contracts
import Domain

/// What happened, as a regulator could sign it: one line each, in the order of deciding.
struct Story {
    private var lines: [String] = []
    private var toldTexts: Set<String> = []

    /// The story that the journals of risk and notification tell; deliveries are left out, as they
    /// depend on the providers and not on the rules.
    static func text(risk: [JournalV1.Entry], notification: [JournalV1.Entry]) throws -> String {
        var story = Story()
        // Journals are ordered each; at one instant risk decides first, and a circular that falls
        // due then was decided before it could hear of it.
        let entries = risk.map { ($0, 0) } + notification.map { ($0, 1) }
        let sorted = entries.enumerated().sorted {
            ($0.element.0.atUnixMs, $0.element.1, $0.offset)
                < ($1.element.0.atUnixMs, $1.element.1, $1.offset)
        }
        for (entry, _) in sorted.map(\.element) { try story.tell(entry) }
        return story.lines.joined(separator: "\n") + "\n"
    }

    private mutating func tell(_ entry: JournalV1.Entry) throws {
        guard let kind = JournalKind(rawValue: entry.kind) else {
            return add(entry, "未知 " + entry.kind)
        }
        switch try JournalRecord(kind: kind, body: entry.body) {
        case .alarmRaised(let alarm): add(entry, "报警", alarm, alarm.startReading)
        case .alarmChanged(let alarm): add(entry, "报警变化", alarm, alarm.changedReading)
        case .alarmCleared(let alarm): add(entry, "消警", alarm, alarm.changedReading)
        case .alarmRemoved(let alarm): add(entry, "点位拆除", alarm, alarm.changedReading)
        case .levelChanged(let warning):
            let levels = "\(try colour(warning.previousLevel)) → \(try colour(warning.level))"
            let place = warning.enterpriseName + " " + warning.hazardSourceName
            add(entry, "预警  \(place)  \(levels)  （\(warning.clause)）")
        case .caseOpened(let one): add(entry, "开始处置  \(one.id)  办法 \(one.profile)")
        case .caseLevelChanged(let one): add(entry, "处置改级  \(one.id)  \(try colour(one.level))")
        case .caseCleared(let one): add(entry, "消警  \(one.id)")
        case .caseClosed(let one): add(entry, "闭环  \(one.id)")
        case .obligationChanged(let one): try tell(one, entry)
        case .documentDrafted(let one): add(entry, "文书草稿  \(one.kind)  → \(to(one))")
        case .documentIssued(let one): add(entry, "文书  \(one.serial)  → \(to(one))")
        case .declared(let one): add(entry, "申报  \(one.title)  \(one.by)  （\(one.clause)）")
        case .noticeQueued(let notice): try tell(notice, entry)
        case .noticeDelivery, .profileAdopted, .nodePut, .enterprisePut, .hazardSourcePut,
            .devicePut, .pointPut, .personPut, .officerPut, .gatewayPut, .objectPut, .cameraPut,
            .entryRecorded, .changeRequested, .registryImported, .cameraChanged, .commitmentFiled,
            .commitmentMissed, .commitmentHandled, .delegationChanged, .filingChanged,
            .presenceChanged, .findingOpened, .findingChanged, .findingClosed,
            .cleaningCheckedIn, .cleaningMissed, .linkChanged:
            break
        }
    }

    /// What somebody owes, and what became of it; what the system does stands in its notices.
    private mutating func tell(
        _ one: NotificationV1.Obligation, _ entry: JournalV1.Entry
    ) throws {
        guard !one.ownerRole.isEmpty else { return }
        let word =
            switch one.state {
            case .open: "应办"
            case .met: "办结"
            case .late: "迟办"
            case .missed: "逾期"
            case .excused: "免除"
            case .superseded: "被取代"
            case .ended: "未办"
            default: "?"
            }
        let due =
            one.dueAtUnixMs == 0 || one.state != .open
            ? "" : "  时限\(Zone.beijing.local(Instant(unixMilliseconds: one.dueAtUnixMs)).text)"
        add(entry, "\(word)  \(one.title)  \(one.owner)\(due)  （\(one.clause)）")
    }

    private func to(_ document: NotificationV1.Document) -> String {
        document.addressees.joined(separator: "、")
    }

    private mutating func tell(
        _ notice: NotificationV1.Notice, _ entry: JournalV1.Entry
    ) throws {
        let what =
            switch notice.reason {
            case .levelRaised: "预警通知"
            case .levelLowered: "降级通知"
            case .closed: "解除通知"
            case .circular: "警示通报·\(try colour(notice.level))色第\(notice.circularNumber)次"
            case .document: "文书通知"
            case .obligation: "事项通知"
            case .event: "告知"
            default: "通知"
            }
        let to = notice.personName.isEmpty ? notice.nodeName : notice.personName
        add(entry, "\(what)  → \(to)（\(notice.role)，\(notice.channel)）  （\(notice.clause)）")
        // A text is told once; of circulars the first, as the others differ in number and time.
        let isNew = notice.circularNumber <= 1 && toldTexts.insert(notice.text).inserted
        if isNew { lines.append("                     「\(notice.text)」") }
    }

    private mutating func add(
        _ entry: JournalV1.Entry, _ what: String, _ alarm: RiskV1.Alarm,
        _ reading: CommonV1.Reading?
    ) {
        let sign = (try? LimitState(alarm.currentState))?.sign ?? "?"
        let value = reading.map { "\($0.value)" } ?? "?"
        add(
            entry,
            "\(what)  \(alarm.deviceName) \(alarm.pointName)  \(value) \(alarm.unit)  \(sign)")
    }

    private mutating func add(_ entry: JournalV1.Entry, _ text: String) {
        let at = Zone.beijing.local(Instant(unixMilliseconds: entry.atUnixMs))
        // Anything off the second is a mistake worth seeing.
        let rest = at.millisecond == 0 ? "" : " +\(at.millisecond) ms"
        lines.append("\(at.text)\(rest)  \(text)")
    }

    private func colour(_ level: CommonV1.WarningLevel) throws -> String {
        try WarningLevel(level).colour
    }
}
