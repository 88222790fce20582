import Foundation
import Runtime
import SimKit
import Testing

/// Programs of this machine, run for a bounded time.
@Suite(.timeLimit(.minutes(10))) struct LocalCommandTests {
    private static func shell(
        _ script: String, limit: Duration = .seconds(300), outputBytesMax: Int = 4_096,
        leftover: LocalCommand.Leftover = .letBe
    ) async -> LocalCommand.Outcome {
        await LocalCommand(
            arguments: ["/bin/sh", "-c", script], input: "said", limit: limit,
            outputBytesMax: outputBytesMax, leftover: leftover
        ).run()
    }

    @Test func whatItWritesIsHeardApart() async {
        let outcome = await Self.shell("cat; echo sorry >&2; exit 3")
        #expect(outcome.ended == .exited(3))
        #expect(outcome.output == Array("said".utf8))
        #expect(outcome.errors == Array("sorry\n".utf8))
        #expect(!outcome.isCutShort)
    }

    @Test func aFloodIsReadToItsEndAndCut() async {
        let outcome = await Self.shell(
            "head -c 1000000 /dev/zero; head -c 1000000 /dev/zero >&2", outputBytesMax: 100_000)
        #expect(outcome.ended == .exited(0))
        #expect(outcome.output.count == 100_000 && outcome.isCutShort)
    }

    @Test func aLongOutputIsWhole() async {
        let outcome = await Self.shell("head -c 3000000 /dev/zero", outputBytesMax: 3_000_000)
        #expect(outcome.output.count == 3_000_000 && !outcome.isCutShort)
    }

    @Test func aProgramThatIsNotThereIsNotStarted() async {
        let outcome = await LocalCommand(
            arguments: ["/nowhere/at/all"], input: "", limit: .seconds(1)
        ).run()
        guard case .notStarted = outcome.ended else {
            Issue.record("\(outcome.ended)")
            return
        }
    }

    /// Who is cut off while its child does not listen is ended with the child.
    @Test(arguments: [LocalCommand.Leftover.ended, .letBe])
    func whatWasCutOffLeavesNothing(leftover: LocalCommand.Leftover) async throws {
        let file = try TemporaryFolder()
        let pid = file.file("pid")
        let outcome = await Self.shell(
            "(trap '' TERM; echo > \(pid)-ready; exec sleep 600) & echo $! > \(pid); wait",
            limit: .seconds(5), leftover: leftover)
        #expect(outcome.ended == .cutOff)
        let isGone = try await Processes.isGone(numberIn: pid)
        #expect(isGone)
    }

    @Test func whatIsLeftOverIsEndedIfAskedFor() async throws {
        let file = try TemporaryFolder()
        let pid = file.file("pid")
        let outcome = await Self.shell(
            "sleep 600 & echo $! > \(pid); exit 0", leftover: .ended)
        #expect(outcome.ended == .exited(0))
        let isGone = try await Processes.isGone(numberIn: pid)
        #expect(isGone)
    }
}
