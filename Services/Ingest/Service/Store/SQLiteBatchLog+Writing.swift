import Dispatch
import GRDB
package import Runtime

/// Every commit goes through here, so that the log can say whether its disk takes what it is given.
extension SQLiteBatchLog {
    package var readiness: Readiness {
        guard let reason = trouble.withLock({ $0 }) else { return .ready }
        return .unready(reason: "readings cannot be stored: \(reason)")
    }

    /// Writes in one transaction and waits for the disk; blocks the thread.
    @_disfavoredOverload
    func write<T>(_ body: (Database) throws -> T) throws(BatchLogFailure) -> T {
        do {
            let result = try store.write(body)
            setTrouble(nil)
            return result
        } catch {
            throw failed(error)
        }
    }

    /// Writes in one transaction and waits for the disk, on a thread of the store.
    func write<T: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> T
    ) async throws(BatchLogFailure) -> T {
        do {
            let result = try await store.write(body)
            setTrouble(nil)
            return result
        } catch {
            throw failed(error)
        }
    }

    private func failed(_ error: any Error) -> BatchLogFailure {
        let failure = BatchLogFailure(writing: error)
        let isNew = setTrouble(failure == .diskFull ? "the disk is full" : "\(error)")
        if isNew { scheduleProbe() }
        return failure
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
            try write { db in
                // A page is written although its content stays.
                try db.execute(
                    sql: """
                        insert into progress (name, position) values ('chunked', 0)
                        on conflict (name) do update set position = position
                        """)
            }
        } catch {
            scheduleProbe()
        }
    }
}
