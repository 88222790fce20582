package import Domain
package import Policy

/// What is being done about one thing 事项, such as one warning of a hazard source 预警处置: from its
/// opening until it is closed.
package struct Case: Equatable, Codable, Sendable {
    package var id: CaseID
    package var kind: CaseKind
    /// True: nothing of it is real 演练; it is marked everywhere and counted apart.
    package var isDrill: Bool
    /// Where it belongs in the tree: the enterprise, or the body that it is about.
    package var node: NodeID
    /// The hazard source; nil where it is not about one.
    package var source: HazardSourceID?
    /// The enterprise; nil where it is not about one.
    package var enterprise: EnterpriseID?
    /// The names when the level last changed.
    package var sourceName: String
    package var enterpriseName: String
    /// nil: its kind has no levels.
    package var level: WarningLevel?
    package var highest: WarningLevel?
    package var openedAt: Instant
    /// When the level last changed; for other kinds when it was opened.
    package var levelAt: Instant
    /// When the warning was over 消警; nil while it is not.
    package var clearedAt: Instant?
    /// nil while something may still be done about it.
    package var closedAt: Instant?
    /// What caused the level, or what it is about, Chinese.
    package var cause: String
    /// True: the last change of its level came of a point that was removed, and not of a reading.
    package var isByRemoval: Bool?
    /// Who opened it; empty: the platform.
    package var openedBy: String
    /// The profile with its version whose rules it follows.
    package var profile: String
    package var docket: Docket
    /// Who was told of it, in the order in which they were told first.
    package var told: [Told]
    package var noticeCount: Int
    /// How many circulars were issued so far, at all its levels.
    package var circularCount: Int
    package var documentCount: Int
    /// What was declared under a key of the caller, so that nothing is declared twice.
    var declared: [Declared] = []

    /// What stands behind the cause of work that was announced too late.
    package static let lateMark = "（通知晚于规定时限）"

    /// True if `known` is the cause of a case that was opened with `said`.
    package static func hasSaid(_ said: String, _ known: String) -> Bool {
        known == said || known == said + lateMark
    }

    /// Which words were declared under a key.
    struct Declared: Equatable, Codable, Sendable {
        var key: String
        private var mark: UInt64

        /// The words themselves are on record; what tells them from others is enough here.
        init(
            key: String, by who: Actor, declaration: DeclarationID, _ proof: [ProofValue]
        ) {
            self.key = key
            let words =
                [who.subject, who.node.text, declaration.text]
                + proof.flatMap { [$0.part, $0.text] }
            // FNV-1a of 64 bits, with an end behind each word.
            mark = words.reduce(0xCBF2_9CE4_8422_2325) { hash, word in
                (Array(word.utf8) + [0xFF]).reduce(hash) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
            }
        }
    }

    /// A role that was told of it, and who filled it then.
    package struct Told: Equatable, Codable, Sendable {
        package var role: RoleID
        package var holder: Notice.Holder
    }

    /// Notes that a role is told, and by whom it is filled.
    mutating func note(_ one: Told) {
        let known = told.firstIndex { other in
            guard other.role == one.role else { return false }
            return other.holder.name == nil || other.holder.isSame(as: one.holder)
        }
        switch (known, one.holder.name) {
        // The telephone may be a newer one.
        case (let index?, .some): told[index] = one
        case (nil, .some): told.append(one)
        case (_, nil): if !told.contains(where: { $0.role == one.role }) { told.append(one) }
        }
    }
}

/// Who does something in a case, as their token says.
package struct Actor: Equatable, Codable, Sendable {
    package var subject: String
    /// The node that they act for; empty: for none in particular.
    package var node: NodeID

    package init(subject: String, node: NodeID) {
        (self.subject, self.node) = (subject, node)
    }
}

/// One thing that somebody says as proof of what was done 办理依据.
package struct ProofValue: Equatable, Codable, Sendable {
    /// The id of the part in the profile, such as `cause`.
    package var part: String
    package var text: String

    package init(part: String, text: String) {
        (self.part, self.text) = (part, text)
    }
}
