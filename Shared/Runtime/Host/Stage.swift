import ServiceLifecycle

/// Services that start and stop together; stages stop one after another, the last first.
struct Stage: Service {
    var services: [any Service]

    func run() async throws {
        if services.isEmpty {
            try? await gracefulShutdown()
            return
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for service in services { group.addTask { try await service.run() } }
            try await group.waitForAllOrFailure()
        }
    }
}

/// A service made of what it does until the end, and what it does at the end.
struct UntilShutdown: Service {
    var during: @Sendable () async -> Void = {}
    var end: @Sendable () async -> Void

    func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await during() }
            try? await gracefulShutdown()
            await end()
            group.cancelAll()
        }
    }
}
