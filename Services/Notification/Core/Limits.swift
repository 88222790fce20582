import Domain

/// What notification holds back from growing without bound, with the reason of each number.
package enum NotificationLimits {
    /// How long a notice stays in memory after it last changed, in milliseconds: 30 days. A
    /// receipt or a confirmation that comes later is refused; the record stays in the store.
    static let noticeKept = Interval(milliseconds: 2_592_000_000)

    /// How far ahead planned work is announced at most, in milliseconds: 730 days. What is further
    /// away is a mistake in the unit.
    static let announcedAheadMax = Interval(milliseconds: 63_072_000_000)

    /// Characters of a person's name in a proof.
    package static let nameCharactersMax = 100

    /// Declarations of one case; nobody has so much to say, and each is remembered.
    static let declarationsMax = 1_000

    /// Alarms that a text names; the others are counted. A short message has room for no more.
    static let causesNamedMax = 3
}
