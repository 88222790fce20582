package import Domain

/// The most of everything that a filing may hold; ours.
package enum FilingLimits {
    /// An enterprise with more points files them in parts.
    package static let pointsMax = 2_000
    /// Pictures and papers; more is an archive.
    package static let evidenceMax = 20
    /// Filings of one enterprise that wait for whoever verifies; more are not meant.
    package static let waitingMax = 100
    /// Later ends of one filing; whoever needs more files anew.
    package static let extensionsMax = 50
    /// A reason is a paragraph.
    package static let reasonMax = 1_000
    package static let fileNameMax = 200
    /// What was found broken may be filed some days later; earlier is no filing in time.
    package static let backwardsMax = Interval.day * 30
    /// A filing that is done stays in memory for so long, so that it can be extended and is known
    /// again; then it is history in the table.
    package static let keptAfter = Interval.day * 30
    /// Longest outage in one filing or beyond its end; a longer one is extended.
    package static let lengthMax = Interval.day * 366
}
