package import Domain

/// What the law makes somebody do, or the system, in cases of some kind 应履行事项.
package struct ObligationRule: Equatable, Codable, Sendable {
    /// What it takes.
    package enum Form: Equatable, Codable, Sendable {
        /// Somebody does something and says so, with proof.
        case task
        /// A document is issued: by the system at once, or by its owner from a draft.
        case document(DocumentRule)
        /// The system tells `tells`, and that is all.
        case notice
    }

    package var id: RuleID
    /// What is owed, Chinese, such as 现场核查督办.
    package var title: String
    package var form: Form
    /// Who owes it, each for themselves; empty: the system.
    package var owners: [RoleID]
    /// For enterprises at these placements.
    package var placements: [Placement]
    /// Any of these starts it.
    package var starts: [Trigger]
    /// All of these must have happened in the case before.
    package var given: [Fact]
    /// None of these may have happened; one that happens before it opens takes it back.
    package var unless: [Fact]
    /// When it opens; nil: at its start.
    package var opens: Deadline?
    /// When it falls due, counted from when it opens; nil: at once 立即, with no time to miss.
    package var due: Deadline?
    /// nil: once.
    package var repeats: Repeat?
    /// Any of these is its fulfilment; a task without `proof` has no other.
    package var metBy: [Fact]
    /// Any of these ends it without fault.
    package var until: [Fact]
    /// What must be written down when it is done.
    package var proof: [ProofPart]
    /// Who is told when it opens, beside its owners.
    package var tells: [RoleID]
    package var copies: [RoleID]
    package var copiesClause: Clause?
    /// The case cannot be closed before it is done.
    package var isDemanded: Bool
    package var clause: Clause

    package init(
        id: RuleID, title: String, form: Form = .task, owners: [RoleID] = [],
        placements: [Placement] = Placement.allCases, starts: [Trigger], given: [Fact] = [],
        unless: [Fact] = [], opens: Deadline? = nil, due: Deadline? = nil,
        repeats: Repeat? = nil, metBy: [Fact] = [], until: [Fact] = [],
        proof: [ProofPart] = [], tells: [RoleID] = [], copies: [RoleID] = [],
        copiesClause: Clause? = nil, isDemanded: Bool = false, clause: Clause
    ) {
        (self.id, self.title, self.form, self.owners) = (id, title, form, owners)
        (self.placements, self.starts, self.given) = (placements, starts, given)
        (self.unless, self.opens, self.due, self.repeats) = (unless, opens, due, repeats)
        (self.metBy, self.until, self.proof, self.tells) = (metBy, until, proof, tells)
        (self.copies, self.copiesClause) = (copies, copiesClause)
        (self.isDemanded, self.clause) = (isDemanded, clause)
    }

    /// True if nobody can say that it is done: the level falls, or something is declared, or not.
    package var isMetByFactsOnly: Bool { !metBy.isEmpty && proof.isEmpty }

    /// True if it is bound to the level that starts it, so that a rise takes its place.
    package var isOfLevel: Bool {
        starts.contains { trigger in
            switch trigger.fact {
            case .entered, .noticed: true
            case .opened, .lowered, .cleared, .issued, .done, .missed, .confirmed,
                .declared, .closed:
                false
            }
        }
    }
}

/// One thing that a proof says, such as the cause 原因分析.
package struct ProofPart: Hashable, Codable, Sendable {
    package enum Form: String, CaseIterable, Codable, Sendable {
        case text, instant, yesOrNo, name
    }

    package var id: String
    /// Chinese.
    package var title: String
    package var form: Form

    package init(id: String, title: String, form: Form = .text) {
        (self.id, self.title, self.form) = (id, title, form)
    }
}

/// A document that a rule issues 文书.
package struct DocumentRule: Equatable, Codable, Sendable {
    package enum Kind: String, CaseIterable, Codable, Sendable {
        /// 警示通报.
        case circular
        /// 约谈.
        case summons
        /// 执法检查.
        case enforcement
        /// 挂牌督办.
        case supervision
    }

    package var kind: Kind
    /// To whom it is addressed.
    package var to: [RoleID]

    package init(kind: Kind, to: [RoleID]) {
        (self.kind, self.to) = (kind, to)
    }
}

/// What people may declare in a case, and what must be said with it.
package struct DeclarationRule: Equatable, Codable, Sendable {
    package var id: DeclarationID
    /// Chinese, such as 情况说明和备案.
    package var title: String
    package var by: [RoleID]
    /// In which cases.
    package var kinds: [CaseKind]
    package var proof: [ProofPart]
    package var clause: Clause

    package init(
        id: DeclarationID, title: String, by: [RoleID], kinds: [CaseKind] = CaseKind.allCases,
        proof: [ProofPart] = [], clause: Clause
    ) {
        (self.id, self.title, self.by, self.kinds) = (id, title, by, kinds)
        (self.proof, self.clause) = (proof, clause)
    }
}
