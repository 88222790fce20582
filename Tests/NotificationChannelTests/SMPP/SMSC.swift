import Domain
import Logging
import NIOCore
import NIOPosix
import NotificationChannels
import Testing

/// A channel of ours that is bound to an SMSC of another maker.
struct SMSC {
    let peer: Peer
    let channel: SMPPChannel
    let reports: Reports
    private let running: Task<Void, any Error>

    /// `settings` changes what the channel is set to; the SMSC takes `arguments`.
    init(
        _ arguments: [String] = [], reports: Reports = Reports(),
        settings: (inout SMPPSettings) -> Void = { _ in }
    ) async throws {
        let peer = try await Peer.script("smsc.py", arguments)
        self = Self(peer, reports, settings)
        try #require(await channel.isConnected(within: .seconds(20)))
    }

    /// To an SMSC that is there already, or not yet.
    init(
        _ peer: Peer, _ reports: Reports = Reports(), port: Int? = nil,
        _ settings: (inout SMPPSettings) -> Void = { _ in }
    ) {
        var smpp = SMPPSettings(host: "127.0.0.1", port: port ?? peer.port)
        (smpp.bind.systemID, smpp.bind.password) = ("hazwatch", "secret")
        smpp.source = PDU.Address("1069", ton: 3)
        settings(&smpp)
        let channel = SMPPChannel(
            name: "sms", settings: smpp, group: .singletonMultiThreadedEventLoopGroup,
            logger: .silent, wait: { _ in .milliseconds(50) }, report: { try reports.take($0) })
        (self.peer, self.channel, self.reports) = (peer, channel, reports)
        running = Task { try await channel.run() }
    }

    /// Sends `text` to the telephone `number`, whose last two digits choose what goes wrong.
    func send(
        _ text: String, to number: String = "000-0001", id: String = "n/1",
        level: WarningLevel = .yellow
    ) async throws -> HandOverOutcome {
        try await channel.handOver(
            OutgoingMessage(id: id, telephone: number, text: text, level: level))
    }

    /// Ends the channel in good order.
    func stop() async {
        running.cancel()
        _ = await running.result
    }

    func end() async {
        await stop()
        await peer.end()
    }
}

extension Logger {
    /// For what is meant to go wrong.
    static var silent: Logger {
        var logger = Logger(label: "silent")
        logger.logLevel = .critical
        return logger
    }
}
