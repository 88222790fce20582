package import RPC

/// A journal entry's kind with its body, decoded.
package enum JournalRecord: Sendable, Hashable {
    case nodePut(IngestV1.Node)
    case enterprisePut(IngestV1.Enterprise)
    case hazardSourcePut(IngestV1.HazardSource)
    case devicePut(IngestV1.Device)
    case pointPut(IngestV1.Point)
    case personPut(IngestV1.Person)
    case officerPut(IngestV1.Officer)
    case gatewayPut(IngestV1.Gateway)
    case objectPut(IngestV1.Object)
    case cameraPut(IngestV1.Camera)
    case entryRecorded(IngestV1.EntryRecord)
    case changeRequested(IngestV1.Change)
    case registryImported(IngestV1.ImportResponse)
    case cameraChanged(IngestV1.CameraChange)
    case commitmentFiled(IngestV1.Commitment)
    case commitmentMissed(IngestV1.MissedCommitment)
    case commitmentHandled(IngestV1.MissedCommitment)
    case delegationChanged(IngestV1.Delegation)
    case filingChanged(IngestV1.Filing)
    case presenceChanged(IngestV1.PresenceChange)
    case findingOpened(IngestV1.Finding)
    case findingChanged(IngestV1.Finding)
    case findingClosed(IngestV1.Finding)
    case cleaningCheckedIn(IngestV1.Cleaning)
    case cleaningMissed(IngestV1.Cleaning)
    case linkChanged(IngestV1.LinkChange)

    case alarmRaised(RiskV1.Alarm)
    case alarmChanged(RiskV1.Alarm)
    case alarmCleared(RiskV1.Alarm)
    case alarmRemoved(RiskV1.Alarm)
    case levelChanged(RiskV1.Warning)

    case caseOpened(NotificationV1.Case)
    case caseLevelChanged(NotificationV1.Case)
    case caseCleared(NotificationV1.Case)
    case caseClosed(NotificationV1.Case)
    case obligationChanged(NotificationV1.Obligation)
    case documentDrafted(NotificationV1.Document)
    case documentIssued(NotificationV1.Document)
    case declared(NotificationV1.Declaration)
    case profileAdopted(NotificationV1.ProfileAdopted)
    case noticeQueued(NotificationV1.Notice)
    case noticeDelivery(NotificationV1.Notice)

    package init(kind: JournalKind, body: [UInt8]) throws(MessageDecodingError) {
        switch kind {
        case .nodePut: self = .nodePut(try .init(serialized: body))
        case .enterprisePut: self = .enterprisePut(try .init(serialized: body))
        case .hazardSourcePut: self = .hazardSourcePut(try .init(serialized: body))
        case .devicePut: self = .devicePut(try .init(serialized: body))
        case .pointPut: self = .pointPut(try .init(serialized: body))
        case .personPut: self = .personPut(try .init(serialized: body))
        case .officerPut: self = .officerPut(try .init(serialized: body))
        case .gatewayPut: self = .gatewayPut(try .init(serialized: body))
        case .objectPut: self = .objectPut(try .init(serialized: body))
        case .cameraPut: self = .cameraPut(try .init(serialized: body))
        case .entryRecorded: self = .entryRecorded(try .init(serialized: body))
        case .changeRequested: self = .changeRequested(try .init(serialized: body))
        case .registryImported: self = .registryImported(try .init(serialized: body))
        case .cameraChanged: self = .cameraChanged(try .init(serialized: body))
        case .commitmentFiled: self = .commitmentFiled(try .init(serialized: body))
        case .commitmentMissed: self = .commitmentMissed(try .init(serialized: body))
        case .commitmentHandled: self = .commitmentHandled(try .init(serialized: body))
        case .delegationChanged: self = .delegationChanged(try .init(serialized: body))
        case .filingChanged: self = .filingChanged(try .init(serialized: body))
        case .presenceChanged: self = .presenceChanged(try .init(serialized: body))
        case .findingOpened: self = .findingOpened(try .init(serialized: body))
        case .findingChanged: self = .findingChanged(try .init(serialized: body))
        case .findingClosed: self = .findingClosed(try .init(serialized: body))
        case .cleaningCheckedIn: self = .cleaningCheckedIn(try .init(serialized: body))
        case .cleaningMissed: self = .cleaningMissed(try .init(serialized: body))
        case .linkChanged: self = .linkChanged(try .init(serialized: body))
        case .alarmRaised: self = .alarmRaised(try .init(serialized: body))
        case .alarmChanged: self = .alarmChanged(try .init(serialized: body))
        case .alarmCleared: self = .alarmCleared(try .init(serialized: body))
        case .alarmRemoved: self = .alarmRemoved(try .init(serialized: body))
        case .levelChanged: self = .levelChanged(try .init(serialized: body))
        case .caseOpened: self = .caseOpened(try .init(serialized: body))
        case .caseLevelChanged: self = .caseLevelChanged(try .init(serialized: body))
        case .caseCleared: self = .caseCleared(try .init(serialized: body))
        case .caseClosed: self = .caseClosed(try .init(serialized: body))
        case .obligationChanged: self = .obligationChanged(try .init(serialized: body))
        case .documentDrafted: self = .documentDrafted(try .init(serialized: body))
        case .documentIssued: self = .documentIssued(try .init(serialized: body))
        case .declared: self = .declared(try .init(serialized: body))
        case .profileAdopted: self = .profileAdopted(try .init(serialized: body))
        case .noticeQueued: self = .noticeQueued(try .init(serialized: body))
        case .noticeDelivery: self = .noticeDelivery(try .init(serialized: body))
        }
    }

    package var kind: JournalKind {
        switch self {
        case .nodePut: .nodePut
        case .enterprisePut: .enterprisePut
        case .hazardSourcePut: .hazardSourcePut
        case .devicePut: .devicePut
        case .pointPut: .pointPut
        case .personPut: .personPut
        case .officerPut: .officerPut
        case .gatewayPut: .gatewayPut
        case .objectPut: .objectPut
        case .cameraPut: .cameraPut
        case .entryRecorded: .entryRecorded
        case .changeRequested: .changeRequested
        case .registryImported: .registryImported
        case .cameraChanged: .cameraChanged
        case .commitmentFiled: .commitmentFiled
        case .commitmentMissed: .commitmentMissed
        case .commitmentHandled: .commitmentHandled
        case .delegationChanged: .delegationChanged
        case .filingChanged: .filingChanged
        case .presenceChanged: .presenceChanged
        case .findingOpened: .findingOpened
        case .findingChanged: .findingChanged
        case .findingClosed: .findingClosed
        case .cleaningCheckedIn: .cleaningCheckedIn
        case .cleaningMissed: .cleaningMissed
        case .linkChanged: .linkChanged
        case .alarmRaised: .alarmRaised
        case .alarmChanged: .alarmChanged
        case .alarmCleared: .alarmCleared
        case .alarmRemoved: .alarmRemoved
        case .levelChanged: .levelChanged
        case .caseOpened: .caseOpened
        case .caseLevelChanged: .caseLevelChanged
        case .caseCleared: .caseCleared
        case .caseClosed: .caseClosed
        case .obligationChanged: .obligationChanged
        case .documentDrafted: .documentDrafted
        case .documentIssued: .documentIssued
        case .declared: .declared
        case .profileAdopted: .profileAdopted
        case .noticeQueued: .noticeQueued
        case .noticeDelivery: .noticeDelivery
        }
    }

    /// The message that the body is.
    package var message: any RPCMessage {
        switch self {
        case .nodePut(let node): node
        case .enterprisePut(let enterprise): enterprise
        case .hazardSourcePut(let source): source
        case .devicePut(let device): device
        case .pointPut(let point): point
        case .personPut(let person): person
        case .officerPut(let officer): officer
        case .gatewayPut(let gateway): gateway
        case .objectPut(let object): object
        case .cameraPut(let camera): camera
        case .entryRecorded(let record): record
        case .changeRequested(let change): change
        case .registryImported(let summary): summary
        case .cameraChanged(let change): change
        case .commitmentFiled(let commitment): commitment
        case .commitmentMissed(let missed), .commitmentHandled(let missed): missed
        case .delegationChanged(let delegation): delegation
        case .filingChanged(let filing): filing
        case .presenceChanged(let change): change
        case .findingOpened(let finding), .findingChanged(let finding),
            .findingClosed(let finding):
            finding
        case .cleaningCheckedIn(let cleaning), .cleaningMissed(let cleaning): cleaning
        case .alarmRaised(let alarm), .alarmChanged(let alarm), .alarmCleared(let alarm),
            .alarmRemoved(let alarm):
            alarm
        case .linkChanged(let change): change
        case .levelChanged(let warning): warning
        case .caseOpened(let one), .caseLevelChanged(let one), .caseCleared(let one),
            .caseClosed(let one):
            one
        case .obligationChanged(let obligation): obligation
        case .documentDrafted(let document), .documentIssued(let document): document
        case .declared(let declaration): declaration
        case .profileAdopted(let profile): profile
        case .noticeQueued(let notice), .noticeDelivery(let notice): notice
        }
    }

    /// The body of the entry.
    package var body: [UInt8] { message.serialized() }
}
