import Domain
import Glibc
import NIOCore
import NotificationChannels
import Runtime
import Synchronization
import Testing

/// What happens to messages when the SMSC does not keep its side (NTF-01).
@Suite struct SMSCLossTests {
    private static func text(_ outcome: HandOverOutcome) -> String { "\(outcome)" }

    @Test func connectionThatIsDroppedIsMadeAgain() async throws {
        let smsc = try await SMSC()
        smsc.peer.tell("drop")
        try await smsc.peer.wait(for: "bound", count: 2)
        let outcome = try await Self.sendUntilTaken(smsc, "x", id: "n/1")
        #expect(outcome.tries.allSatisfy { $0.contains("refusedForNow") })
        #expect(try await smsc.reports.wait() == [.delivered(.message("n/1"))])
        await smsc.end()
    }

    @Test func messageThatWasNotTakenWhenTheConnectionBrokeIsUnknown() async throws {
        let smsc = try await SMSC()
        for number in ["0005", "0013"] {
            let outcome = try await Self.sendOut(smsc, to: number)
            #expect(Self.text(outcome).hasPrefix(#"unknown("no answer: "#))
        }
        // The SMSC had taken the second one only.
        let messages = try await smsc.peer.wait(for: "message")
        #expect(messages.map { $0.value(at: "/to")?.text } == ["0013"])
        await smsc.end()
    }

    /// Sends until it is taken; what came before that.
    private static func sendUntilTaken(
        _ smsc: SMSC, _ text: String, to number: String = "0001", id: String
    ) async throws -> (tries: [String], ids: [String]) {
        var tries: [String] = []
        let end = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < end {
            let outcome = try await smsc.send(text, to: number, id: id)
            if case .taken(let ids) = outcome { return (tries, ids) }
            tries.append("\(outcome)")
            // A caller waits between attempts; the SMSC comes back in real time.
            try await Task.sleep(for: .milliseconds(20))
        }
        try #require(Bool(false), "it was never taken: \(tries.suffix(3))")
        return (tries, [])
    }

    /// Sends until it goes out, whatever becomes of it then.
    private static func sendOut(_ smsc: SMSC, to number: String) async throws -> HandOverOutcome {
        let end = ContinuousClock.now + .seconds(20)
        while true {
            let outcome = try await smsc.send("x", to: number, id: number)
            guard case .refusedForNow = outcome else { return outcome }
            try #require(ContinuousClock.now < end)
            // A caller waits between attempts; the SMSC comes back in real time.
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// What became of many messages.
    private final class Tally: Sendable {
        let unknown = Mutex<Set<String>>([])
        let taken = Mutex<[String: Int]>([:])
        let attempts = Mutex<[Int]>([])
    }

    @Test func deadSMSCIsReconnectedToAndNothingIsDoubledButWhatWasUnknown() async throws {
        let port = try FreePort.find()
        let first = try await Peer.script("smsc.py", ["--port", "\(port)"])
        let smsc = SMSC(first, port: port) { $0.window = 20 }
        try await first.wait(for: "bound")
        let tally = Tally()
        // Its answers take 0.2 seconds, so that it dies with a window full of them.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...200 {
                group.addTask {
                    let id = "n/\(number)"
                    while true {
                        let outcome = try await smsc.send(id, to: "\(number)00014", id: id)
                        switch outcome {
                        case .taken: return tally.taken.withLock { $0[id, default: 0] += 1 }
                        case .unknown: _ = tally.unknown.withLock { $0.insert(id) }
                        case .refused: Issue.record("\(id): \(outcome)")
                        case .refusedForNow: break
                        }
                        // A caller waits between attempts; the SMSC comes back in real time.
                        try await Task.sleep(for: .milliseconds(50))
                    }
                }
            }
            try await first.wait(for: "message", count: 70)
            await first.end()
            let second = try await Peer.script("smsc.py", ["--port", "\(port)"])
            try await group.waitForAllOrFailure()
            let shown = (first.events("message") + second.events("message")).compactMap {
                $0.value(at: "/text")?.text
            }
            let counts = Dictionary(shown.map { ($0, 1) }, uniquingKeysWith: +)
            #expect(counts.count == 200)
            let doubled = Set(counts.filter { $0.value > 1 }.keys)
            #expect(doubled.isSubset(of: tally.unknown.withLock { $0 }))
            #expect(counts.values.allSatisfy { $0 <= 2 })
            #expect(tally.taken.withLock { $0.count } == 200)
            let count = tally.unknown.withLock { $0.count }
            #expect((1...20).contains(count), "one window at most is unknown: \(count)")
            await second.end()
        }
        await smsc.stop()
    }

    @Test func frozenSMSCIsNoticedBySilenceAndReconnectedTo() async throws {
        let smsc = try await SMSC {
            ($0.enquireEvery, $0.answerWithin) = (.milliseconds(200), .milliseconds(200))
        }
        smsc.peer.signal(SIGSTOP)
        let outcome = try await smsc.send("x", to: "0001")
        #expect(Self.text(outcome).contains("unknown"))
        try await Self.untilNoticed(smsc)
        smsc.peer.signal(SIGCONT)
        _ = try await Self.sendUntilTaken(smsc, "y", id: "n/2")
        await smsc.end()
    }

    /// Tries until the channel knows why there is no connection any more.
    private static func untilNoticed(_ smsc: SMSC) async throws {
        let end = ContinuousClock.now + .seconds(20)
        while true {
            let text = text(try await smsc.send("z", id: "n/9"))
            if text.contains("enquire_link was not answered") { return }
            try #require(ContinuousClock.now < end, "\(text)")
        }
    }

    @Test func silentSMSCThatIsThereIsAskedAndKept() async throws {
        let smsc = try await SMSC { $0.enquireEvery = .milliseconds(50) }
        // Some enquiries go by in real time.
        try await Task.sleep(for: .milliseconds(400))
        #expect(smsc.peer.events("gone").isEmpty)
        guard case .taken = try await smsc.send("x") else {
            Issue.record("the connection was kept")
            return
        }
        await smsc.end()
    }

    @Test func enquiriesOfTheSMSCAreAnswered() async throws {
        let smsc = try await SMSC(["--enquire", "1"])
        // It would end the session if they were not.
        try await Task.sleep(for: .milliseconds(2_500))
        #expect(smsc.peer.events("gone").isEmpty)
        await smsc.end()
    }

    @Test func wrongPasswordIsSaidAndTriedAgainLaterEachTime() async throws {
        let peer = try await Peer.script("smsc.py")
        let tally = Tally()
        var settings = SMPPSettings(host: "127.0.0.1", port: peer.port)
        (settings.bind.systemID, settings.bind.password) = ("hazwatch", "wrong")
        let channel = SMPPChannel(
            name: "sms", settings: settings, group: .singletonMultiThreadedEventLoopGroup,
            logger: .silent,
            wait: { attempt in
                tally.attempts.withLock { $0.append(attempt) }
                return .milliseconds(20)
            }, report: { _ in })
        let running = Task { try await channel.run() }
        let outcome = try await channel.handOver(
            OutgoingMessage(id: "n/1", telephone: "0001", text: "x", level: .red))
        guard case .refusedForNow(let text) = outcome else {
            Issue.record("nothing was sent: \(outcome)")
            return
        }
        #expect(text.contains("bind was refused: 0x0E password is invalid"))
        try await peer.wait(for: "login-refused", count: 4)
        #expect(tally.attempts.withLock { Array($0.prefix(3)) } == [1, 2, 3])
        running.cancel()
        _ = await running.result
        await peer.end()
    }

    @Test func withoutAnSMSCMessagesAreRefusedForNowAtOnce() async throws {
        let port = try FreePort.find()
        let channel = SMPPChannel(
            name: "sms", settings: SMPPSettings(host: "127.0.0.1", port: port),
            group: .singletonMultiThreadedEventLoopGroup, logger: .silent,
            wait: { _ in .seconds(60) }, report: { _ in })
        let running = Task { try await channel.run() }
        for _ in 0..<3 {
            let outcome = try await channel.handOver(
                OutgoingMessage(id: "n/1", telephone: "0001", text: "x", level: .red))
            #expect(Self.text(outcome).contains("refusedForNow"))
        }
        running.cancel()
        _ = await running.result
    }

    @Test func endOfTheServiceSaysGoodbye() async throws {
        let smsc = try await SMSC()
        await smsc.stop()
        let gone = try await smsc.peer.wait(for: "gone")
        #expect(gone.first?.value(at: "/unbound")?.text == "true")
        let outcome = try await smsc.send("x")
        #expect(Self.text(outcome).contains("stopping"))
        await smsc.peer.end()
    }

    @Test func noMoreThanTheWindowAreUnderWay() async throws {
        let smsc = try await SMSC { $0.window = 3 }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...12 {
                group.addTask {
                    _ = try await smsc.send("x", to: "\(number)00014", id: "\(number)")
                }
            }
            try await group.waitForAllOrFailure()
        }
        let windows = try await smsc.peer.wait(for: "window", count: 12)
        let most = windows.compactMap { $0.value(at: "/at_once")?.text }.max()
        #expect(most == "3")
        await smsc.end()
    }

    /// NTF-01: what is red overtakes what waits.
    @Test func redGoesFirstThroughAFullWindow() async throws {
        let smsc = try await SMSC { $0.window = 1 }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...5 {
                group.addTask {
                    _ = try await smsc.send("x", to: "\(number)00014", id: "\(number)")
                }
            }
            try await smsc.peer.wait(for: "submit")
            _ = try await smsc.send("red", to: "900014", id: "r", level: .red)
            try await group.waitForAllOrFailure()
        }
        let order = try await smsc.peer.wait(for: "submit", count: 6).map {
            $0.value(at: "/to")?.text ?? ""
        }
        let place = try #require(order.firstIndex(of: "900014"))
        #expect(place <= 2, "\(order)")
        await smsc.end()
    }
}
