import Foundation
import NIOPosix
import NotificationChannels
import Runtime
import SimKit
import Testing

/// Which channels settings make, and which mistakes in them are named.
@Suite struct ChannelSettingsTests {
    private func read(_ flags: [(name: String, value: String)]) throws -> ChannelSet {
        try ChannelSet.read(
            try settings(flags), group: MultiThreadedEventLoopGroup.singleton, logger: .silent
        ) { _, _ in }
    }

    private func settings(_ flags: [(name: String, value: String)]) throws -> ServiceConfiguration {
        try ConfigurationSources(flags: flags).read(
            service: "notification", keys: ChannelSet.keys)
    }

    private let smpp = (name: "smpp-host", value: "127.0.0.1")
    private let http = (name: "http-url", value: "http://127.0.0.1:1/")

    @Test func nothingIsSetUnlessSomebodySetsIt() throws {
        #expect(try read([]).isSet.isEmpty)
    }

    @Test func gatewayIsTheOneThatIsSetOrTheOneThatIsChosen() throws {
        #expect(try read([smpp])[.sms] is SMPPChannel)
        #expect(try read([http])[.sms] is HTTPChannel)
        let both = try read([smpp, http, (name: "sms-via", value: "smpp")])
        #expect(both[.sms] is SMPPChannel && both.isSet == [.sms])
    }

    @Test func secondGatewayHasSettingsOfItsOwn() throws {
        let set = try read([
            smpp, (name: "sms-backup-via", value: "http"),
            (name: "backup-http-url", value: "http://127.0.0.1:2/"),
        ])
        #expect(set[.sms] is SMPPChannel && set[.backup] is HTTPChannel)
        #expect(set[.backup].name == "sms-backup")
        let two = try read([
            smpp, (name: "sms-backup-via", value: "smpp"),
            (name: "backup-smpp-host", value: "127.0.0.1"),
        ])
        #expect(two[.backup] is SMPPChannel)
    }

    @Test func otherChannelsAreMadeOfTheirSettings() throws {
        let folder = try TemporaryFolder()
        let robots = folder.file("robots.csv")
        try "d1,wecom,https://h.example/send?key=k\n".write(
            toFile: robots, atomically: true, encoding: .utf8)
        let set = try read([
            (name: "email-host", value: "mail.test"),
            (name: "email-from", value: "desk@county.example"),
            (name: "robots-file", value: robots),
            (name: "voice-command", value: #"["/bin/true", "{telephone}"]"#),
        ])
        #expect(set.isSet == [.email, .robot, .voice])
        #expect(ChannelSet.Name.allCases.allSatisfy { set[$0].name == $0.rawValue })
    }

    typealias Row = (flags: [(name: String, value: String)], words: String)

    static let mistakes: [Row] = [
        (
            [("smpp-host", "h"), ("http-url", "http://h/")],
            "Setting sms-via: smpp-host and http-url are both set"
        ),
        ([("sms-via", "smpp")], "Setting sms-via: it is smpp, so smpp-host must be set"),
        (
            [("sms-backup-via", "http")],
            "Setting sms-backup-via: it is http, so backup-http-url must be set"
        ),
        ([("http-url", "provider")], "Setting http-url: `provider` is no address"),
        (
            [("http-url", "http://h/"), ("http-headers", "x")],
            "Setting http-headers: it is no JSON"
        ),
        ([("http-url", "http://h/"), ("http-body", "{")], "Setting http-body: it is no JSON"),
        (
            [("http-url", "http://h/"), ("http-body", #"{"a":"{b}"}"#)],
            "Setting http-body: `{b}` has no value; use {id}"
        ),
        (
            [("http-url", "http://h/"), ("http-format", "form"), ("http-body", #"{"a":["b"]}"#)],
            "Setting http-body: a form has one text for each field"
        ),
        (
            [("http-url", "http://h/"), ("http-success-pointer", "code")],
            "Setting http-success-pointer: `code` is no JSON pointer"
        ),
        (
            [("receipt-port", "0"), ("receipt-secret", "short")],
            "Setting receipt-secret: receipt-port is set, so it needs at least 16 characters"
        ),
        (
            [("smpp-host", "h"), ("smpp-password", "123456789")],
            "Setting smpp-password: SMPP has room for 8 characters"
        ),
        (
            [("smpp-host", "h"), ("smpp-country-prefix", "+86")],
            "Setting smpp-country-prefix: it is no country's number"
        ),
        (
            [("smpp-host", "h"), ("smpp-temporary-statuses", "0x401,what")],
            "Setting smpp-temporary-statuses: `0x401,what` is no list"
        ),
        (
            [("smpp-host", "h"), ("smpp-tls", "true"), ("smpp-tls-authorities", "/no/file")],
            "Setting smpp-tls-authorities: it cannot be used"
        ),
        ([("email-host", "h")], "Setting email-from: email-host is set, so it needs an address"),
        ([("robots-file", "/no/file")], "Setting robots-file: `/no/file` cannot be read"),
        ([("voice-command", "call")], "Setting voice-command: it is no JSON list"),
        ([("voice-command", #"["call"]"#)], "Setting voice-command: `call` cannot be run"),
        (
            [("voice-command", #"["/bin/true", "{number}"]"#)],
            "Setting voice-command: `{number}` has no value"
        ),
    ]

    @Test(arguments: mistakes)
    func mistakeIsNamedWithWhatToDo(row: Row) throws {
        let error = #expect(throws: ChannelMistake.self) { try read(row.flags) }
        #expect(error?.description.hasPrefix(row.words) == true, "\(String(describing: error))")
    }

    @Test func everySettingHasOneMeaningAndSecretsAreNotShown() throws {
        let names = ChannelSet.keys.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(ChannelSet.keys.allSatisfy { $0.meaning.hasSuffix(".") })
        let secrets = [
            "smpp-password", "backup-smpp-password", "http-headers", "http-body",
            "backup-http-headers", "receipt-secret", "backup-receipt-secret", "email-password",
        ]
        let set = try settings(secrets.map { (name: $0, value: "0123456789abcdef") })
        #expect(set.shown.allSatisfy { !$0.value.contains("0123456789abcdef") })
    }
}
