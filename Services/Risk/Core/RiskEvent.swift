package import Domain

/// What risk hears of.
package enum RiskEvent: Equatable, Sendable {
    /// The registry has a new or changed entry.
    case registered(RegistryFact)
    /// Readings were stored.
    case measured(ReadingBatch)
}

/// What risk makes known.
package enum RiskEffect: Equatable, Sendable {
    case publishAlarm(Alarm, AlarmNews)
    case publishLevel(SourceLevel)
}

/// What happened to an alarm.
package enum AlarmNews: String, CaseIterable, Equatable, Sendable {
    case raised, changed, cleared
    /// Its point was removed while it stood: it is over, and nobody knows whether that is good.
    case removed
}

/// Why an event was not taken in.
package enum RiskRefusal: Error, Equatable, Sendable {
    /// The columns of a batch have unequal lengths or point outside of its table.
    case columnsDoNotFit(receivedAt: Instant)
}

/// A stored piece of the machine's state.
package enum RiskPart: Equatable, Codable, Sendable {
    case fact(RegistryFact)
    /// `index` is the point's place among all, for good.
    case point(RegistryFact.Point, index: Int)
    /// The index of a point that was removed, which no other gets.
    case removed(index: Int)
    /// The latest measured times of the points of one chunk, in the order of their indices.
    case latest(chunk: Int, unixMilliseconds: [Int64])
    /// A standing alarm.
    case session(Alarm)
    case level(SourceLevel)
}
