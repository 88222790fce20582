package import Domain

/// The answer to one item of the form; zero and no are answers.
package struct CommitmentItem: Hashable, Codable, Sendable {
    package enum Value: Hashable, Codable, Sendable {
        case number(Int64)
        case flag(Bool)
        case choice(String)
        case text(String)
    }

    package var id: String
    package var value: Value

    package init(_ id: String, _ value: Value) { (self.id, self.value) = (id, value) }
}

/// A work that is planned for the day 计划作业 (CON-16): what, where, when.
package struct DeclaredWork: Hashable, Codable, Sendable {
    /// The kind, in the word of the form.
    package var kind: String
    package var place: String
    /// The device or source that it is done at; nil: none in particular.
    package var device: DeviceID?
    package var hazardSource: HazardSourceID?
    package var from: Instant
    package var to: Instant
    package var inCharge: String
    /// True: an outside contractor does it 承包商作业.
    package var isContracted: Bool
    package var content: String
    /// The number of its permit 作业票; empty: it needs none.
    package var permit: String

    package init(
        kind: String, place: String, device: DeviceID? = nil, hazardSource: HazardSourceID? = nil,
        from: Instant, to: Instant, inCharge: String = "", isContracted: Bool = false,
        content: String = "", permit: String = ""
    ) {
        (self.kind, self.place, self.from, self.to) = (kind, place, from, to)
        (self.device, self.hazardSource) = (device, hazardSource)
        (self.inCharge, self.isContracted) = (inCharge, isContracted)
        (self.content, self.permit) = (content, permit)
    }
}

/// What an enterprise says for a day.
package struct CommitmentContent: Hashable, Codable, Sendable {
    /// By id.
    package var items: [CommitmentItem]
    package var works: [DeclaredWork]
    /// Why it comes late: a code of the form and a text; empty: no reason is given (CON-18).
    package var lateReason: String
    package var lateText: String
    /// Why it says something else than before; empty: it is the first.
    package var correctionReason: String

    package init(
        items: [CommitmentItem], works: [DeclaredWork] = [], lateReason: String = "",
        lateText: String = "", correctionReason: String = ""
    ) {
        self.items = items.sorted { $0.id < $1.id }
        (self.works, self.correctionReason) = (works, correctionReason)
        (self.lateReason, self.lateText) = (lateReason, lateText)
    }
}

/// An enterprise's commitment 安全承诺 for one day, with every version of it.
///
/// *How it moves*: sent once a day, corrected on that day with a reason.
/// *The odd case*: a correction never changes whether the first was in time.
package struct Commitment: Codable, Hashable, Sendable {
    /// Who signed: the principal, or somebody whom a delegation lets.
    package struct Signature: Codable, Hashable, Sendable {
        package var by: PersonID
        /// The name that the registry has for the person.
        package var name: String
        package var delegation: DelegationID?
    }

    package struct Version: Codable, Hashable, Sendable {
        package var content: CommitmentContent
        package var signature: Signature
        package var sentAt: Instant
        /// The form that it was checked by: `form@day`.
        package var form: String
    }

    package var enterprise: EnterpriseID
    package var day: CalendarDay
    /// The time of the day by which it was due; nil: the regulation asks for none.
    package var dueAt: Instant?
    package var isLate: Bool
    /// Where it stands by when it is due.
    package var clause: String
    /// The earliest first; there is one.
    package var versions: [Version]

    package var sentAt: Instant { versions[0].sentAt }
    /// What holds.
    package var latest: Version { versions[versions.count - 1] }
    package var partKey: String { "commitment/" + enterprise.text }
    package var node: NodeID { NodeID(enterprise.text) }
}

/// A day on which an enterprise had not committed itself by the time 未按时承诺.
package struct MissedCommitment: Codable, Hashable, Sendable {
    /// What a body above did about it 处置记录 (CON-19).
    package struct Handling: Codable, Hashable, Sendable {
        package var id: HandlingID
        /// In the word of the form.
        package var measure: String
        package var text: String
        package var by: String
        package var node: NodeID
        package var at: Instant
    }

    package var enterprise: EnterpriseID
    package var day: CalendarDay
    package var dueAt: Instant
    /// When it was decided; later than due if the service did not run.
    package var decidedAt: Instant
    package var clause: String
    package var handlings: [Handling] = []

    package var key: CommitmentKey { CommitmentKey(enterprise, day) }
    package var partKey: String { "missed/" + enterprise.text + "/" + day.text }
    package var node: NodeID { NodeID(enterprise.text) }
}

/// One day of one enterprise.
package struct CommitmentKey: Hashable, Comparable, Sendable {
    package var enterprise: EnterpriseID
    package var day: CalendarDay

    package init(_ enterprise: EnterpriseID, _ day: CalendarDay) {
        (self.enterprise, self.day) = (enterprise, day)
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.day.text, left.enterprise) < (right.day.text, right.enterprise)
    }
}

/// What a body did about one missed day, as it names it.
package struct HandlingID: Identifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// A filed authority to sign 授权, as it is named by who files it.
package struct DelegationID: Identifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// The principal lets somebody else of the enterprise sign for some days 授权承诺 (CON-13).
package struct Delegation: Codable, Hashable, Sendable {
    package var id: DelegationID
    package var enterprise: EnterpriseID
    package var delegate: PersonID
    /// The first and the last day.
    package var from: CalendarDay
    package var to: CalendarDay
    package var reason: String
    package var by: PersonID
    package var filedAt: Instant
    /// When the principal took it back; nil: it runs to its last day.
    package var endedAt: Instant?

    package var partKey: String { "delegation/" + id.text }
    package var node: NodeID { NodeID(enterprise.text) }

    /// True if the delegate may sign on that day.
    func holds(on day: CalendarDay) -> Bool {
        endedAt == nil && from.text <= day.text && day.text <= to.text
    }
}
