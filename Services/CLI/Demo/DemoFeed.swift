import Contracts
import Domain
import IngestCore
import Logging
import NIOPosix
import RPC
import Runtime

/// The gateway of one enterprise of the demo city: pushes to the real ingest with a token of its
/// own, and sends again what was not acknowledged.
actor DemoFeed {
    private let gateway: Gateway
    private let pointIDs: [String]
    private let client: RPCClient
    private var stream: Stream?
    /// The last sequence that was given to a batch. It begins with the time, so that a later run
    /// goes on above an earlier one.
    private var sequence: UInt64

    private static let firstWait = Duration.milliseconds(500)
    private static let longestWait = Duration.seconds(10)

    private struct Stream {
        var call: ClientCall<IngestV1.PushRequest, IngestV1.PushResponse>
        var answers: ResponseStream<IngestV1.PushResponse>.AsyncIterator
        var isNew = true
    }

    init(_ plant: DemoPlant, port: Int, tokens: TokenSource, sequence: UInt64) {
        (gateway, pointIDs, self.sequence) = (plant.gateway, plant.pointIDs, sequence)
        var configuration = ClientConfiguration()
        configuration.interceptor = { _ in try await tokens.metadata() }
        client = RPCClient(
            addresses: [.hostPort("127.0.0.1", port)], configuration: configuration,
            group: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "demo", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    /// Pushes one row and returns once it is acknowledged, however long ingest is away.
    func push(_ values: [Double], at now: Instant) async throws {
        sequence += 1
        var tries = 0
        while true {
            try Task.checkCancellation()
            do {
                return try await send(values, at: now)
            } catch let status as RPCStatus {
                stream = nil
                if !status.mayPass { throw status }
                tries += 1
                // In real time: ingest is starting, stopping or out of space.
                try await Task.sleep(
                    for: RetryWait.drawn(
                        attempt: tries, from: Self.firstWait, to: Self.longestWait))
            }
        }
    }

    func close() async { await client.close() }

    private func send(_ values: [Double], at now: Instant) async throws {
        var stream: Stream
        if let open = self.stream {
            stream = open
        } else {
            let call = try await client.bidirectional(IngestV1.ReadingsService.push)
            stream = Stream(call: call, answers: call.responses.makeAsyncIterator())
        }
        self.stream = nil
        try await stream.call.send(
            IngestV1.PushRequest(
                gatewayID: gateway.id.text, sequence: sequence,
                columns: IngestV1.Columns(
                    pointIDs: stream.isNew ? pointIDs : [],
                    point: pointIDs.indices.map(UInt32.init),
                    baseUnixMs: now.unixMilliseconds, measuredDeltaMs: values.map { _ in 0 },
                    value: values)))
        guard try await stream.answers.next() != nil else {
            throw RPCStatus(.unavailable, "ingest ended the stream")
        }
        stream.isNew = false
        self.stream = stream
    }
}

extension RPCStatus {
    /// True for what ends by itself, or by an operator, while the sender waits.
    var mayPass: Bool {
        code == .unavailable || code == .resourceExhausted || code == .cancelled
            || code == .deadlineExceeded
    }
}
