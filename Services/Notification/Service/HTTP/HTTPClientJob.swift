import AsyncHTTPClient
import Logging
import ServiceLifecycle

/// Lets the connections to the provider go at the end.
struct HTTPClientJob: Service {
    let client: HTTPClient
    let logger: Logger

    func run() async throws {
        try? await gracefulShutdown()
        do {
            try await client.shutdown()
        } catch {
            logger.warning(
                "connections to the provider were not closed", metadata: ["reason": "\(error)"])
        }
    }
}
