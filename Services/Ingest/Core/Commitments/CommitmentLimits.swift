/// The most of everything that commitments may hold; ours.
package enum CommitmentLimits {
    /// Works of one day at the largest plants known to us, several times over.
    package static let worksMax = 500
    /// Answers beyond the items of the form that are named one by one as mistakes.
    package static let strayItemsMax = 100
    /// Corrections of one day; whoever needs more does not mean them.
    package static let versionsMax = 20
    /// A place or a name is a line.
    package static let lineMax = 200
    /// A reason or a content is a paragraph.
    package static let textMax = 1_000
    /// Records about one missed day.
    package static let handlingsMax = 20
    /// The days for which somebody else may sign without a new authority.
    package static let delegationDaysMax: Int64 = 366
    /// Authorities of one enterprise that run at once.
    package static let delegationsMax = 20
    /// Missed days can be dealt with for so long, and are held in memory: some 50 MB if nobody in
    /// the nation commits himself. The record of them stays for ever.
    package static let missedDaysMax: Int64 = 31
}
