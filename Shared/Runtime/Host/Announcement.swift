import ServiceLifecycle

/// What a person is told once everything runs.
///
/// It is said beside the services, that is, once signals are listened to: whoever reads it may end
/// the program at once, as it should be ended.
package struct Announcement: Service {
    private let say: @Sendable () -> Void

    package init(_ say: @escaping @Sendable () -> Void) { self.say = say }

    package func run() async throws {
        say()
        try? await gracefulShutdown()
    }
}
