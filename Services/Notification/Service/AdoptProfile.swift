import Domain
import NotificationCore
import Policy
import Runtime
import ServiceLifecycle

/// Puts the rules that the service was started with on record, once at its start.
///
/// Throws if rules of the same name and version were in use with other content: no case could say
/// any more which ones it followed.
struct AdoptProfile: Service {
    let profile: PolicyProfile
    let submit: @Sendable (NotificationEvent) async throws -> Instant

    func run() async throws {
        _ = try await submit(.adopted(profile))
        // A job that ends is a service that ends.
        try? await gracefulShutdown()
    }
}
