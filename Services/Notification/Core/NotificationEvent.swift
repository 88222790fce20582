package import Domain

/// What notification hears of.
package enum NotificationEvent: Equatable, Sendable {
    /// The registry has a new or changed entry.
    case registered(RegistryFact)
    case levelChanged(LevelNews)
    /// Handing a notice to its provider was tried, for the `attempt`th time.
    case attempted(NoticeID, attempt: Int, AttemptOutcome)
    /// A provider reports what became of a notice.
    case receipt(ReceiptSubject, Receipt)
    /// A desk has been given its notices.
    case delivered([NoticeID])
    /// A desk has shown its notices to a person.
    case seen([NoticeID])
    /// A person took note. It stops no clock.
    case confirmed(NoticeID, by: String)
}

/// How an attempt to hand a notice over ended.
package enum AttemptOutcome: Equatable, Sendable {
    case taken(providerID: String)
    /// Trying again may help.
    case failedForNow(String)
    /// Trying again cannot help.
    case failed(String)
}

/// Which notice a receipt speaks of: by our name for it, or by the provider's.
package enum ReceiptSubject: Equatable, Sendable {
    case notice(NoticeID)
    case provider(String)
}

/// What a provider says in a receipt.
package enum Receipt: Equatable, Sendable {
    case delivered
    case failed(String)
}

/// What notification makes known or wants done.
package enum NotificationEffect: Equatable, Sendable {
    case publishCase(WarningCase, CaseNews)
    /// A case has issued a circular. The notices tell of it; the case as it is shown follows.
    case showCase(WarningCase)
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
    case opened, levelChanged, closed
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
}

/// A stored piece of the machine's state.
package enum NotificationPart: Equatable, Codable, Sendable {
    case fact(RegistryFact)
    case openCase(WarningCase)
    case notice(Notice)
}
