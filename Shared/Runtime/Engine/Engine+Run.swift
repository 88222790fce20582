import Domain
import Kernel
import ServiceLifecycle
import Storage

// What an engine does beside the commits: wait for time, and act on the outbox.

extension Engine: Service {
    // How long effects that are under way may take to finish when the service stops.
    private static var graceForEffects: Duration { .seconds(3) }

    /// Acts on what remains in the outbox, wakes the machine whenever it is due, and does so until
    /// the service stops.
    package func run() async throws {
        let (stream, continuation) = AsyncStream.makeStream(of: OutboxRow.self)
        start(continuation)
        await withTaskCancellationOrGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                for await row in stream { group.addTask { await self.act(on: row) } }
                await finishEffects()
                group.cancelAll()
            }
        } onCancelOrGracefulShutdown: {
            continuation.finish()
        }
        stop()
    }

    private func start(_ continuation: AsyncStream<OutboxRow>.Continuation) {
        rows = continuation
        if readiness != .ready && failedCommitsInARow == 0 { setReadiness(.ready) }
        tick()
    }

    private func finishEffects() async {
        // A short look now and then: it happens once, at the end.
        let end = ContinuousClock.now + Self.graceForEffects
        while lanes.underWayCount > 0, ContinuousClock.now < end, !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(20))
        }
    }

    private func stop() {
        isStopping = true
        setReadiness(.unready(reason: "\(name) is stopping"))
        rows = nil
        stopListening()
        timer?.task.cancel()
        flush?.cancel()
        retry?.cancel()
        flushCursors()
        lanes.removeAll()
        journalHead.close()
        releaseIfIdle()
    }

    // MARK: Time

    /// Keeps one sleeper for the next time at which something may have to be done.
    func scheduleTimer() {
        guard rows != nil, let due = nextLook, failedCommitsInARow == 0 else {
            timer?.task.cancel()
            timer = nil
            return
        }
        if timer?.dueAt == due { return }
        timer?.task.cancel()
        let time = time
        let task = Task.detached { [weak self] in
            do { try await time.sleep(until: due) } catch { return }
            await self?.timerEnded(due)
        }
        timer = (due, task)
    }

    private func timerEnded(_ due: Instant) {
        if timer?.dueAt == due { timer = nil }
        tick()
    }

    /// Stores lazy cursors soon; in real time, since no rule depends on it.
    func scheduleFlush() {
        if lazyCursors.isEmpty || flush != nil { return }
        flush = Task.detached { [weak self] in
            do {
                try await Task.sleep(for: RuntimeLimits.cursorFlushEvery.duration)
            } catch { return }
            await self?.flushEnded()
        }
    }

    private func flushEnded() {
        flush = nil
        flushCursors()
    }

    /// Tries the store again after a failed commit; in real time, as disks mend themselves.
    func scheduleRetry() {
        if retry != nil || isStopping { return }
        let wait = RetryWait.drawn(
            attempt: failedCommitsInARow, from: .seconds(1), to: .seconds(30))
        retry = Task.detached { [weak self] in
            do { try await Task.sleep(for: wait) } catch { return }
            await self?.retryEnded()
        }
    }

    private func retryEnded() {
        retry = nil
        tick()
    }

    // MARK: Outbox

    /// Hands on the rows whose turn it is.
    func startRows() {
        counts.waitingEffects.record(lanes.waitingCount + lanes.underWayCount)
        guard let rows, resumed.isEmpty else { return }
        while let row = lanes.next() {
            unsettled.insert(row.key)
            rows.yield(row)
        }
    }

    private nonisolated func act(on row: OutboxRow) async {
        var attempt = 0
        while !Task.isCancelled {
            attempt += 1
            do {
                let event = try await shell.perform(row)
                try await tell(event)
                break
            } catch {
                if Task.isCancelled { break }
                logger.error(
                    "effect ended without an event",
                    metadata: ["key": "\(row.key)", "reason": "\(error)"])
                let wait = RetryWait.drawn(attempt: attempt, from: .seconds(1), to: .seconds(60))
                try? await Task.sleep(for: wait)
            }
        }
        await finished(row)
    }

    // What was done in the world must be written down: a store that fails is tried again.
    private nonisolated func tell(_ event: M.Event) async throws {
        var attempt = 0
        while true {
            attempt += 1
            do {
                try await submit(event)
                return
            } catch let failure as EngineFailure where failure != .stopping {
                let wait = RetryWait.drawn(
                    attempt: attempt, from: .milliseconds(100), to: .seconds(5))
                try await Task.sleep(for: wait)
            } catch let refusal as M.Refusal {
                logger.error(
                    "machine refused to hear how an effect went",
                    metadata: ["reason": "\(refusal)"])
                return
            }
        }
    }

    private func finished(_ row: OutboxRow) {
        counts.effects.increment()
        if unsettled.remove(row.key) != nil && !isStopping {
            counts.unsettledEffects.increment()
            logger.error("event of an effect did not settle it", metadata: ["key": "\(row.key)"])
        }
        lanes.finish(row)
        startRows()
        releaseIfIdle()
    }
}
