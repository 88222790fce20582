import Domain
import NIOCore
import NIOPosix
import NotificationChannels
import Testing

/// Robots of chat groups (NTF-01), against a stand-in for their platforms.
@Suite struct RobotTests {
    static let wecom = "/cgi-bin/webhook/send?key="
    static let dingtalk = "/robot/send?access_token="

    static func channel(_ robots: [Robot], perMinute: Int = 20) -> RobotChannel {
        RobotChannel(
            name: "robot", robots: robots, perMinute: perMinute,
            group: .singletonMultiThreadedEventLoopGroup, logger: .silent)
    }

    /// One robot of each kind at `peer`, whose key is `key`.
    static func robots(_ peer: Peer, key: String, secret: String = "SEC-of-the-test") -> [Robot] {
        let base = "http://127.0.0.1:\(peer.port)"
        return [
            Robot(node: NodeID("d1"), kind: .wecom, url: base + wecom + key),
            Robot(node: NodeID("d2"), kind: .dingtalk, url: base + dingtalk + key, secret: secret),
        ]
    }

    static func message(_ node: String, _ text: String = "[红色预警]甲厂储罐区A") -> OutgoingMessage {
        OutgoingMessage(
            id: "n/1", telephone: "000-0000-0001", node: NodeID(node), text: text, level: .red)
    }

    private func run(_ channel: RobotChannel, _ body: () async throws -> Void) async throws {
        let running = Task { try await channel.run() }
        try await body()
        running.cancel()
        _ = await running.result
    }

    @Test func bodiesAreToldInTheirGroupsLetterByLetter() async throws {
        let peer = try await Peer.script("robots.py")
        let channel = Self.channel(Self.robots(peer, key: "ok"))
        try await run(channel) {
            for node in ["d1", "d2"] {
                let outcome = try await channel.handOver(Self.message(node))
                #expect(outcome == .taken(providerIDs: []))
            }
            let messages = try await peer.wait(for: "message", count: 2)
            for message in messages {
                #expect(message.value(at: "/text")?.text == "[红色预警]甲厂储罐区A")
                #expect(message.value(at: "/kind")?.text == "text")
                #expect(message.value(at: "/called/0")?.text == "000-0000-0001")
                #expect(message.value(at: "/type")?.text?.hasPrefix("application/json") == true)
            }
            #expect(messages[1].value(at: "/signed")?.text == "true")
        }
        await peer.end()
    }

    static let answers: [(key: String, outcome: String)] = [
        ("fast", #"refusedForNow("errcode "#), ("busy", #"refusedForNow("errcode -1"#),
        ("bad", "refused("), ("down", #"refusedForNow("HTTP 502"#),
    ]

    @Test(arguments: answers, ["d1", "d2"])
    func codesOfThePlatformsSayWhetherTryingAgainMayHelp(
        row: (key: String, outcome: String), node: String
    ) async throws {
        let peer = try await Peer.script("robots.py")
        let channel = Self.channel(Self.robots(peer, key: row.key))
        try await run(channel) {
            let outcome = try await channel.handOver(Self.message(node))
            #expect("\(outcome)".hasPrefix(row.outcome), "\(outcome)")
        }
        await peer.end()
    }

    @Test func wrongSecretIsRefusedAndNeverShown() async throws {
        let peer = try await Peer.script("robots.py")
        let channel = Self.channel(Self.robots(peer, key: "ok", secret: "SEC-another"))
        try await run(channel) {
            let outcome = "\(try await channel.handOver(Self.message("d2")))"
            #expect(outcome.contains("refused(") && outcome.contains("sign not match"))
            #expect(!outcome.contains("SEC-"))
        }
        await peer.end()
    }

    @Test func platformThatDoesNotAnswerLeavesItUnknownAndOneThatIsNotThereDoesNot() async throws {
        let peer = try await Peer.script("robots.py")
        let channel = Self.channel(Self.robots(peer, key: "silent"))
        try await run(channel) {
            #expect("\(try await channel.handOver(Self.message("d1")))".hasPrefix("unknown("))
            await peer.end()
            let outcome = "\(try await channel.handOver(Self.message("d1")))"
            #expect(outcome.hasPrefix("refusedForNow(") && !outcome.contains("key="))
        }
    }

    @Test func bodyWithoutARobotAndTextThatIsTooLongAreRefusedWithARemedy() async throws {
        let channel = Self.channel([
            Robot(node: NodeID("d1"), kind: .wecom, url: "http://127.0.0.1:1/")
        ])
        try await run(channel) {
            let outcome = try await channel.handOver(Self.message("d9"))
            #expect(outcome == .refused("d9 has no robot; add a line for it to robots-file."))
        }
    }

    @Test func textThatIsTooLongForThePlatformIsSentShortened() async throws {
        let peer = try await Peer.script("robots.py")
        let channel = Self.channel(Self.robots(peer, key: "ok"))
        let text = "【紧急状况】甲厂。原因：" + String(repeating: "漏", count: 683) + "。依据：000 N三。"
        try await run(channel) {
            #expect(
                try await channel.handOver(Self.message("d1", text)) == .taken(providerIDs: []))
            let sent = try await peer.wait(for: "message", count: 1)[0].value(at: "/text")?.text
            #expect((sent?.utf8.count ?? 0) <= 2_048)
            #expect(sent?.hasPrefix("【紧急状况】甲厂。原因：漏") == true)
            #expect(sent?.hasSuffix("漏。依据：000 N三。") == true)
        }
        await peer.end()
    }

    /// The code was reckoned with Python's hmac.
    @Test func signatureIsThatOfThePlatform() {
        let robot = Robot(
            node: NodeID("d"), kind: .dingtalk, url: "https://h.example/robot/send?access_token=t",
            secret: "this is secret")
        #expect(
            robot.address(at: Instant(unixMilliseconds: 1_635_724_800_000)) == "https://h.example"
                + "/robot/send?access_token=t&timestamp=1635724800000"
                + "&sign=ZunZgfQrkOvHwmB8PZy%2BuCbnbwUQajqyYvkkHVdGyB0%3D"
        )
    }

    @Test func tableNamesARobotForEachBody() throws {
        let robots = try RobotFile.read(
            """
            node,kind,url,secret
            # The county.
            d1, wecom, https://h.example/cgi-bin/webhook/send?key=k

            c1,dingtalk,https://h.example/robot/send?access_token=t,SEC1
            """)
        #expect(
            robots == [
                Robot(
                    node: NodeID("d1"), kind: .wecom,
                    url: "https://h.example/cgi-bin/webhook/send?key=k"),
                Robot(
                    node: NodeID("c1"), kind: .dingtalk,
                    url: "https://h.example/robot/send?access_token=t", secret: "SEC1"),
            ])
    }

    static let mistakes: [(text: String, words: String)] = [
        ("d1,wecom", "line 1: write node,kind,url,secret"),
        ("\nd1,feishu,https://h.example/", "line 2: `feishu` is no kind; write wecom or dingtalk"),
        ("d1,wecom,key-of-mine", "line 1: its third field is no address"),
        (",wecom,https://h.example/", "line 1: write node,kind,url,secret"),
        ("d1,wecom,https://h.example/,SEC", "line 1: a robot of WeCom has no secret"),
        (
            "d1,wecom,https://h.example/\nd1,dingtalk,https://h.example/",
            "line 2: d1 has a robot already"
        ),
    ]

    @Test(arguments: mistakes)
    func tableWithAMistakeIsRefusedWithItsLine(row: (text: String, words: String)) {
        let error = #expect(throws: ChannelMistake.self) { try RobotFile.read(row.text) }
        #expect(error?.description.contains(row.words) == true)
        #expect(error?.description.contains("key-of-mine") == false)
    }
}
