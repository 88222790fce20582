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
        /// A circular was issued: a deadline was missed.
        case circular
        /// Another document was issued.
        case document
        /// Somebody owes something from now on.
        case obligation
        /// The profile has it told.
        case event
    }

    /// Who gets it.
    package enum Holder: Equatable, Codable, Sendable {
        case person(PersonID, name: String, telephone: String, email: String)
        case body(NodeID, name: String)
        /// Nobody fills the role; the text says what is missing.
        case nobody(String)

        /// What notices call it; nil for nobody.
        var name: String? {
            switch self {
            case .person(_, let name, _, _), .body(_, let name): name
            case .nobody: nil
            }
        }

        /// The number of a person who has one.
        var telephone: String? {
            switch self {
            case .person(_, _, let telephone, _): telephone.isEmpty ? nil : telephone
            case .body, .nobody: nil
            }
        }

        /// True if one message reaches both: the same telephone or person, or the same desk.
        func isSame(as other: Holder) -> Bool {
            switch (self, other) {
            case (.person(let id, let name, let telephone, _), .person(let b, let n, let t, _)):
                // Who takes over the tier of another keeps that one's id.
                TelephoneKey(telephone) == TelephoneKey(t) || (id, name) == (b, n)
            case (.body(let id, _), .body(let other, _)): id == other
            case (.nobody, _), (.person, _), (.body, _): false
            }
        }
    }

    package var id: NoticeID
    package var caseID: CaseID
    /// Which notice of its case it is, from 1.
    package var number: Int
    package var isDrill: Bool
    /// Where the case belongs, and what it is called.
    package var caseNode: NodeID
    package var caseNodeName: String
    package var source: HazardSourceID?
    package var reason: Reason
    /// nil: the case has no levels.
    package var level: WarningLevel?
    /// Several if one person holds them.
    package var roles: [RoleID]
    package var holder: Holder
    /// Where it belongs, and who confirms it: the body, or where the person holds the post.
    package var node: NodeID
    package var nodeName: String
    package var channel: Channel
    package var text: String
    package var clause: Clause
    package var decidedAt: Instant
    package var dueAt: Instant
    /// Which circular of its rule, from 1; 0: none.
    package var circularNumber: Int
    /// Which obligation of the case it speaks of, from 1; 0: none.
    package var obligation: Int
    /// The document that it carries; empty: none.
    package var document: String
    /// Which step of the ladder it is, from 0; nil: it stands beside the ladder.
    package var step: Int?
    /// How long this step has for a receipt; nil: the ladder has none after it.
    package var wait: Interval?
    /// The notice whose place it took; empty: none.
    package var follows: String
    package var state: Delivery
    package var stateAt: Instant
    /// How often handing over was tried.
    package var attempts: Int
    /// How many attempts had no answer: each of them may have arrived.
    package var unanswered: Int
    /// What the channel said last.
    package var channelMessage: String
    /// When it is tried again; nil if it is not waiting for that.
    package var nextAttemptAt: Instant?
    /// When its step's time is over: without a receipt by then it is `unknown`, and the next
    /// channel is tried. nil: that was done, or its time has not begun.
    package var escalatesAt: Instant?
    /// What the provider calls it, by parts if it is long; empty until it has said so.
    package var providerIDs: [String]
    /// Those parts of which a receipt says that they arrived.
    package var arrivedParts: [String]

    /// True if it says what `earlier` says, or that this is over: news of the level after others,
    /// and a later circular of the same rule. The same news over another channel are no later ones.
    func says(whatIsIn earlier: Notice) -> Bool {
        if (reason, level, dueAt, circularNumber)
            == (earlier.reason, earlier.level, earlier.dueAt, earlier.circularNumber)
        {
            return false
        }
        return switch (reason, earlier.reason) {
        case (.levelRaised, .levelRaised), (.levelRaised, .levelLowered),
            (.levelLowered, .levelRaised), (.levelLowered, .levelLowered),
            (.closed, .levelRaised), (.closed, .levelLowered), (.closed, .closed):
            true
        case (.circular, .circular): obligation == earlier.obligation
        case (.levelRaised, _), (.levelLowered, _), (.closed, _), (.circular, _), (.document, _),
            (.obligation, _), (.event, _):
            false
        }
    }

    /// What is to be handed over of it first: red before all.
    package var priority: Int {
        switch (isDrill, level) {
        case (false, .red): 0
        case (false, .orange): 1
        case (false, .yellow), (false, .blue), (false, nil): 2
        case (true, _): 3
        }
    }

    /// The key of attempt number `attempt` in the outbox.
    package func outboxKey(attempt: Int) -> String { "\(id)#\(attempt)" }
}
