package import Contracts
import Domain
package import RiskCore

extension RegistryFact {
    /// What an entry of ingest's journal says of the registry; nil if risk needs no copy of it.
    package init?(_ entry: JournalV1.Entry) throws {
        // A kind that is not known comes from a newer service.
        guard let kind = JournalKind(rawValue: entry.kind) else { return nil }
        switch try JournalRecord(kind: kind, body: entry.body) {
        case .nodePut(let node): self = .node(try .init(node))
        case .enterprisePut(let enterprise): self = .enterprise(.init(enterprise))
        case .hazardSourcePut(let source):
            self = .source(
                .init(
                    id: HazardSourceID(source.id), enterprise: EnterpriseID(source.enterpriseID),
                    name: source.name))
        case .devicePut(let device):
            self = .device(
                .init(
                    id: DeviceID(device.id), source: HazardSourceID(device.hazardSourceID),
                    name: device.name))
        case .pointPut(let point):
            self = .point(
                .init(
                    id: PointID(point.id), device: DeviceID(point.deviceID), name: point.name,
                    unit: point.unit, limits: point.limits.map { Limits($0) } ?? Limits()))
        case .entryRecorded(let record):
            guard record.isRemoval, let change = record.change else { return nil }
            switch change.kind {
            case "point": self = .removed(.point(PointID(change.id)))
            case "device": self = .removed(.device(DeviceID(change.id)))
            // Nothing of the others is copied.
            case _: return nil
            }
        case .personPut, .officerPut, .gatewayPut, .objectPut, .cameraPut, .changeRequested,
            .registryImported, .cameraChanged, .commitmentFiled,
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
    fileprivate init(_ enterprise: IngestV1.Enterprise) {
        let parent = enterprise.parkID.isEmpty ? enterprise.countyID : enterprise.parkID
        self.init(
            id: EnterpriseID(enterprise.id), parent: NodeID(parent), name: enterprise.name)
    }
}

extension ReadingBatch {
    /// A batch as ingest streams it; the columns are taken over as they are. Nil: a heartbeat.
    package init?(_ response: IngestV1.FollowResponse) {
        guard let columns = response.columns else { return nil }
        self.init(
            receivedAt: Instant(unixMilliseconds: response.receivedAtUnixMs),
            table: columns.pointIDs.map(PointID.init), point: columns.point,
            base: Instant(unixMilliseconds: columns.baseUnixMs),
            measuredDelta: columns.measuredDeltaMs, value: columns.value,
            quality: columns.quality)
    }
}
