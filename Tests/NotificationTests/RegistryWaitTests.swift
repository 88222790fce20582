import Domain
import Logging
import Synchronization
import Testing

@testable import Notification

/// Levels that come before their registry.
@Suite struct RegistryWaitTests {
    final class Ingest: Sendable {
        struct Away: Error {}

        let known = Mutex<Set<HazardSourceID>>([])
        let heard = Mutex(0)

        /// What becomes known when it is heard for the `n`th time; nil: it never answers.
        func wait(_ answer: @escaping @Sendable (Int) throws -> HazardSourceID?) -> RegistryWait {
            var logger = Logger(label: "wait")
            logger.logLevel = .critical
            var wait = RegistryWait(
                knows: { source in self.known.withLock { $0.contains(source) } },
                hear: {
                    let count = self.heard.withLock { heard in
                        heard += 1
                        return heard
                    }
                    guard let source = try answer(count) else {
                        return try await Task.sleep(for: .seconds(7_200))
                    }
                    _ = self.known.withLock { $0.insert(source) }
                }, logger: logger)
            wait.limit = .hours(1)
            return wait
        }
    }

    @Test func levelOfASourceThatWasImportedAMomentAgoFindsItsRegistry() async throws {
        let ingest = Ingest()
        var wait = ingest.wait { _ in HazardSourceID("s") }
        try await wait.wait(for: HazardSourceID("s"))
        #expect(ingest.known.withLock { $0 } == [HazardSourceID("s")])
        #expect(wait.givenUp.isEmpty)
    }

    @Test(.timeLimit(.minutes(10)))
    func unknownSourceHoldsLevelsBackOnceAndNotForEver() async throws {
        let ingest = Ingest()
        var wait = ingest.wait { _ in nil }
        wait.limit = Interval(milliseconds: 50)
        for _ in 0..<3 { try await wait.wait(for: HazardSourceID("s")) }
        // Not at all if the machine is so slow that the limit comes first.
        #expect(ingest.heard.withLock { $0 } <= 1)
        #expect(wait.givenUp == [HazardSourceID("s")])
    }

    /// The first source may wait long for news; each after it would hold back all levels as long.
    @Test(.timeLimit(.minutes(10)))
    func whileIngestIsAwayOnlyTheFirstWaitIsLong() async throws {
        let ingest = Ingest()
        var wait = ingest.wait { _ in nil }
        wait.limit = Interval(milliseconds: 50)
        try await wait.waitForNews()
        wait.limit = .hours(1)
        for _ in 0..<3 { try await wait.waitForNews() }
        var heard = ingest.wait { _ in HazardSourceID("s") }
        try await heard.waitForNews()
        #expect(ingest.known.withLock { $0 } == [HazardSourceID("s")])
    }

    @Test func oneErrorOfIngestIsNotTheEndOfTheWait() async throws {
        let ingest = Ingest()
        var wait = ingest.wait { count in
            if count == 1 { throw Ingest.Away() }
            return HazardSourceID("s")
        }
        try await wait.wait(for: HazardSourceID("s"))
        #expect(wait.givenUp.isEmpty)
        #expect(ingest.heard.withLock { $0 } == 2)
    }
}
