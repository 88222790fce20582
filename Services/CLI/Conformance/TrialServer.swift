import Contracts
import Domain
import IngestCore
import Logging
import NIOPosix
import RPC
import Runtime

/// Stands in front of one gateway as the platform does: a real server, real messages, one token.
actor TrialServer {
    private var trial: GatewayTrial
    private let clock: any TimeSource
    private let token: String

    /// Larger than the platform takes, so that what is too large can be named.
    private static let messageBytesMax = 64 << 20
    private static let lookEvery = Interval(milliseconds: 100)

    init(_ plan: GatewayTrial.Plan, token: String, clock: any TimeSource = SystemTime()) {
        trial = GatewayTrial(plan, at: clock.now())
        (self.clock, self.token) = (clock, token)
    }

    /// Listens, tells where, and walks the gateway to the end.
    func run(
        listen address: RPCAddress, told: @Sendable (_ port: Int) throws -> Void
    ) async throws -> GatewayTrial {
        var router = RPCRouter()
        router.describe(IngestV1.ReadingsService.file)
        let plan = trial.plan
        router.bidirectional(IngestV1.ReadingsService.push) { [self] requests, writer, call in
            guard call.metadata["authorization"] == "Bearer " + token else {
                await refuseToken()
                throw RPCStatus(
                    .unauthenticated,
                    "Send the metadata `authorization: Bearer TOKEN` with the token of the check.")
            }
            var inspector = BatchInspector(plan)
            for try await request in requests {
                let look = inspector.look(request, at: clock.now())
                switch await take(request, look) {
                case .acknowledge(let response, let after):
                    try await clock.sleep(until: clock.now() + after)
                    try await writer.write(response)
                case .end(let status): throw status
                }
            }
        }
        var configuration = ServerConfiguration(address: address)
        configuration.messageBytesMax = Self.messageBytesMax
        let server = RPCServer(
            configuration: configuration, router: router,
            group: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "check", factory: { _ in SwiftLogNoOpLogHandler() }))
        try told(try await server.start())
        while !trial.isOver {
            try await clock.sleep(until: clock.now() + Self.lookEvery)
            trial.wait(until: clock.now())
        }
        await server.drain(within: .seconds(1))
        return trial
    }

    private func refuseToken() { trial.refuseToken() }

    private func take(
        _ request: IngestV1.PushRequest, _ look: BatchInspector.Look
    ) -> GatewayTrial.Answer {
        for fault in look.faults { trial.fail(fault.rule, fault.seen) }
        return trial.take(request, look.checked, at: clock.now())
    }
}
