import Domain
import Logging
import NotificationChannels

/// Lets levels wait until the registry copy holds what their notices go by; a while, and not for
/// ever: one source that nobody registered must not hold back the levels of all.
struct RegistryWait {
    let knows: @Sendable (HazardSourceID) async throws -> Bool
    /// Returns once the copy has all that the registry held when it was called.
    let hear: @Sendable () async throws -> Void
    let logger: Logger
    var limit = ServiceLimits.registryHeardWithin
    private var isHeard = true
    private(set) var givenUp: Set<HazardSourceID> = []

    init(
        knows: @escaping @Sendable (HazardSourceID) async throws -> Bool,
        hear: @escaping @Sendable () async throws -> Void, logger: Logger
    ) {
        (self.knows, self.hear, self.logger) = (knows, hear, logger)
    }

    /// Waits for all news of the registry; hardly at all if they did not come the last time: ingest
    /// is away, and each of many sources would hold back the levels of all for as long.
    mutating func waitForNews() async throws {
        let patience = isHeard ? limit : ServiceLimits.registryHeardAgainWithin
        let news: Void? = try await within(patience) { [hear] in
            while true {
                do {
                    return try await hear()
                } catch {
                    // Ingest may be starting, which takes real time.
                    try await Task.sleep(for: .milliseconds(200))
                }
            }
        }
        isHeard = news != nil
    }

    /// Waits for a source and its persons; once, if they do not come.
    mutating func wait(for source: HazardSourceID) async throws {
        if givenUp.contains(source) { return }
        if try await knows(source) { return }
        try await waitForNews()
        if try await knows(source) { return }
        givenUp.insert(source)
        logger.error(
            "level of a source whose persons the registry does not hold; notices to them fail",
            metadata: ["source": "\(source)"])
    }
}
