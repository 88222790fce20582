import Domain
import NIOPosix
import NotificationChannels
import Testing

/// What is known of a message that a provider was asked to take (NTF-01).
@Suite struct HTTPChannelTests {
    private static let body = JSONValue.object([
        "msgtype": .string("text"), "text": .object(["content": .string("{signature}{text}")]),
    ])

    private func outcome(
        _ url: String, _ format: HTTPProvider.Format = .json, telephone: String = "000-0000-0001",
        within milliseconds: Int64 = 300_000, change: (inout HTTPProvider) -> Void = { _ in }
    ) async throws -> HandOverOutcome {
        var provider = HTTPProvider(
            url: url, format: format, body: Self.body, signature: "【示范】",
            timeout: Interval(milliseconds: milliseconds),
            success: (pointer: "/errcode", value: "0"),
            temporaryValues: ["-1"])
        change(&provider)
        let channel = HTTPChannel(
            name: "sms", provider: provider, group: MultiThreadedEventLoopGroup.singleton,
            logger: .silent)
        let running = Task { try await channel.run() }
        let outcome = try await channel.handOver(
            OutgoingMessage(
                id: "n/1", telephone: telephone, text: "\"红\"\n{text}", level: .yellow))
        running.cancel()
        _ = await running.result
        return outcome
    }

    @Test func textArrivesAsItIsWhateverStandsInIt() async throws {
        let peer = try await Peer.script("robots.py")
        let url = "http://127.0.0.1:\(peer.port)/cgi-bin/webhook/send?key=ok"
        #expect(try await outcome(url) == .taken(providerIDs: []))
        let message = try #require(try await peer.wait(for: "message").first)
        #expect(message.value(at: "/text")?.text == "【示范】\"红\"\n{text}")
        await peer.end()
    }

    static let answers: [(key: String, outcome: String)] = [
        ("busy", "refusedForNow("), ("bad", "refused("), ("down", "refusedForNow(\"HTTP 502"),
        ("silent", "unknown(\"no answer: it was not complete after 500 ms"),
    ]

    @Test(arguments: answers)
    func answerSaysWhatBecameOfIt(row: (key: String, outcome: String)) async throws {
        let peer = try await Peer.script("robots.py")
        let url = "http://127.0.0.1:\(peer.port)/cgi-bin/webhook/send?key=\(row.key)"
        let outcome = try await outcome(url, within: row.key == "silent" ? 500 : 300_000)
        #expect("\(outcome)".hasPrefix(row.outcome))
        await peer.end()
    }

    @Test func providerThatIsNotThereHasNotHadIt() async throws {
        let outcome = "\(try await outcome("http://127.0.0.1:1/"))"
        #expect(outcome.hasPrefix("refusedForNow(\"no answer"), "\(outcome)")
    }

    @Test func nobodyWithATelephoneIsRefused() async throws {
        let outcome = try await outcome("http://127.0.0.1:1/", telephone: "")
        #expect(outcome == .refused("The message is for nobody with a telephone."))
    }
}
