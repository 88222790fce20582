import Contracts
import Domain

/// Says in one line what a journal entry decided, in Chinese and plain English.
enum JournalText {
    /// The line of an entry: when, which, what.
    static func line(_ entry: JournalV1.Entry, zone: Zone) -> String {
        let at = TimeText.precise(Instant(unixMilliseconds: entry.atUnixMs), zone)
        let service = entry.kind.prefix { $0 != "." }
        return "\(at)  \(service) #\(entry.seq)  \(what(entry))".printable
    }

    /// What was decided, without when.
    static func what(_ entry: JournalV1.Entry) -> String {
        guard let kind = JournalKind(rawValue: entry.kind),
            let record = try? JournalRecord(kind: kind, body: entry.body)
        else { return "\(entry.kind)  \(entry.subject)" }
        switch record {
        case .nodePut(let node): return registered("组织机构 node", node.id, node.name)
        case .enterprisePut(let one): return registered("企业 enterprise", one.id, one.name)
        case .hazardSourcePut(let source):
            return registered("重大危险源 hazard source", source.id, source.name)
        case .devicePut(let device): return registered("设备 device", device.id, device.name)
        case .pointPut(let point): return registered("点位 point", point.id, point.name)
        case .personPut(let person): return registered("责任人 person", person.id, person.name)
        case .officerPut(let officer):
            return registered("人员岗位 officer", officer.id, "\(officer.name) \(officer.post)")
        case .gatewayPut(let gateway): return registered("网关 gateway", gateway.id, gateway.name)
        case .objectPut(let object):
            return registered("监控对象 object", object.id, "\(object.name) \(object.kind)")
        case .cameraPut(let camera): return registered("摄像头 camera", camera.id, camera.name)
        case .entryRecorded(let one):
            let what = one.isRemoval ? "移除 removed" : "变更 changed"
            return registered(what, one.change?.id ?? "", "\(one.by) \(one.reason)")
        case .changeRequested(let one):
            return registered("变更申请 request \(one.state)", one.id, one.entryID)
        case .registryImported(let summary):
            return "登记 registry imported: \(summary.added) added, \(summary.changed) changed, "
                + "\(summary.unchanged) unchanged"
        case .cameraChanged(let one):
            let why = one.cause.isEmpty ? one.picture : one.cause
            return "视频 camera \(one.state): \(one.cameraID)  \(why)"
        case .commitmentFiled(let one): return one.journalLine
        case .commitmentMissed(let one):
            return "未承诺 commitment missed: \(one.enterpriseID) \(one.day)  [\(one.clause)]"
        case .commitmentHandled(let one):
            return "承诺处置 commitment handled: \(one.enterpriseID) \(one.day) "
                + (one.handlings.last?.measure ?? "")
        case .delegationChanged(let one): return one.journalLine
        case .filingChanged(let one): return one.journalLine
        case .presenceChanged(let one): return one.journalLine
        case .findingOpened(let one), .findingChanged(let one), .findingClosed(let one):
            return one.journalLine
        case .cleaningCheckedIn(let one), .cleaningMissed(let one): return one.journalLine
        case .linkChanged(let one): return one.journalLine
        case .alarmRaised(let alarm): return self.alarm("报警 alarm", alarm, alarm.startReading)
        case .alarmChanged(let alarm):
            return self.alarm("报警变化 alarm changed", alarm, alarm.changedReading)
        case .alarmCleared(let alarm):
            return self.alarm("消警 alarm cleared", alarm, alarm.changedReading)
        case .alarmRemoved(let alarm):
            return self.alarm("点位拆除 alarm ended, point removed", alarm, alarm.changedReading)
        case .levelChanged(let warning): return level(warning)
        case .caseOpened(let one): return self.case("预警处置开始 case opened", one)
        case .caseLevelChanged(let one): return self.case("预警处置改级 case level", one)
        case .caseCleared(let one): return self.case("消警 case cleared", one)
        case .caseClosed(let one): return self.case("闭环 case closed", one)
        case .obligationChanged(let obligation): return self.obligation(obligation)
        case .documentDrafted(let document): return self.document("草稿 draft", document)
        case .documentIssued(let document): return self.document("发出 issued", document)
        case .declared(let one):
            return "申报 declared  \(one.title) (\(one.declaration)) by \(one.by)  [\(one.clause)]"
        case .profileAdopted(let profile): return "规则 rules in use: \(profile.profile)"
        case .noticeQueued(let notice): return self.notice(notice)
        case .noticeDelivery(let notice): return delivery(notice)
        }
    }

    private static func registered(_ what: String, _ id: String, _ name: String) -> String {
        "登记 registry: \(what) \(id) \(name)"
    }

    private static func alarm(
        _ what: String, _ alarm: RiskV1.Alarm, _ reading: CommonV1.Reading?
    ) -> String {
        let name = alarm.pointName.isEmpty ? alarm.pointID : alarm.pointName
        let place = [alarm.deviceName, name].filter { !$0.isEmpty }.joined(separator: " ")
        let value = reading.map { number($0.value) + " " + alarm.unit } ?? ""
        let state = (try? LimitState(alarm.currentState)) ?? .normal
        // The limit in force is known for the worst state only.
        let limit =
            state.severity > 0 && alarm.currentState == alarm.worstState
            ? " (\(state.sign) \(number(alarm.worstLimit)))"
            : state.severity > 0 ? " (\(state.sign))" : ""
        return "\(what)  \(place) \(value)\(limit)"
    }

    private static func level(_ warning: RiskV1.Warning) -> String {
        let cause = warning.causes.first.map { "  " + $0.deviceName + $0.pointName } ?? ""
        return "\(mark(warning.level)) 预警 level  \(warning.enterpriseName) "
            + "\(warning.hazardSourceName): \(name(warning.previousLevel)) → "
            + "\(name(warning.level))\(cause)  [\(warning.clause)]"
    }

    private static func `case`(_ what: String, _ one: NotificationV1.Case) -> String {
        "\(mark(one.level)) \(what) \(one.id)  \(one.enterpriseName) \(one.hazardSourceName): "
            + name(one.level)
    }

    private static func obligation(_ one: NotificationV1.Obligation) -> String {
        let owner = one.owner.isEmpty ? "system" : one.owner
        return "\(mark(one.level)) 事项 obligation \(state(one.state))  \(one.title) → \(owner)  "
            + "[\(one.clause)]"
    }

    static func state(_ state: NotificationV1.ObligationState) -> String {
        switch state {
        case .open: "待办 open"
        case .met: "按时 met"
        case .late: "迟办 late"
        case .missed: "逾期 missed"
        case .excused: "免除 excused"
        case .superseded: "被取代 superseded"
        case .ended: "未办 ended"
        default: "?"
        }
    }

    private static func document(_ what: String, _ one: NotificationV1.Document) -> String {
        "文书 \(one.kind) \(what) \(one.serial)  \(one.issuer) → "
            + "\(one.addressees.joined(separator: "、"))  [\(one.clause)]"
    }

    private static func notice(_ notice: NotificationV1.Notice) -> String {
        let what =
            switch notice.reason {
            case .levelRaised: "预警通知 notice"
            case .levelLowered: "降级通知 notice of downgrade"
            case .closed: "解除通知 notice of end"
            case .circular: "警示通报 circular \(notice.circularNumber)"
            case .document: "文书通知 document"
            case .obligation: "事项通知 task"
            case .event: "告知 notice"
            default: "通知 notice"
            }
        return "\(mark(notice.level)) \(what) → \(recipient(notice)) by \(notice.channel)  "
            + "[\(notice.clause)]"
    }

    private static func delivery(_ notice: NotificationV1.Notice) -> String {
        let state = (try? Delivery(notice.state)).map(Self.delivery) ?? "?"
        let said = notice.channelMessage.isEmpty ? "" : ": \(notice.channelMessage)"
        return "送达 \(state) → \(recipient(notice)) by \(notice.channel)\(said)"
    }

    private static func delivery(_ delivery: Delivery) -> String {
        switch delivery {
        case .queued: "待发 queued"
        case .sent: "已发 sent"
        case .unknown: "不明 unknown"
        case .delivered: "已达 delivered"
        case .seen: "已阅 seen"
        case .confirmed: "已签收 confirmed"
        case .failed: "失败 failed"
        case .merged: "并入 merged into a later one"
        }
    }

    private static func recipient(_ notice: NotificationV1.Notice) -> String {
        notice.personName.isEmpty
            ? notice.nodeName : "\(notice.personName) (\(notice.role))"
    }

    /// Colour is never the only sign: each level has a shape and a word.
    private static func mark(_ level: CommonV1.WarningLevel) -> String {
        switch try? WarningLevel(level) {
        case .red: "◆"
        case .orange: "▲"
        case .yellow: "●"
        case .blue: "■"
        case nil: "?"
        }
    }

    private static func name(_ level: CommonV1.WarningLevel) -> String {
        (try? WarningLevel(level)).map { $0.colour + " " + $0.rawValue } ?? "?"
    }

    private static func number(_ value: Double) -> String {
        Cell.number(value).text(zone: .beijing)
    }
}

extension Record {
    /// A journal entry with its body, as far as this version knows its kind.
    init(_ entry: JournalV1.Entry) {
        let kind = JournalKind(rawValue: entry.kind)
        let body = kind.flatMap { try? JournalRecord(kind: $0, body: entry.body) }
        self.init([
            Field("seq", "seq", .position(entry.seq)),
            Field("at", "at", .at(entry.atUnixMs)),
            Field("kind", "kind", .text(entry.kind)),
            Field("subject", "subject", .text(entry.subject)),
            Field("node_id", "node", .text(entry.nodeID)),
            Field("text", "text", .text(JournalText.what(entry))),
            Field("body", nil, .record(body.map(Record.init))),
            Field("hash", nil, .text(entry.hash.map(hexadecimal).joined())),
        ])
    }

    private init(_ record: JournalRecord) {
        switch record {
        case .alarmRaised(let alarm), .alarmChanged(let alarm), .alarmCleared(let alarm),
            .alarmRemoved(let alarm):
            self.init(alarm)
        case .levelChanged(let warning): self.init(warning)
        case .caseOpened(let one), .caseLevelChanged(let one), .caseCleared(let one),
            .caseClosed(let one):
            self.init(one)
        case .obligationChanged(let obligation): self.init(obligation)
        case .documentDrafted(let document), .documentIssued(let document): self.init(document)
        case .declared(let declaration): self.init(declaration)
        case .profileAdopted(let profile): self.init(id: profile.profile, name: profile.title)
        case .noticeQueued(let notice), .noticeDelivery(let notice): self.init(notice)
        case .nodePut(let node): self.init(id: node.id, name: node.name)
        case .enterprisePut(let one): self.init(id: one.id, name: one.name)
        case .hazardSourcePut(let source): self.init(id: source.id, name: source.name)
        case .devicePut(let device): self.init(id: device.id, name: device.name)
        case .pointPut(let point): self.init(id: point.id, name: point.name)
        case .personPut(let person): self.init(id: person.id, name: person.name)
        case .officerPut(let officer): self.init(id: officer.id, name: officer.name)
        case .gatewayPut(let gateway): self.init(id: gateway.id, name: gateway.name)
        case .objectPut(let object): self.init(id: object.id, name: object.name)
        case .cameraPut(let camera): self.init(id: camera.id, name: camera.name)
        case .entryRecorded(let one):
            self.init(id: one.change?.id ?? "", name: one.change?.name ?? "")
        case .changeRequested(let one): self = one.record
        case .cameraChanged(let one): self = one.record
        case .commitmentFiled(let one): self = one.record
        case .commitmentMissed(let one), .commitmentHandled(let one): self = one.record
        case .delegationChanged(let one): self = one.record
        case .filingChanged(let one): self = one.record
        case .presenceChanged(let one): self = one.record
        case .findingOpened(let one), .findingChanged(let one), .findingClosed(let one):
            self = one.record
        case .cleaningCheckedIn(let one), .cleaningMissed(let one): self = one.record
        case .linkChanged(let one): self = one.record
        case .registryImported(let summary):
            self.init([
                Field("added", "added", .count(Int64(summary.added))),
                Field("changed", "changed", .count(Int64(summary.changed))),
                Field("unchanged", "unchanged", .count(Int64(summary.unchanged))),
            ])
        }
    }

    private init(id: String, name: String) {
        self.init([Field("id", "id", .text(id)), Field("name", "name", .text(name))])
    }
}

private func hexadecimal(_ byte: UInt8) -> String {
    String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
}
