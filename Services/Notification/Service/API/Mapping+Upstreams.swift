package import Contracts
import Domain
package import NotificationCore
import Policy

extension RegistryFact {
    /// What an entry of ingest's journal says of the registry; nil if no copy of it is needed.
    package init?(_ entry: JournalV1.Entry) throws {
        // A kind that is not known comes from a newer service.
        guard let kind = JournalKind(rawValue: entry.kind) else { return nil }
        switch try JournalRecord(kind: kind, body: entry.body) {
        case .nodePut(let node): self = .node(try .init(node))
        case .enterprisePut(let enterprise): self = .enterprise(try .init(enterprise))
        case .hazardSourcePut(let source):
            self = .source(
                .init(
                    id: HazardSourceID(source.id), enterprise: EnterpriseID(source.enterpriseID),
                    name: source.name))
        case .personPut(let person):
            self = .person(
                .init(
                    id: PersonID(person.id), source: HazardSourceID(person.hazardSourceID),
                    tier: try Tier(text: person.tier), name: person.name,
                    telephone: person.telephone, email: person.email,
                    verifiedOn: person.verifiedOn))
        case .officerPut(let officer):
            self = .officer(
                .init(
                    id: PersonID(officer.id), node: NodeID(officer.nodeID),
                    post: PostID(officer.post), name: officer.name, telephone: officer.telephone,
                    email: officer.email, verifiedOn: officer.verifiedOn, leftOn: officer.leftOn))
        case .devicePut, .pointPut, .gatewayPut, .objectPut, .cameraPut, .entryRecorded,
            .changeRequested, .registryImported, .cameraChanged, .commitmentFiled,
            .commitmentMissed, .commitmentHandled, .delegationChanged, .filingChanged,
            .presenceChanged, .findingOpened, .findingChanged, .findingClosed,
            .cleaningCheckedIn, .cleaningMissed, .linkChanged,
            .alarmRaised, .alarmChanged, .alarmCleared, .alarmRemoved, .levelChanged, .caseOpened,
            .caseLevelChanged, .caseCleared, .caseClosed,
            .obligationChanged, .documentDrafted, .documentIssued, .declared, .profileAdopted,
            .noticeQueued, .noticeDelivery:
            return nil
        }
    }
}

extension RegistryFact.Enterprise {
    fileprivate init(_ enterprise: IngestV1.Enterprise) throws {
        let parent = enterprise.parkID.isEmpty ? enterprise.countyID : enterprise.parkID
        self.init(
            id: EnterpriseID(enterprise.id), parent: NodeID(parent),
            placement: try Placement(text: enterprise.placement),
            name: enterprise.shortName.isEmpty ? enterprise.name : enterprise.shortName)
    }
}

extension LevelNews {
    /// What an entry of risk's journal says of a level; nil if it says nothing of one.
    package init?(_ entry: JournalV1.Entry) throws {
        guard let kind = JournalKind(rawValue: entry.kind), kind == .levelChanged else {
            return nil
        }
        let warning = try RiskV1.Warning(serialized: entry.body)
        let changedAt = Instant(unixMilliseconds: warning.changedAtUnixMs)
        self.init(
            seq: entry.seq, source: HazardSourceID(warning.hazardSourceID),
            enterprise: EnterpriseID(warning.enterpriseID),
            sourceName: warning.hazardSourceName, enterpriseName: warning.enterpriseName,
            level: try WarningLevel(warning.level),
            changedAt: changedAt, knownAt: Instant(unlessZero: warning.knownAtUnixMs) ?? changedAt,
            causes: try warning.causes.map { try Cause($0) })
    }
}

extension LevelNews.Cause {
    fileprivate init(_ alarm: RiskV1.Alarm) throws {
        let reading = alarm.changedReading ?? CommonV1.Reading()
        self.init(
            deviceName: alarm.deviceName, pointName: alarm.pointName, unit: alarm.unit,
            state: try LimitState(alarm.currentState, field: "current_state"),
            value: reading.value, limit: alarm.changedLimit,
            measuredAt: Instant(unixMilliseconds: reading.measuredAtUnixMs),
            removedAt: Instant(unlessZero: alarm.removedAtUnixMs))
    }
}
