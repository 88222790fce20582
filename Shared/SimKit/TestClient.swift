import Logging
import NIOPosix
package import RPC

/// Clients of services in other processes.
package enum TestClient {
    /// A client of what listens on `port` of this machine, with a token; nil for none.
    package static func onPort(_ port: Int, token: String?) -> RPCClient {
        var configuration = ClientConfiguration()
        if let token { configuration.interceptor = { _ in ["authorization": "Bearer \(token)"] } }
        return RPCClient(
            addresses: [.hostPort("127.0.0.1", port)], configuration: configuration,
            group: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }
}
