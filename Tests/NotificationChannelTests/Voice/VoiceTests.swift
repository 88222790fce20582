import Foundation
import Glibc
import NotificationChannels
import SimKit
import Testing

/// Calls over a command of this machine (NTF-01).
@Suite struct VoiceTests {
    /// A shell that runs `script` with what the message says.
    static func channel(
        _ script: String, _ arguments: [String] = ["{telephone}", "{level}", "{drill}"],
        limit: Duration = .seconds(300)
    ) -> VoiceChannel {
        VoiceChannel(
            name: "voice", command: ["/bin/sh", "-c", script, "call"] + arguments, limit: limit)
    }

    static func message(_ text: String = "红色预警，请立即处置", drill: Bool = false) -> OutgoingMessage {
        OutgoingMessage(
            id: "n/1", telephone: "+000 0000-0001", text: text, level: .red, isDrill: drill)
    }

    @Test func commandIsToldWhomToCallAndGetsTheText() async throws {
        let folder = try TemporaryFolder()
        let file = folder.file("said")
        let channel = Self.channel(
            #"cat > "$4"; printf '|%s|%s|%s' "$1" "$2" "$3" >> "$4""#,
            ["{telephone}", "{level}", "{drill}", file])
        #expect(try await channel.handOver(Self.message(drill: true)) == .taken(providerIDs: []))
        let said = try String(contentsOfFile: file, encoding: .utf8)
        let digits = Telephone.digits(of: "000 0000-0001")
        #expect(said == "红色预警，请立即处置|+\(digits)|red|true")
    }

    @Test func nothingInAMessageIsRunByTheShell() async throws {
        let folder = try TemporaryFolder()
        let file = folder.file("broken")
        let channel = Self.channel(
            #"test "$1" = "$(printf '%s' '$(touch x); `id`')""#, ["{person}"])
        var message = Self.message()
        message.personName = "$(touch x); `id`"
        #expect(try await channel.handOver(message) == .taken(providerIDs: []))
        #expect(!FileManager.default.fileExists(atPath: file))
    }

    static let ends: [(script: String, outcome: HandOverOutcome)] = [
        ("exit 0", .taken(providerIDs: [])), ("cat; exit 0", .taken(providerIDs: [])),
        ("exit 75", .refusedForNow("the command ended with 75")),
        ("echo 忙; exit 75", .refusedForNow("the command ended with 75: 忙")),
        ("echo no line >&2; exit 3", .refused("the command ended with 3: no line")),
        ("echo $1; exit 1", .refused("the command ended with 1: ***")),
        ("kill -9 $$", .unknown("signal 9 ended the command")),
    ]

    @Test(arguments: ends)
    func wayItEndsSaysWhatBecameOfTheCall(
        row: (script: String, outcome: HandOverOutcome)
    ) async throws {
        var message = Self.message()
        message.telephone = "0000-0001"
        #expect(try await Self.channel(row.script).handOver(message) == row.outcome)
    }

    @Test func flowOfWordsIsReadToTheEndAndKeptShort() async throws {
        let outcome = try await Self.channel("yes 忙 | head -c 1000000; exit 1").handOver(
            Self.message())
        guard case .refused(let text) = outcome else {
            Issue.record("it ended with 1: \(outcome)")
            return
        }
        #expect(text.count < 250)
    }

    @Test(arguments: ["sleep 600", "trap '' TERM; sleep 600 & wait; sleep 600"])
    func commandThatTakesTooLongIsEndedWithAllThatItStarted(script: String) async throws {
        let folder = try TemporaryFolder()
        let file = folder.file("pid")
        var started = ""
        // On a slow machine the shortest may be over before anything was started.
        for limit in [500, 10_000, 60_000] as [Int64] where started.isEmpty {
            let channel = Self.channel(
                #"sh -c 'echo $$ > "$0"; exec sleep 600' "$1" & "# + script, [file],
                limit: .milliseconds(limit))
            let outcome = try await channel.handOver(Self.message())
            guard case .unknown(let text) = outcome else {
                Issue.record("the call may have been made: \(outcome)")
                return
            }
            #expect(text.contains("took longer"))
            started = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
        }
        let child = try #require(Int32(started.trimmingCharacters(in: .whitespacesAndNewlines)))
        let isGone = try await Processes.isGone(child)
        #expect(isGone)
    }

    @Test func stoppingEndsWhatRuns() async throws {
        let folder = try TemporaryFolder()
        let file = folder.file("started")
        let channel = Self.channel(#"touch "$1"; sleep 600"#, [file])
        let calling = Task { try await channel.handOver(Self.message()) }
        while !FileManager.default.fileExists(atPath: file) {
            // The command starts in its own time.
            try await Task.sleep(for: .milliseconds(10))
        }
        calling.cancel()
        let outcome = try await calling.value
        guard case .unknown = outcome else {
            Issue.record("the call may have been made: \(outcome)")
            return
        }
    }

    @Test func commandInheritsNothingThatIsNotItsOwn() async throws {
        let secret = try FileHandle(forReadingFrom: URL(filePath: #filePath))
        // A file that was opened without care.
        let leak = dup(secret.fileDescriptor)
        setenv("HAZWATCH_NOTIFICATION_SMPP_PASSWORD", "secret", 1)
        let outcome = try await Self.channel(
            #"env | grep -c HAZWATCH; ls /proc/self/fd | wc -l; exit 1"#
        ).handOver(Self.message())
        // Its three, and the one with which ls reads the list.
        #expect(outcome == .refused("the command ended with 1: 0 4"))
        unsetenv("HAZWATCH_NOTIFICATION_SMPP_PASSWORD")
        close(leak)
    }

    @Test func programThatIsNotThereAndNumberThatIsNoneAreRefused() async throws {
        let channel = VoiceChannel(name: "voice", command: ["/no/such"], limit: .seconds(1))
        #expect(
            try await channel.handOver(Self.message())
                == .refused("the command was not started: No such file or directory"))
        var message = Self.message()
        message.telephone = "--help"
        guard case .refused = try await channel.handOver(message) else {
            Issue.record("it is no telephone")
            return
        }
    }
}
