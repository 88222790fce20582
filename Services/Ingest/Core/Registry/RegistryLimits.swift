package import Domain

/// The most of everything that a registry file may hold.
package enum RegistryLimits {
    /// National codes have at most 24 characters; room for local prefixes.
    package static let idMax = 64
    /// The longest field of the national tables is a name of 200.
    package static let nameMax = 200
    /// The longest address that mail servers take.
    package static let emailMax = 254
    /// A unit is a sign, not a sentence.
    package static let unitMax = 16
    /// More mistakes than anyone reads at once; the rest is counted.
    package static let mistakesMax = 500
    /// Twice the points of the largest province known to us.
    package static let rowsMax = 200_000
    /// Entries that a dry run describes field by field; the rest is counted.
    package static let changesMax = 2_000
    /// A reason is a sentence or two.
    package static let reasonMax = 500
    /// Requests for one entry that wait for a reviewer; whoever needs more does not mean them.
    package static let openRequestsMax = 20
    /// How old the verification of a telephone number may be (ours): people change posts yearly.
    package static let verifiedDaysMax = 365
    /// How old the verification of a camera's picture may be (ours): a season, in which plants grow
    /// and scaffolds come and go.
    package static let pictureVerifiedDaysMax: Int64 = 92
    /// Bytes of a camera's address: what its pack lets be written.
    package static let addressBytesMax = 500
    /// How soon a camera that failed once is tried again: a lost packet is over by then.
    package static let cameraTriedAgainAfter = Interval.seconds(30)
    /// The longest that a broken camera waits: an hour of its being mended unnoticed is enough.
    package static let cameraWaitMax = Interval.hours(1)
}
