import Domain
import NIOCore
import NotificationChannels
import Runtime
import Testing

/// Mails, against a mail server of another maker (NTF-01, NTF-52).
@Suite struct EmailTests {
    static let text = "[红色预警]甲厂储罐区A，压力95kPa高高报。\n请立即处置。\n.点在行首"

    private struct Mail {
        let peer: Peer
        let channel: EmailChannel

        init(
            _ arguments: [String] = [], settings: (inout EmailSettings) -> Void = { _ in }
        ) async throws {
            peer = try await Peer.script("mail.py", arguments)
            var email = EmailSettings(
                host: "127.0.0.1", port: peer.port, from: "desk@county.example")
            email.security = .none
            settings(&email)
            channel = try EmailChannel(
                name: "email", settings: email, group: .singletonMultiThreadedEventLoopGroup,
                now: { Instant(unixMilliseconds: 1_635_724_800_000) })
        }

        func send(
            to address: String = "chief@plant.example", subject: String = "红色预警：甲厂储罐区A",
            level: WarningLevel = .red
        ) async throws -> HandOverOutcome {
            try await channel.handOver(
                OutgoingMessage(
                    id: "s1-4/2", email: address, subject: subject, text: EmailTests.text,
                    level: level))
        }
    }

    private static let tls = ["--certificate", Peer.certificate, "--key", Peer.key]

    @Test func chineseMailArrivesLetterByLetter() async throws {
        let mail = try await Mail { $0.fromName = "示范县应急管理局" }
        let subject = String(repeating: "红色预警𠮷", count: 12)
        let outcome = try await mail.send(subject: subject)
        #expect(outcome == .taken(providerIDs: ["<s1-4=2f2@county.example>"]))
        let seen = try #require(try await mail.peer.wait(for: "mail").first)
        func field(_ name: String) -> String? { seen.value(at: "/" + name)?.text }
        #expect(field("text")?.replacing("\r\n", with: "\n") == Self.text)
        #expect(field("subject") == subject)
        #expect(field("from_") == "示范县应急管理局 <desk@county.example>")
        #expect(field("id") == "<s1-4=2f2@county.example>")
        #expect(field("date") == "Mon, 01 Nov 2021 08:00:00 +0800")
        #expect(field("urgent") == "high" && field("sender") == "desk@county.example")
        await mail.peer.end()
    }

    @Test(arguments: [true, false])
    func mailIsHandedOverEncryptedAndWithAName(isPlain: Bool) async throws {
        let arguments = Self.tls + ["--login"] + (isPlain ? [] : ["--without-plain"])
        let mail = try await Mail(arguments) {
            $0.security = .starttls
            $0.authorities = Peer.certificate
            $0.login = .init(name: "desk", password: "secret")
        }
        guard case .taken = try await mail.send() else {
            Issue.record("it is taken")
            return
        }
        let seen = try #require(try await mail.peer.wait(for: "mail").first)
        #expect(seen.value(at: "/tls")?.text == "true")
        #expect(seen.value(at: "/user")?.text == "desk")
        await mail.peer.end()
    }

    @Test func tlsMayBeginWithTheFirstByte() async throws {
        let mail = try await Mail(Self.tls + ["--implicit"]) {
            $0.security = .implicit
            $0.authorities = Peer.certificate
        }
        guard case .taken = try await mail.send() else {
            Issue.record("it is taken")
            return
        }
        try await mail.peer.wait(for: "mail")
        await mail.peer.end()
    }

    /// Nothing goes out in the clear, or to somebody else, because TLS does not work.
    @Test func serverThatNobodyVouchesForGetsNothing() async throws {
        let mail = try await Mail(Self.tls) { $0.security = .starttls }
        let outcome = try await mail.send()
        #expect("\(outcome)".contains("refusedForNow"))
        let plain = try await Mail { $0.security = .starttls }
        #expect("\(try await plain.send())".contains("offers no TLS; set email-tls to none"))
        for one in [mail, plain] {
            #expect(one.peer.events("mail").isEmpty)
            await one.peer.end()
        }
    }

    @Test func wrongPasswordIsARefusalForNow() async throws {
        let mail = try await Mail(Self.tls + ["--login"]) {
            $0.security = .starttls
            $0.authorities = Peer.certificate
            $0.login = .init(name: "desk", password: "wrong")
        }
        #expect("\(try await mail.send())".contains("refusedForNow(\"SMTP 535"))
        await mail.peer.end()
    }

    static let faults: [(name: String, outcome: String)] = [
        ("busy", #"refusedForNow("SMTP 451 try later")"#),
        ("gone", #"refused("SMTP 550 no such user")"#), ("full", #"refused("SMTP 552 too much")"#),
        ("silent", #"unknown("no answer: the mail server took too long")"#),
        ("drops", #"unknown("no answer: "#),
    ]

    @Test(arguments: faults)
    func whatGoesWrongSaysWhetherItMayHaveArrived(
        row: (name: String, outcome: String)
    ) async throws {
        let limit: TimeAmount = row.name == "silent" ? .milliseconds(800) : .minutes(5)
        let mail = try await Mail { $0.timeout = limit }
        let outcome = try await mail.send(to: row.name + "@plant.example")
        #expect("\(outcome)".hasPrefix(row.outcome))
        await mail.peer.end()
    }

    @Test func serverThatIsNotThereIsARefusalForNow() async throws {
        let mail = try await Mail()
        await mail.peer.end()
        #expect("\(try await mail.send())".contains("refusedForNow(\"not sent:"))
    }

    @Test(arguments: [
        "", "nobody", "a@b@c", "a b@c.example", "a@c.example>\r\nRCPT TO:<x@y.example",
    ])
    func addressThatIsNoneIsRefused(address: String) async throws {
        let email = EmailSettings(host: "127.0.0.1", port: 1, from: "desk@county.example")
        let channel = try EmailChannel(
            name: "email", settings: email, group: .singletonMultiThreadedEventLoopGroup)
        let outcome = try await channel.handOver(
            OutgoingMessage(id: "n", email: address, text: "x", level: .red))
        #expect(outcome == .refused("The message is for nobody with a mail address."))
    }
}
