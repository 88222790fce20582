/// Finds what the chunks of one write have in common: a gateway sends many points in one batch, and
/// all of them are received at once.
///
/// The first chunk with a column of times keeps it; from the second on they share it.
package struct SharedReceipts: Sendable {
    private var columns: [[Int64]: UInt32?] = [:]
    private var count: UInt32 = 0

    package init() {}

    /// The number under which `receipts` stand for several chunks, and whether they are to be
    /// written there now; nil: they stay in the chunk.
    package mutating func place(
        of receipts: [Int64]
    ) -> (number: UInt32, isNew: Bool)? {
        guard receipts.count >= ReadingLimits.sharedReceiptsMin else { return nil }
        switch columns[receipts] {
        case .some(.some(let number)): return (number, false)
        case .some(.none):
            count += 1
            columns[receipts] = .some(count)
            return (count, true)
        case .none:
            // Which are forgotten matters to nobody but the disk.
            if columns.count >= ReadingLimits.sharedReceiptsMax { columns = [:] }
            columns[receipts] = .some(.none)
            return nil
        }
    }
}

/// Bounds of stored readings.
package enum ReadingLimits {
    /// Fewer times take no more room in the chunk than their place does.
    static let sharedReceiptsMin = 8
    /// Columns of times that are compared with.
    static let sharedReceiptsMax = 1_024
}
