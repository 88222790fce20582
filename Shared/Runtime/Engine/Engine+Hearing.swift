import Domain
import Kernel

// What becomes true by time alone waits until the upstreams have been heard.

extension Engine {
    /// How far each upstream reaches now; throws if one does not answer.
    package typealias Heads = @Sendable () async throws -> [UpstreamPosition]

    /// Says how the upstreams are asked; before `run`. An engine that is not told has none.
    package func listen(_ heads: @escaping Heads) { self.heads = heads }

    /// What waits for news may be done if it fell due by this time.
    func heard(at now: Instant) -> Instant {
        heads == nil ? .distantFuture : hearing.limit(at: now)
    }

    /// When to look at the machine again.
    var nextLook: Instant? {
        guard let due = machine.nextDue, due <= lastNow else { return machine.nextDue }
        // Something waits for news: an answer comes by itself.
        return [machine.nextDue(heard: heard(at: lastNow)), hearing.patienceEnds]
            .compactMap(\.self).min()
    }

    /// Asks the upstreams how far they reach if something is due that waits for news.
    func askIfWaiting() {
        guard rows != nil, let heads, !hearing.isAsking, let due = machine.nextDue, due <= lastNow
        else { return }
        hearing.ask(at: lastNow)
        question = Task.detached { [weak self] in await self?.ask(heads) }
    }

    /// Says so if something is done after patience has ended.
    func warnIfUnheard(_ due: Instant, at now: Instant) {
        guard heads != nil, let end = hearing.patienceEnds, end <= now else { return }
        logger.warning(
            "upstreams were not heard; what is due is done by what is known",
            metadata: ["engine": "\(name)", "due_unix_ms": "\(due.unixMilliseconds)"])
    }

    private nonisolated func ask(_ heads: Heads) async {
        var attempt = 0
        while !Task.isCancelled {
            attempt += 1
            let askedAt = await now()
            do {
                let reached = try await heads()
                await told(reached, askedAt: askedAt)
                return
            } catch {
                if Task.isCancelled { return }
                logger.warning(
                    "upstreams do not say how far they reach; what is due waits for a while",
                    metadata: ["engine": "\(name)", "reason": "\(error)"])
                let wait = RetryWait.drawn(
                    attempt: attempt, from: .milliseconds(100), to: .seconds(5))
                // In real time: an upstream does not come back by a simulated clock.
                try? await Task.sleep(for: wait)
            }
        }
    }

    private func now() -> Instant { readClock() }

    private func told(_ heads: [UpstreamPosition], askedAt: Instant) {
        if isStopping { return }
        hearing.told(heads, askedAt: askedAt, cursors: cursors, at: readClock())
        tick()
    }

    /// Nobody is asked any more, and what waits for news waits for the next start.
    func stopListening() {
        question?.cancel()
        if heads != nil { heads = { throw EngineFailure.stopping } }
    }
}
