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
        _ arguments: [String] = [], reports: Reports = Reports(), logger: Logger = .silent,
        settings: (inout SMPPSettings) -> Void = { _ in }
    ) async throws {
        let peer = try await Peer.script("smsc.py", arguments)
        self = Self(peer, reports, logger: logger, settings)
        try #require(await channel.isConnected(within: .seconds(240)))
    }

    /// To an SMSC that is there already, or not yet.
    init(
        _ peer: Peer, _ reports: Reports = Reports(), port: Int? = nil, logger: Logger = .silent,
        _ settings: (inout SMPPSettings) -> Void = { _ in }
    ) {
        var smpp = SMPPSettings(host: "127.0.0.1", port: port ?? peer.port)
        (smpp.bind.systemID, smpp.bind.password) = ("hazwatch", "secret")
        smpp.source = PDU.Address("1069", ton: 3)
        settings(&smpp)
        let channel = SMPPChannel(
            name: "sms", settings: smpp, references: PartReferences(start: 0),
            group: .singletonMultiThreadedEventLoopGroup,
            logger: logger, wait: { _ in .milliseconds(50) }, report: { try reports.take($0) })
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

    /// Sends again as long as it does not go out, and is told so; what became of it then.
    func sendOut(
        _ text: String, to number: String = "000-0001", id: String = "n/1",
        level: WarningLevel = .yellow
    ) async throws -> HandOverOutcome {
        try await goOut { try await send(text, to: number, id: id, level: level) }
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

/// Tries again as long as a message does not go out: a connection comes in real time.
func goOut(_ send: () async throws -> HandOverOutcome) async throws -> HandOverOutcome {
    let end = ContinuousClock.now + .seconds(240)
    while true {
        let outcome = try await send()
        guard case .refusedForNow = outcome, ContinuousClock.now < end else { return outcome }
        // The SMSC is another process, and ready for it in real time.
        try await Task.sleep(for: .milliseconds(20))
    }
}

/// Tries again what the machine may have been too slow for; false if that never helped.
func succeeds(_ body: () async throws -> Bool) async throws -> Bool {
    for _ in 0..<10 {
        if try await body() { return true }
    }
    return false
}

extension Logger {
    /// Notes the reasons that are logged.
    static func noting(_ reasons: Reasons) -> Logger {
        Logger(label: "noting") { _ in reasons }
    }

    /// For what is meant to go wrong.
    static var silent: Logger {
        var logger = Logger(label: "silent")
        logger.logLevel = .critical
        return logger
    }
}
