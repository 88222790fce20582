import Logging
import NIOPosix
import RPC

/// A client of one service that says what is wrong in words of the command line.
struct Connection: Sendable {
    let service: ServiceName
    let address: ConnectionOptions.Address
    private let client: RPCClient
    private let hasToken: Bool

    /// Long enough for a busy machine, short enough for a person who waits.
    static let timeout: Duration = .seconds(15)

    init(_ service: ServiceName, _ options: ConnectionOptions) throws {
        self.service = service
        address = try options.address(service)
        var configuration = ClientConfiguration(tls: try options.readTLS())
        let token = try options.readToken()
        hasToken = token != nil
        if let token {
            configuration.interceptor = { _ in ["authorization": "Bearer " + token] }
        }
        client = RPCClient(
            addresses: [.hostPort(address.host, address.port)], configuration: configuration,
            group: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "hazwatch", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    /// Opens a connection for what `body` does and closes it after.
    static func with<Result>(
        _ service: ServiceName, _ options: ConnectionOptions,
        _ body: (Connection) async throws -> Result
    ) async throws -> Result {
        let connection = try Connection(service, options)
        do {
            let result = try await body(connection)
            await connection.close()
            return result
        } catch {
            await connection.close()
            throw connection.explain(error)
        }
    }

    func close() async { await client.close() }

    /// Sends one message and waits for the answer.
    func unary<I, O>(
        _ method: RPCMethod<I, O>, _ request: I, timeout: Duration = timeout
    ) async throws(RPCStatus) -> O {
        try await client.unary(method, request, options: CallOptions(timeout: timeout))
    }

    /// Sends one message; the answers follow as they come.
    func stream<I, O>(
        _ method: RPCMethod<I, O>, _ request: I
    ) async throws(RPCStatus) -> ResponseStream<O> {
        try await client.serverStreaming(method, request)
    }

    /// Opens a call in which both sides send.
    func call<I, O>(_ method: RPCMethod<I, O>) async throws(RPCStatus) -> ClientCall<I, O> {
        try await client.bidirectional(method)
    }

    /// The failure that a status means to the person who typed the command.
    func explain(_ error: any Error) -> any Error {
        guard let status = error as? RPCStatus else { return error }
        return StatusExplanation(service: service, address: "\(address)", hasToken: hasToken)
            .failure(status)
    }
}
