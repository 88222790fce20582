package import Domain
package import Policy

/// One message 提醒短信、推送: one recipient, one channel, one reason.
package struct Notice: Equatable, Codable, Sendable {
    /// Why it was sent.
    package enum Reason: String, CaseIterable, Codable, Sendable {
        /// A warning began or rose.
        case levelRaised
        /// The level fell, but not to the resting one.
        case levelLowered
        /// The level is back at the resting one.
        case closed
        /// A deadline to downgrade was missed.
        case circular
    }

    /// Who gets it.
    package enum Holder: Equatable, Codable, Sendable {
        case person(PersonID, name: String, telephone: String)
        case body(NodeID, name: String)
        /// Nobody fills the role; the text says what is missing.
        case nobody(String)

        /// What notices call it; nil for nobody.
        var name: String? {
            switch self {
            case .person(_, let name, _), .body(_, let name): name
            case .nobody: nil
            }
        }

        /// True if one message reaches both: the same telephone or person, or the same desk.
        func isSame(as other: Holder) -> Bool {
            switch (self, other) {
            case (.person(let id, let name, let telephone), .person(let b, let n, let t)):
                // Who takes over the tier of another keeps that one's id.
                telephone == t || (id, name) == (b, n)
            case (.body(let id, _), .body(let other, _)): id == other
            case (.nobody, _), (.person, _), (.body, _): false
            }
        }
    }

    package var id: NoticeID
    package var caseID: CaseID
    /// Which notice of its case it is, from 1.
    package var number: Int
    package var source: HazardSourceID
    package var enterprise: EnterpriseID
    package var enterpriseName: String
    package var reason: Reason
    package var level: WarningLevel
    /// Several if one person holds them.
    package var roles: [RoleID]
    package var holder: Holder
    package var channel: Channel
    package var text: String
    package var clause: Clause
    package var decidedAt: Instant
    package var dueAt: Instant
    /// Which circular of its level, from 1; 0: none.
    package var circularNumber: Int
    package var state: Delivery
    package var stateAt: Instant
    /// How often handing over was tried.
    package var attempts: Int
    /// What the channel said last.
    package var channelMessage: String
    /// When it is tried again; nil if it is not waiting for that.
    package var nextAttemptAt: Instant?
    /// What the provider calls it; empty until it has said so.
    package var providerID: String

    /// Where it belongs: the body's node, or that of the person's enterprise.
    package var node: NodeID {
        switch holder {
        case .person, .nobody: NodeID(enterprise.text)
        case .body(let id, _): id
        }
    }

    package var nodeName: String {
        switch holder {
        case .person, .nobody: enterpriseName
        case .body(_, let name): name
        }
    }

    /// The key of attempt number `attempt` in the outbox.
    package func outboxKey(attempt: Int) -> String { "\(id)#\(attempt)" }
}
