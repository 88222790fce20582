package import Domain
package import Policy

/// What notification hears of.
package enum NotificationEvent: Equatable, Sendable {
    /// The rules that the service was started with.
    case adopted(PolicyProfile)
    /// The registry has a new or changed entry.
    case registered(RegistryFact)
    case levelChanged(LevelNews)
    /// Somebody opens a case that no level opens.
    case opened(OpenCase, by: Actor)
    /// The owner of an obligation has done it: this round, or the one that is owed.
    case fulfilled(CaseID, obligation: Int, round: Int? = nil, [ProofValue], by: Actor)
    /// Somebody declares something, once for each key.
    case declared(CaseID, DeclarationID, key: String = "", [ProofValue], by: Actor)
    /// Where blue is a warning: whoever handles it says that it is over 消警登记.
    case cleared(CaseID, by: Actor)
    case closed(CaseID, by: Actor)
    /// Handing a notice to its provider was tried, for the `attempt`th time.
    case attempted(NoticeID, attempt: Int, AttemptOutcome)
    /// The service ended before it had written down how this attempt went; it is made again.
    case interrupted(NoticeID, attempt: Int)
    /// A provider reports what became of a notice.
    case receipt(ReceiptSubject, Receipt)
    /// Somebody answered a message.
    case replied(telephone: String, text: String)
    /// A desk has been given its notices.
    case delivered([NoticeID])
    /// A desk has shown its notices to a person.
    case seen([NoticeID])
    /// A person took note. It stops no clock.
    case confirmed(NoticeID, by: String)
}

/// A case that somebody opens.
package struct OpenCase: Equatable, Sendable {
    /// Chosen by the caller, so that a repeat opens no second one.
    package var id: CaseID
    package var kind: CaseKind
    /// What it is about: an enterprise, or a body.
    package var node: NodeID
    package var source: HazardSourceID?
    /// What it is about, Chinese.
    package var cause: String
    package var isDrill: Bool
    /// For planned work: when it begins.
    package var startsAt: Instant?

    package init(
        id: CaseID, kind: CaseKind, node: NodeID, source: HazardSourceID? = nil, cause: String,
        isDrill: Bool = false, startsAt: Instant? = nil
    ) {
        (self.id, self.kind, self.node, self.source) = (id, kind, node, source)
        (self.cause, self.isDrill, self.startsAt) = (cause, isDrill, startsAt)
    }
}

/// How an attempt to hand a notice over ended.
package enum AttemptOutcome: Equatable, Sendable {
    case taken(providerIDs: [String])
    /// Trying again may help.
    case failedForNow(String)
    /// Trying again cannot help.
    case failed(String)
    /// It was sent, and nobody knows whether it was taken: trying again may double it.
    case unknown(String)
}

/// Which notice a receipt speaks of: by our name for it, or by the provider's.
package enum ReceiptSubject: Equatable, Sendable {
    case notice(NoticeID)
    case provider(String, Channel)
}

/// What a provider says in a receipt.
package enum Receipt: Equatable, Sendable {
    case delivered
    case read
    case failed(String)
}

/// What notification makes known or wants done.
package enum NotificationEffect: Equatable, Sendable {
    case publishCase(Case, CaseNews)
    /// Something about a case has changed that its own record does not tell.
    case showCase(Case)
    case publishObligation(ObligationRecord)
    case publishDocument(DocumentRecord)
    case publishDeclaration(DeclarationRecord)
    /// A version of the rules is in use from now on.
    case publishProfile(PolicyProfile)
    /// A notice was decided.
    case publishNotice(Notice)
    /// A notice has come further, or was tried.
    case publishDelivery(Notice)
    /// Hand it to its provider, as attempt number `attempt`.
    case handOver(Notice, attempt: Int)
    /// The outcome of an attempt is written down.
    case settleHandOver(key: String)
}

/// What happened to a case.
package enum CaseNews: String, CaseIterable, Equatable, Sendable {
    case opened, levelChanged, cleared, closed
}

/// Why an event was not taken in.
package enum NotificationRefusal: Error, Equatable, Sendable {
    /// There is no such notice, or it is too old to change.
    case unknownNotice(NoticeID)
    case unknownReceipt(ReceiptSubject)
    /// No notice has this name of the provider's yet, and some wait for theirs: it may come again.
    case receiptTooEarly(ReceiptSubject)
    /// The notice has failed or was merged; nobody can have read it.
    case neverArrived(NoticeID, Delivery)
    /// There is no open case of this id.
    case unknownCase(CaseID)
    /// Another case has this id already.
    case caseExists(CaseID)
    case unknownNode(NodeID)
    case unknownSource(HazardSourceID)
    /// A case of this kind is opened by a level, or needs what was not said.
    case badCase(String)
    /// The profile names another version of these rules with other content.
    case versionInUse(String)
    /// Nothing like that is owed in the case now.
    case notOwed(CaseID, Int)
    /// It is owed, and not in this round.
    case otherRound(CaseID, Int, asked: Int, owed: Int)
    /// Something else was declared in the case under this key.
    case keyInUse(CaseID, String)
    case unknownDeclaration(DeclarationID, known: [String])
    /// It is for others to do.
    case notYours(what: String, whose: [String])
    /// The proof lacks parts, or a part cannot be read.
    case proofLacks([ProofPart])
    case badProof(ProofPart, String)
    /// The case is not over yet.
    case notCleared(CaseID)
    /// This must be done before the case can be closed.
    case stillDemanded(CaseID, [String])
    /// The announcement should have been made by then.
    case tooLate(latest: Instant)
    case missingYear(Int64)
    /// More people answer by this number than can be told apart, or none does.
    case unknownReply
}
