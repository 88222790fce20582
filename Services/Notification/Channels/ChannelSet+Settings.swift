import Domain
import Foundation
package import Logging
package import NIOCore
package import Runtime

extension ChannelSet {
    private static let gateways = ["smpp", "http"]
    private static let backupPrefix = "backup-"

    package static let keys =
        [
            ConfigurationKey(
                "sms-via", .choice(gateways),
                "Which gateway short messages take; needed only if both are set."),
            ConfigurationKey(
                "sms-backup-via", .choice(gateways),
                "Which gateway they take if the first one fails; its settings begin with "
                    + "\(backupPrefix). Unset: there is none."),
        ] + HTTPProvider.keys() + ReceiptRules.keys() + SMPPSettings.keys()
        + HTTPProvider.keys(backupPrefix) + ReceiptRules.keys(backupPrefix)
        + SMPPSettings.keys(backupPrefix) + EmailSettings.keys + RobotChannel.keys
        + VoiceChannel.keys

    /// The channels that the settings state; `report` is told with each report which channel
    /// heard it.
    package static func read(
        _ settings: ServiceConfiguration, group: any EventLoopGroup, logger: Logger,
        report: @escaping @Sendable (Name, ChannelReport) async throws -> Void
    ) throws -> ChannelSet {
        let reader = ChannelReader(settings: settings, group: group, logger: logger, report: report)
        var channels: [Name: any MessageChannel] = [:]
        channels[.sms] = try reader.gateway(.sms, via: settings.optional("sms-via"), prefix: "")
        if let via = settings.optional("sms-backup-via") {
            channels[.backup] = try reader.gateway(.backup, via: via, prefix: backupPrefix)
        }
        channels[.email] = try EmailSettings.read(settings).map {
            try EmailChannel(name: Name.email.rawValue, settings: $0, group: group)
        }
        channels[.robot] = try RobotChannel.read(
            settings, name: Name.robot.rawValue, group: group, logger: logger)
        channels[.voice] = try VoiceChannel.read(settings, name: Name.voice.rawValue)
        return ChannelSet(channels)
    }
}

/// Makes channels of settings.
private struct ChannelReader {
    let settings: ServiceConfiguration
    let group: any EventLoopGroup
    let logger: Logger
    let report: @Sendable (ChannelSet.Name, ChannelReport) async throws -> Void
    let references = PartReferences(
        start: UInt8(truncatingIfNeeded: Int(Date().timeIntervalSince1970)))

    /// The gateway `via`; without a choice, the one that is set.
    func gateway(
        _ name: ChannelSet.Name, via: String?, prefix: String
    ) throws -> (any MessageChannel)? {
        let smpp = via == "http" ? nil : try SMPPSettings.read(settings, prefix: prefix)
        let http = via == "smpp" ? nil : try HTTPProvider.read(settings, prefix: prefix)
        // A mistake in what is not in use yet is one as well.
        let rules = try ReceiptRules.read(settings, prefix: prefix)
        let report: TakeReport = { [report] in try await report(name, $0) }
        switch (smpp, http) {
        case (_?, _?):
            throw ChannelMistake(
                "sms-via", "smpp-host and http-url are both set; say which short messages take")
        case (let smpp?, nil):
            return SMPPChannel(
                name: name.rawValue, settings: smpp, references: references, group: group,
                logger: logger, report: report)
        case (nil, let http?):
            return HTTPChannel(
                name: name.rawValue, provider: http,
                receipts: rules.map { server($0, prefix, report) }, group: group, logger: logger)
        case (nil, nil):
            guard let via else { return nil }
            throw ChannelMistake(
                name == .sms ? "sms-via" : "sms-backup-via",
                "it is \(via), so \(prefix)\(via == "smpp" ? "smpp-host" : "http-url") must be set")
        }
    }

    private func server(
        _ rules: ReceiptRules, _ prefix: String, _ report: @escaping TakeReport
    ) -> ReceiptServer {
        ReceiptServer(
            rules: rules, host: settings.text(prefix + "receipt-host"),
            port: Int(settings.optional(prefix + "receipt-port") ?? "") ?? 0, group: group,
            logger: logger, report: report)
    }
}
