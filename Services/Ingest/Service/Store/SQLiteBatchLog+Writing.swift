import Dispatch
import GRDB
package import Runtime

/// Every commit goes through here, so that the log can say whether its disk takes what it is given.
extension SQLiteBatchLog {
    package var readiness: Readiness {
        guard let reason = trouble.withLock({ $0 }) else { return .ready }
        return .unready(reason: "readings cannot be stored: \(reason)")
    }

    /// Writes to the open segment in one transaction and waits for the disk; blocks the thread.
    func writeSegment<T>(_ body: (Database) throws -> T) throws(BatchLogFailure) -> T {
        try attempt {
            guard let segment = segments.withLock({ $0.last?.open }) else {
                throw BatchLogFailure.closed
            }
            return try segment.write(body)
        }
    }

    /// Does what waits for the disk, and notes whether it worked; blocks the thread.
    func attempt<T>(_ body: () throws -> T) throws(BatchLogFailure) -> T {
        do {
            let result = try body()
            setTrouble(nil)
            return result
        } catch {
            let failure = BatchLogFailure(writing: error)
            let isNew = setTrouble(failure == .diskFull ? "the disk is full" : "\(error)")
            if isNew { scheduleProbe() }
            throw failure
        }
    }

    /// True if the last commit before worked.
    @discardableResult
    private func setTrouble(_ reason: String?) -> Bool {
        let before = trouble.withLock { trouble in
            defer { trouble = reason }
            return trouble
        }
        if before == nil, reason == nil { return false }
        options.didTurn?(reason)
        return before == nil
    }

    // Gateways may have given up by now, and whoever sends only to ready services sends nothing:
    // the log finds out by itself that the disk works again.
    private func scheduleProbe() {
        let wait = DispatchTimeInterval.milliseconds(IngestLimits.probeEveryMilliseconds)
        writerQueue.asyncAfter(deadline: .now() + wait) { [weak self] in self?.probe() }
    }

    /// Commits what changes nothing, again and again until a commit has worked.
    private func probe() {
        if isClosed || readiness.isReady { return }
        do {
            try writeSegment { db in
                // A page is written although nothing reads it.
                let count = try Int64.fetchOne(db, sql: "pragma user_version") ?? 0
                try db.execute(sql: "pragma user_version = \((count + 1) % 1_000_000)")
            }
        } catch {
            scheduleProbe()
        }
    }
}
