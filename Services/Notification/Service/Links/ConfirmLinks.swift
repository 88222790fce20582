import Domain
import Logging
import NIOCore
import NotificationChannels
import NotificationCore
import Runtime
import Storage

/// Short links in messages to persons, with which they confirm 签收 from any telephone.
///
/// The link stands in the message alone, neither in the journal nor in tables: who may read those
/// must not be able to confirm for others.
struct ConfirmLinks: Sendable {
    static let keys = [
        ConfigurationKey(
            "link-url", .text,
            "Where persons open the links with which they confirm, such as "
                + "https://hw.example.cn/c: what a reverse proxy passes on to link-port. Unset: "
                + "messages hold no links."),
        ConfigurationKey("link-host", .text, default: "127.0.0.1", "The address of link-port."),
        ConfigurationKey(
            "link-port", .integer(0...65_535), default: "0",
            "The port of the page behind the links; 0: any that is free."),
    ]

    private let url: String
    let host: String
    let port: Int
    let codes: ConfirmCodes

    /// What the settings state; nil if there are to be no links.
    static func read(_ settings: ServiceConfiguration, folder: String) throws -> ConfirmLinks? {
        guard let url = settings.optional("link-url") else { return nil }
        let isWeb = ["https://", "http://"].contains { url.hasPrefix($0) && url.count > $0.count }
        guard isWeb, url.utf8.allSatisfy({ $0 > 32 && $0 < 127 }), !url.contains("?") else {
            throw ChannelMistake(
                "link-url",
                "`\(url)` is no address that a telephone could open; write one such as "
                    + "https://hw.example.cn/c")
        }
        return ConfirmLinks(
            url: url.last == "/" ? url : url + "/", host: settings.text("link-host"),
            port: settings.integer("link-port"),
            codes: try ConfirmCodes(file: folder + "/confirm-links.key"))
    }

    /// What is added to the message of a notice whose receipt somebody owes; nil: nothing.
    func words(for notice: Notice, in store: Store) async throws -> String? {
        guard notice.reason == .levelRaised, case .person = notice.holder else { return nil }
        switch notice.channel {
        case .sms, .smsBackup, .email: break
        case .voice, .robot, .desk: return nil
        }
        let row = try await store.read { try CaseTables.notice(notice.id.text, in: $0) }
        // A space ends the address wherever a telephone looks for its end.
        return row.map { "点击签收 \(url)\(codes.code(of: $0.ordinal)) " }
    }
}
