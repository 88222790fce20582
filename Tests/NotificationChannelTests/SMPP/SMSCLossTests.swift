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
            let outcome = try await smsc.sendOut("x", to: number, id: number)
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
        let end = ContinuousClock.now + .seconds(240)
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

    /// What became of many messages.
    private final class Tally: Sendable {
        let unknown = Mutex<Set<String>>([])
        let taken = Mutex<[String: Int]>([:])
        let attempts = Mutex<[Int]>([])
    }

    @Test func deadSMSCIsReconnectedToAndNothingIsDoubledButWhatWasUnknown() async throws {
        let port = try FreePort.find()
        // It dies with a window full of messages that it has not answered.
        let first = try await Peer.script("smsc.py", ["--port", "\(port)", "--hold-after", "50"])
        let smsc = SMSC(first, port: port) {
            ($0.window, $0.answerWithin, $0.enquireEvery) = (20, .minutes(30), .hours(1))
            $0.patience = .minutes(30)
        }
        try await first.wait(for: "bound")
        let tally = Tally()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...200 {
                group.addTask {
                    let id = "n/\(number)"
                    while true {
                        let outcome = try await smsc.send(id, to: "\(number)00001", id: id)
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
            // All but the fifty that the first one has answered.
            try await second.wait(for: "message", count: 150)
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
            #expect(count == 20, "one window is unknown: \(count)")
            await second.end()
        }
        await smsc.stop()
    }

    @Test func frozenSMSCIsNoticedBySilenceAndReconnectedTo() async throws {
        let reasons = Reasons()
        let smsc = try await SMSC(logger: .noting(reasons)) {
            ($0.enquireEvery, $0.answerWithin) = (.milliseconds(200), .milliseconds(200))
        }
        // On a slow machine an enquiry may be late before it is frozen.
        let isUnknown = try await succeeds {
            _ = try await Self.sendUntilTaken(smsc, "w", id: "n/0")
            smsc.peer.signal(SIGSTOP)
            let outcome = try await smsc.send("x", to: "0001")
            if Self.text(outcome).contains("unknown") { return true }
            smsc.peer.signal(SIGCONT)
            return false
        }
        #expect(isUnknown)
        try await Self.until {
            reasons.all.contains { $0.contains("enquire_link was not answered") }
        }
        smsc.peer.signal(SIGCONT)
        _ = try await Self.sendUntilTaken(smsc, "y", id: "n/2")
        await smsc.end()
    }

    private static func until(_ isSo: () -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(240)
        while !isSo() {
            try #require(ContinuousClock.now < end)
            // The channel notices it in real time.
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    @Test func silentSMSCThatIsThereIsAskedAndKept() async throws {
        let smsc = try await SMSC { $0.enquireEvery = .milliseconds(50) }
        try await smsc.peer.wait(for: "enquired", count: 5)
        #expect(smsc.peer.events("gone").isEmpty)
        guard case .taken = try await smsc.send("x") else {
            Issue.record("the connection was kept")
            return
        }
        await smsc.end()
    }

    @Test func enquiriesOfTheSMSCAreAnswered() async throws {
        let smsc = try await SMSC(["--enquire", "1", "--response-within", "300"])
        try await smsc.peer.wait(for: "enquiry-answered", count: 2)
        #expect(smsc.peer.events("gone").isEmpty)
        await smsc.end()
    }

    @Test func wrongPasswordIsSaidAndTriedAgainLaterEachTime() async throws {
        let peer = try await Peer.script("smsc.py")
        let tally = Tally()
        var settings = SMPPSettings(host: "127.0.0.1", port: peer.port)
        (settings.bind.systemID, settings.bind.password) = ("hazwatch", "wrong")
        let channel = SMPPChannel(
            name: "sms", settings: settings, references: PartReferences(start: 0),
            group: .singletonMultiThreadedEventLoopGroup,
            logger: .silent,
            wait: { attempt in
                tally.attempts.withLock { $0.append(attempt) }
                return .milliseconds(20)
            }, report: { _ in })
        let running = Task { try await channel.run() }
        try await peer.wait(for: "login-refused", count: 4)
        #expect(tally.attempts.withLock { Array($0.prefix(3)) } == [1, 2, 3])
        let outcome = try await channel.handOver(
            OutgoingMessage(id: "n/1", telephone: "0001", text: "x", level: .red))
        guard case .refusedForNow(let text) = outcome else {
            Issue.record("nothing was sent: \(outcome)")
            return
        }
        #expect(text.contains("bind was refused: 0x0E password is invalid"))
        running.cancel()
        _ = await running.result
        await peer.end()
    }

    @Test func withoutAnSMSCMessagesAreRefusedForNowAtOnce() async throws {
        let port = try FreePort.find()
        let channel = SMPPChannel(
            name: "sms", settings: SMPPSettings(host: "127.0.0.1", port: port),
            references: PartReferences(start: 0),
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
        let smsc = try await SMSC {
            ($0.window, $0.answerWithin, $0.patience) = (3, .minutes(30), .minutes(30))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...12 {
                group.addTask {
                    _ = try await smsc.send("x", to: "\(number)00018", id: "\(number)")
                }
            }
            for round in 1...4 {
                try await smsc.peer.wait(for: "submit", count: 3 * round)
                smsc.peer.tell("answer")
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
        // If red comes late to its place, the machine was slow, and it is tried again.
        let isFirst = try await succeeds {
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
            await smsc.end()
            return try #require(order.firstIndex(of: "900014")) <= 2
        }
        #expect(isFirst)
    }
}
