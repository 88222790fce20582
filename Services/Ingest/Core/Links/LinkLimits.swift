package import Domain

/// The most of everything that a link may hold, with the reason of each number.
package enum LinkLimits {
    /// Entries that wait refused: more means that what they hang on is not registered here.
    package static let refusedMax = 5_000
    /// Entries in a page, but for an enterprise that has more, which comes as a whole.
    package static let entriesPerPageMax = 1_000
    /// Entries in the page of the largest enterprise: some 3 MB.
    package static let entriesPerEnterpriseMax = 20_000
    /// Gateways whose batches are asked for again.
    package static let owedMax = 1_000
    /// From so many gaps on a new line begins where the last one ended, and makes no other.
    package static let gapsMax = 100
    /// From how much silence on a link counts as silent: a dozen beats.
    package static let silentAfter = Interval.seconds(60)
}
