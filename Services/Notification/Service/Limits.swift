import Domain

/// What the notification service holds back from growing without bound, with the reason of each
/// number.
enum ServiceLimits {
    /// Cases on one page: some 100 kB.
    static let casesPerPageMax = 200

    /// Lines of what is owed on one page: some 100 kB.
    static let obligationsPerPageMax = 200

    /// Roles that nobody fills on one page: some 100 kB.
    static let gapsPerPageMax = 500

    /// Notices on one page or in one look at an inbox: some 300 kB of Chinese text.
    static let noticesPerPageMax = 200

    /// Notices of one case that are answered at once: a red case of two months without a downgrade.
    static let noticesPerCaseMax = 5_000

    /// Characters of what a case is about: a message of two parts has room for no more beside the
    /// rest; whatever else there is to say goes into a proof.
    static let causeCharactersMax = 500

    /// Characters of one part of a proof, or of a document: two pages.
    static let proofCharactersMax = 2_000

    /// Characters of the name of a part; those of our profiles have some ten.
    static let partCharactersMax = 64

    /// Parts of a proof; the longest list of our profiles has ten.
    static let proofPartsMax = 32

    /// Characters of what mail shows above a text: an officer's own text may have no head.
    static let subjectCharactersMax = 60

    /// Rows that one call looks through for those that its token may see: some 20 ms.
    static let rowsPerCallMax = 5_000

    /// How long levels wait for news of the registry, such as a new telephone or a new source: an
    /// ingest that is down must not hold them back.
    static let registryHeardWithin = Interval.seconds(5)

    /// How long once it has been waited for in vain.
    static let registryHeardAgainWithin = Interval(milliseconds: 100)
}
