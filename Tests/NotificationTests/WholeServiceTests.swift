import Contracts
import Domain
import Foundation
import Notification
import NotificationChannels
import Runtime
import SimKit
import Testing

/// From a reading to a person over each channel, through the whole service and to peers of other
/// makers. NTF-01, NTF-02.
@Suite(.timeLimit(.minutes(20)))
struct WholeServiceTests {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    // MARK: Officers

    private static let officers = """

        officers:
          - { id: o1, node: e1, post: safetyHead, name: 示范人员庚, telephone: 000-0000-0021 }
          - { id: o2, node: e1, post: principal, name: 示范人员辛, telephone: 000-0000-0022 }
          - { id: o3, node: d1, post: sectionHead, name: 示范人员壬, telephone: 000-0000-0023 }

        """

    @Test func officersAreToldAlsoAfterARestart() async throws {
        let provider = Provider()
        let settings = [(name: "http-url", value: try await provider.url)]
        let before = try await Line(
            settings: settings, registry: TestCity.registry + Self.officers,
            profile: "changzhou-2020")
        let folder = before.host.folder
        try await before.host.stop()
        let after = try await Line(folder: folder, settings: settings, profile: "changzhou-2020")
        try await after.host.measure(95, minute: 0)
        let id = try #require(try await after.cases().first).id
        let told = try await after.show(id).notices.filter { !$0.personID.isEmpty }
        let raised = told.filter { $0.reason == .levelRaised }
        #expect(raised.map(\.personID).sorted() == ["o1", "o2", "o3"])
        #expect(raised.allSatisfy { $0.state == .sent && $0.level == .orange })
        let numbers = Set(provider.messages.map(\.telephone))
        #expect(numbers == ["000-0000-0021", "000-0000-0022", "000-0000-0023"])
        try await after.host.stop()
        await provider.stop()
    }

    // MARK: Channels

    private static func rules(_ channels: String) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let text = """
            id: whole
            version: "2021-11-01"
            title: 试验
            inherits: mem-2021
            channels:
            \(channels)

            """
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder.file("whole.yaml")))
        return folder
    }

    /// The city of the tests, where everybody at the first plant has a mail address.
    private static var registryWithMail: String {
        var text = TestCity.registry
        for number in 1...3 {
            let telephone = "telephone: 000-0000-000\(number) }"
            text = text.replacing(
                telephone, with: telephone.dropLast(2) + ", email: a\(number)@works.example }")
        }
        return text
    }

    @Test(
        .enabled(
            if: ForeignPeer.areMade(root: root), "run Tests/NotificationChannelTests/setup.sh"))
    func groupsMailsAndCallsArriveWhileTheGatewayForMessagesIsAway() async throws {
        let robots = try await ForeignPeer.script("robots.py", root: Self.root)
        let mail = try await ForeignPeer.script("mail.py", root: Self.root)
        let folder = try Self.rules(
            """
              person: { by: [{ channel: sms, wait: 10 min }, voice], also: [email], clause: ours 0012 }
              body: { by: [desk], also: [robot], clause: ours 0012 }
            """)
        let table = """
            d1,wecom,http://127.0.0.1:\(robots.port)/cgi-bin/webhook/send?key=ok
            c1,dingtalk,http://127.0.0.1:\(robots.port)/robot/send?access_token=ok,SEC-of-the-test

            """
        try Data(table.utf8).write(to: URL(fileURLWithPath: folder.file("robots")))
        let script = folder.file("call.sh")
        try Data("(printf '%s ' \"$1\"; cat; echo) >> \"$2\"\n".utf8)
            .write(to: URL(fileURLWithPath: script))
        let line = try await Line(
            settings: [
                // Nobody listens there.
                (name: "smpp-host", value: "127.0.0.1"), (name: "smpp-port", value: "1"),
                (name: "robots-file", value: folder.file("robots")),
                (name: "email-host", value: "127.0.0.1"),
                (name: "email-port", value: "\(mail.port)"), (name: "email-tls", value: "none"),
                (name: "email-from", value: "desk@county.example"),
                (
                    name: "voice-command",
                    value: #"["/bin/sh", "\#(script)", "{person}", "#
                        + #""\#(folder.file("called"))"]"#
                ),
            ], registry: Self.registryWithMail, profile: folder.file("whole.yaml"))
        try await line.host.measure(95, minute: 0)
        let id = try #require(try await line.cases().first).id
        var told = try await line.show(id).notices
        func states(_ channel: String) -> [NotificationV1.DeliveryState] {
            told.filter { $0.channel == channel }.map(\.state)
        }
        #expect(states("sms") == [.queued, .queued, .queued])
        #expect(states("email") == [.sent, .sent, .sent])
        #expect(states("robot") == [.sent, .sent])
        #expect(states("desk") == [.sent, .sent])
        let groups = try await robots.wait(for: "message", count: 2)
        #expect(Set(groups.map { $0["path"] }) == ["/cgi-bin/webhook/send", "/robot/send"])
        let signed = try #require(groups.first { $0["path"] == "/robot/send" })
        #expect(["1", "true"].contains(signed["signed"]))
        #expect(groups.allSatisfy { $0["text"].contains("橙色预警") })
        let mails = try await mail.wait(for: "mail", count: 3)
        #expect(mails.allSatisfy { $0["text"].contains("橙色预警") })
        // Nothing came of the message in its time: it is said by telephone.
        try await line.run(toMinute: 10)
        told = try await line.show(id).notices
        #expect(states("voice").prefix(3) == [.sent, .sent, .sent])
        let called = try String(contentsOfFile: folder.file("called"), encoding: .utf8)
        for name in ["某甲", "某乙", "某丙"] { #expect(called.contains("\(name) 【橙色预警】")) }
        try await line.host.stop()
        robots.end()
        mail.end()
    }

    // MARK: The ladder

    @Test(
        .enabled(
            if: ForeignPeer.areMade(root: root), "run Tests/NotificationChannelTests/setup.sh"))
    func messageWithoutAReceiptInItsTimeGoesOnOverTheNextGateway() async throws {
        let first = try await ForeignPeer.script("smsc.py", root: Self.root)
        let second = try await ForeignPeer.script("smsc.py", root: Self.root)
        let folder = try Self.rules(
            """
              person:
                by: [{ channel: sms, wait: 10 min }, { channel: smsBackup, wait: 5 min }, voice]
                clause: ours 0012
              body: { by: [desk], clause: ours 0012 }
            """)
        func gateway(_ prefix: String, _ peer: ForeignPeer) -> [(name: String, value: String)] {
            [
                (name: "\(prefix)smpp-host", value: "127.0.0.1"),
                (name: "\(prefix)smpp-port", value: "\(peer.port)"),
                (name: "\(prefix)smpp-system-id", value: "hazwatch"),
                (name: "\(prefix)smpp-password", value: "secret"),
            ]
        }
        let line = try await Line(
            settings: gateway("", first) + gateway("backup-", second) + [
                (name: "sms-via", value: "smpp"), (name: "sms-backup-via", value: "smpp"),
                // The first one is never asked for a receipt, and so gives none.
                (name: "smpp-receipts", value: "none"),
            ], registry: Self.withoutFaults, profile: folder.file("whole.yaml"))
        try await line.host.measure(85, minute: 0)
        let id = try #require(try await line.cases().first).id
        func states(_ channel: String) async throws -> [NotificationV1.DeliveryState] {
            try await line.show(id).notices.filter { $0.channel == channel }.map(\.state)
        }
        try await line.run(toMinute: 9)
        #expect(try await states("sms") == [.sent, .sent, .sent])
        #expect(try await states("smsBackup") == [])
        try await line.run(toMinute: 10)
        #expect(try await states("sms") == [.unknown, .unknown, .unknown])
        // The second one's receipts end it: nobody is called.
        try await line.host.until {
            try await states("smsBackup") == [.delivered, .delivered, .delivered]
        }
        try await line.run(toMinute: 30)
        #expect(try await states("voice") == [])
        #expect(first.events("message").count == 3)
        func texts(_ peer: ForeignPeer) -> [String] {
            peer.events("message").map { $0["text"] }.sorted()
        }
        #expect(texts(second) == texts(first))
        try await line.host.stop()
        first.end()
        second.end()
    }

    /// Numbers whose last two digits mean nothing to the SMSC.
    private static var withoutFaults: String {
        var text = TestCity.registry
        for number in 1...6 {
            text = text.replacing("000-0000-000\(number) }", with: "000-0000-002\(number) }")
        }
        return text
    }
}
