import Runtime

/// The services of the platform, each after those whose streams it reads.
enum Platform {
    static let services: [any HostedService.Type] = []
}
