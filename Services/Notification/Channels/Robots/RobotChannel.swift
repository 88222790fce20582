import AsyncHTTPClient
package import Domain
package import Logging
package import NIOCore
import NIOHTTP1
package import Runtime

/// Messages into the chat group of the body that they are for.
package final class RobotChannel: MessageChannel {
    package let name: String
    private let robots: [NodeID: (robot: Robot, turnstile: Turnstile)]
    private let client: LateHTTPClient
    private let logger: Logger
    private let now: @Sendable () -> Instant

    package init(
        name: String, robots: [Robot], perMinute: Int = 20, group: any EventLoopGroup,
        logger: Logger, now: @escaping @Sendable () -> Instant = { SystemTime().now() }
    ) {
        (self.name, self.logger, self.now) = (name, logger, now)
        // Burst and pace together stay within the platform's count for any minute.
        let burst = max(perMinute / 4, 1)
        let pace = WaitingRoom.Pace(
            max(perMinute - burst, 1), each: .minutes(1), burst: burst, atOnceMax: 4)
        self.robots = Dictionary(
            robots.map { ($0.node, ($0, Turnstile(pace))) }, uniquingKeysWith: { $1 })
        client = LateHTTPClient(group: group, atOnceMax: 64)
    }

    package static let keys = [
        ConfigurationKey(
            "robots-file", .text,
            "A table of the chat groups' robots with a line `node,kind,url,secret` for each; kind "
                + "is wecom or dingtalk. Unset: there are none."),
        ConfigurationKey(
            "robots-per-minute", .integer(1...10_000), default: "20",
            "How many messages one robot may write in a minute. Red ones do not wait."),
    ]

    /// The robots that the settings state; nil if they name no file.
    package static func read(
        _ settings: ServiceConfiguration, name: String, group: any EventLoopGroup, logger: Logger
    ) throws -> RobotChannel? {
        guard let path = settings.optional("robots-file") else { return nil }
        return RobotChannel(
            name: name, robots: try RobotFile.read(path: path),
            perMinute: settings.integer("robots-per-minute"), group: group, logger: logger)
    }

    package func handOver(_ message: OutgoingMessage) async throws -> HandOverOutcome {
        guard let (robot, turnstile) = robots[message.node] else {
            return .refused("\(message.node) has no robot; add a line for it to robots-file.")
        }
        let text = ShortenedText.fitting(
            SMSText.signed(message.text, by: message.signature)
        ) { $0.utf8.count <= robot.textBytesMax }
        let outcome = try await turnstile.pass(
            message.level, turnstile.arrive(), patience: ChannelLimits.turnPatience
        ) {
            try await self.post(robot, text, message.telephone)
        }
        return (outcome ?? .refusedForNow("its turn did not come: the robot has written enough"))
            .hiding(message.telephone, robot.url, robot.secret)
    }

    private func post(
        _ robot: Robot, _ text: String, _ telephone: String
    ) async throws -> (HandOverOutcome, Bool) {
        var request = HTTPClientRequest(url: robot.address(at: now()))
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json; charset=utf-8")
        request.body = .bytes(
            ByteBuffer(bytes: try robot.body(text, telephone: telephone).serialized()))
        switch await HTTPAnswer.of(request, client, within: ChannelLimits.robotAnswerWithin) {
        case .complete(let status, let body):
            return robot.read(status: status, body: body)
        case .unsent(let reason): return (.refusedForNow("no answer: \(reason)"), false)
        case .failed(let reason):
            try Task.checkCancellation()
            return (.unknown("no answer: \(reason)"), false)
        }
    }

    /// Lets the connections to the platforms go at the end.
    package func run() async throws {
        await untilCancelled()
        do {
            try await client.shutdown()
        } catch {
            logger.warning("connections were not closed", metadata: ["reason": "\(error)"])
        }
    }
}
