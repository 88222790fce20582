import Domain
import NIOPosix
import NotificationChannels
import Runtime
import Testing

/// A second gateway that has nothing in common with the first: Kannel, asked over HTTP, which
/// reports what became of a message by calling an address (NTF-01).
@Suite struct KannelTests {
    static let secret = "0123456789abcdef"
    static let warning = String(repeating: "【示范应急】[红色预警]甲厂储罐区A，压力95kPa。", count: 4)

    private struct Gateway {
        let smsc: Peer
        let kannel: Peer
        let reports = Reports()
        let channel: HTTPChannel
        private let running: Task<Void, any Error>

        init() async throws {
            smsc = try await Peer.script("smsc.py")
            let port = try FreePort.find()
            let receipts = "http://127.0.0.1:\(port)"
            kannel = try await Peer.script(
                "kannel.py",
                ["--smsc", "\(smsc.port)", "--receipts", receipts, "--secret", KannelTests.secret])
            let back =
                "\(receipts)/receipts/\(KannelTests.secret)?id={id}&state=%d&why=%A"
            let body: [String: String] = [
                "username": "desk", "password": "secret", "from": "1069", "to": "{telephone}",
                "coding": "2", "charset": "UTF-8", "text": "{text}", "dlr-mask": "31",
                "dlr-url": back,
            ]
            var provider = HTTPProvider(
                url: "http://127.0.0.1:\(kannel.port)/cgi-bin/sendsms", format: .query,
                body: .object(body.mapValues { .string($0) }))
            provider.success = (pointer: "", value: "0: Accepted for delivery")
            let rules = ReceiptRules(
                secret: KannelTests.secret, textPointer: "/why", deliveredValues: ["1"],
                failedValues: ["2", "16"])
            let reports = reports
            let server = ReceiptServer(
                rules: rules, host: "127.0.0.1", port: port,
                group: MultiThreadedEventLoopGroup.singleton, logger: .silent,
                report: { try reports.take($0) })
            let channel = HTTPChannel(
                name: "sms-backup", provider: provider, receipts: server,
                group: MultiThreadedEventLoopGroup.singleton, logger: .silent)
            self.channel = channel
            running = Task { try await channel.run() }
            _ = try await server.port()
        }

        func send(to number: String) async throws -> HandOverOutcome {
            try await channel.handOver(
                OutgoingMessage(
                    id: "s1-4/\(number)", telephone: number, text: KannelTests.warning, level: .red
                ))
        }

        func end() async {
            running.cancel()
            _ = await running.result
            await kannel.end()
            await smsc.end()
        }
    }

    @Test func longChineseTextGoesThroughAndItsReceiptsComeBack() async throws {
        let gateway = try await Gateway()
        for number in ["0001", "0006"] {
            #expect(try await gateway.send(to: number) == .taken(providerIDs: []))
        }
        let messages = try await gateway.smsc.wait(for: "message", count: 2)
        #expect(messages.map { $0.value(at: "/text")?.text } == [Self.warning, Self.warning])
        #expect(messages.map { $0.value(at: "/parts")?.text } == ["2", "2"])
        let reports = try await gateway.reports.wait(count: 2)
        #expect(reports.contains(.delivered(.message("s1-4/0001"))))
        let failed = reports.contains { report in
            guard case .undeliverable(.message("s1-4/0006"), let reason) = report else {
                return false
            }
            return reason.hasPrefix("receipt: 2 (id:") && reason.contains("stat:UNDELIV err:069")
        }
        #expect(failed, "\(reports)")
        await gateway.end()
    }

    /// NTF-16: a person confirms by answering.
    @Test func whatPeopleAnswerComesBackToo() async throws {
        let gateway = try await Gateway()
        #expect(try await gateway.send(to: "0009") == .taken(providerIDs: []))
        let reports = try await gateway.reports.wait(count: 2)
        #expect(reports.contains(.reply(telephone: "0009", text: "1")), "\(reports)")
        await gateway.end()
    }

    @Test func gatewayThatIsGoneIsARefusalForNowAndNothingIsLost() async throws {
        let gateway = try await Gateway()
        await gateway.kannel.end()
        let end = ContinuousClock.now + .seconds(240)
        var outcome = try await gateway.send(to: "0001")
        // Its boxes end in real time; until then one may break off in the midst of an answer.
        while case .unknown = outcome, ContinuousClock.now < end {
            outcome = try await gateway.send(to: "0001")
        }
        guard case .refusedForNow = outcome else {
            Issue.record("nobody listens there: \(outcome)")
            return
        }
        await gateway.end()
    }
}
