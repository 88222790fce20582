import IngestCore

/// The batches that wait for the next commit.
struct WaitingBatches {
    struct Item: Sendable {
        var batch: SealedBatch
        /// The number of each point that the columns count in.
        var points: [UInt32]
        var body: [UInt8]
        var ticket: AppendTicket
    }

    enum Step {
        case refuse(BatchLogFailure)
        case commitSoon, commitNow, isScheduled
    }

    var isClosed = false
    private var items: [Item] = []
    private var readingCount = 0
    private var isTimerSet = false
    private var isUrgent = false

    mutating func add(_ item: Item, urgentAt: Int) -> Step {
        if isClosed { return .refuse(.closed) }
        let count = item.batch.columns.count
        if readingCount + count > IngestLimits.readingsWaitingMax { return .refuse(.overloaded) }
        items.append(item)
        readingCount += count
        if readingCount >= urgentAt {
            if isUrgent { return .isScheduled }
            isUrgent = true
            return .commitNow
        }
        if isTimerSet || isUrgent { return .isScheduled }
        isTimerSet = true
        return .commitSoon
    }

    var isMore: Bool { !items.isEmpty }

    /// The next group, oldest first; the rest stays for the one after it.
    mutating func take() -> [Item] {
        isTimerSet = false
        isUrgent = false
        var taken = 0
        var count = 0
        while taken < items.count, count < IngestLimits.readingsPerCommitMax {
            count += items[taken].batch.columns.count
            taken += 1
        }
        let group = Array(items[..<taken])
        items.removeFirst(taken)
        readingCount -= count
        return group
    }
}
