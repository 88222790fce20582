/// What a journal entry says happened; the text before the dot names the service.
///
/// A kind that is not here comes from a newer service, and a follower passes over it.
package enum JournalKind: String, CaseIterable, Sendable {
    case nodePut = "ingest.node_put"
    case enterprisePut = "ingest.enterprise_put"
    case hazardSourcePut = "ingest.hazard_source_put"
    case devicePut = "ingest.device_put"
    case pointPut = "ingest.point_put"
    case personPut = "ingest.person_put"
    case officerPut = "ingest.officer_put"
    case gatewayPut = "ingest.gateway_put"
    case objectPut = "ingest.object_put"
    case cameraPut = "ingest.camera_put"
    /// What was changed of an entry that was there, or that it was removed.
    case entryRecorded = "ingest.entry_recorded"
    /// A request to change an entry was proposed or reviewed.
    case changeRequested = "ingest.change_requested"
    /// After all entries of one import.
    case registryImported = "ingest.registry_imported"
    /// A camera went online or offline, for another reason, or with another picture.
    case cameraChanged = "ingest.camera_changed"
    /// A commitment was sent or corrected.
    case commitmentFiled = "ingest.commitment_filed"
    /// A commitment was not there by its time.
    case commitmentMissed = "ingest.commitment_missed"
    /// A body dealt with a missed commitment.
    case commitmentHandled = "ingest.commitment_handled"
    /// An authority to sign commitments was filed or taken back.
    case delegationChanged = "ingest.delegation_changed"
    /// An outage was filed, verified, extended, or has begun or ended.
    case filingChanged = "ingest.filing_changed"
    /// Something went online, offline, or out of service by a filing.
    case presenceChanged = "ingest.presence_changed"
    /// Something is wrong with accessed data.
    case findingOpened = "ingest.finding_opened"
    /// More is known of it, or something was done about it.
    case findingChanged = "ingest.finding_changed"
    /// It is over: it went, or somebody verified that it is right.
    case findingClosed = "ingest.finding_closed"
    /// Something was cleaned, with a photograph.
    case cleaningCheckedIn = "ingest.cleaning_checked_in"
    /// Nobody said in time that it was cleaned.
    case cleaningMissed = "ingest.cleaning_missed"
    /// The link of a lower platform was begun, took part of its registry, or was forgotten.
    case linkChanged = "ingest.link_changed"

    case alarmRaised = "risk.alarm_raised"
    case alarmChanged = "risk.alarm_changed"
    case alarmCleared = "risk.alarm_cleared"
    /// It stood when its point was removed from the registry.
    case alarmRemoved = "risk.alarm_removed"
    case levelChanged = "risk.level_changed"

    case caseOpened = "notification.case_opened"
    case caseLevelChanged = "notification.case_level_changed"
    case caseCleared = "notification.case_cleared"
    case caseClosed = "notification.case_closed"
    case obligationChanged = "notification.obligation_changed"
    case documentDrafted = "notification.document_drafted"
    case documentIssued = "notification.document_issued"
    case declared = "notification.declared"
    case profileAdopted = "notification.profile_adopted"
    case noticeQueued = "notification.notice_queued"
    case noticeDelivery = "notification.notice_delivery"

    /// The full protobuf name of the message that the body is.
    package var messageName: String {
        switch self {
        case .nodePut: IngestV1.Node.messageName
        case .enterprisePut: IngestV1.Enterprise.messageName
        case .hazardSourcePut: IngestV1.HazardSource.messageName
        case .devicePut: IngestV1.Device.messageName
        case .pointPut: IngestV1.Point.messageName
        case .personPut: IngestV1.Person.messageName
        case .officerPut: IngestV1.Officer.messageName
        case .gatewayPut: IngestV1.Gateway.messageName
        case .objectPut: IngestV1.Object.messageName
        case .cameraPut: IngestV1.Camera.messageName
        case .entryRecorded: IngestV1.EntryRecord.messageName
        case .changeRequested: IngestV1.Change.messageName
        case .registryImported: IngestV1.ImportResponse.messageName
        case .cameraChanged: IngestV1.CameraChange.messageName
        case .commitmentFiled: IngestV1.Commitment.messageName
        case .commitmentMissed, .commitmentHandled: IngestV1.MissedCommitment.messageName
        case .delegationChanged: IngestV1.Delegation.messageName
        case .filingChanged: IngestV1.Filing.messageName
        case .presenceChanged: IngestV1.PresenceChange.messageName
        case .findingOpened, .findingChanged, .findingClosed: IngestV1.Finding.messageName
        case .cleaningCheckedIn, .cleaningMissed: IngestV1.Cleaning.messageName
        case .alarmRaised, .alarmChanged, .alarmCleared, .alarmRemoved:
            RiskV1.Alarm.messageName
        case .linkChanged: IngestV1.LinkChange.messageName
        case .levelChanged: RiskV1.Warning.messageName
        case .caseOpened, .caseLevelChanged, .caseCleared, .caseClosed:
            NotificationV1.Case.messageName
        case .obligationChanged: NotificationV1.Obligation.messageName
        case .documentDrafted, .documentIssued: NotificationV1.Document.messageName
        case .declared: NotificationV1.Declaration.messageName
        case .profileAdopted: NotificationV1.ProfileAdopted.messageName
        case .noticeQueued, .noticeDelivery: NotificationV1.Notice.messageName
        }
    }
}
