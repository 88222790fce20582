import Domain

/// What the notification service holds back from growing without bound, with the reason of each
/// number.
enum ServiceLimits {
    /// Cases on one page: some 100 kB.
    static let casesPerPageMax = 200

    /// Notices on one page or in one look at an inbox: some 300 kB of Chinese text.
    static let noticesPerPageMax = 200

    /// Notices of one case that are answered at once: a red case of two months without a downgrade.
    static let noticesPerCaseMax = 5_000

    /// Rows that one call looks through for those that its token may see: some 20 ms.
    static let rowsPerCallMax = 5_000

    /// How long levels wait for news of the registry, such as a new telephone or a new source: an
    /// ingest that is down must not hold them back.
    static let registryHeardWithin = Interval.seconds(5)

    /// How long once it has been waited for in vain.
    static let registryHeardAgainWithin = Interval(milliseconds: 100)
}
