import Foundation
import KillCourse
import Testing

/// NTF-01, NTF-12: real programs, a real SMSC, and signal 9.
@Suite(.timeLimit(.minutes(20)))
struct KillCourseTests {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    @Test(
        .enabled(
            if: KillRun.isPossible(root: root),
            "The programs or the SMSC are missing; Tests/NotificationChannelTests/setup.sh."))
    func killedNotificationForgetsNothingAndDoublesOnlyWhatWasNotOnRecord() async throws {
        let seed = ProcessInfo.processInfo.environment["HAZWATCH_SEED"].flatMap(UInt64.init) ?? 7
        let report = try await KillRun(seed: seed, kills: 5, root: Self.root).run()
        #expect(report.mistakes == [], "seed \(seed): \(report)")
        #expect(report.kills == 5)
        #expect(report.messages > 0 && report.obligations > 0 && report.deeds > 0)
        #expect(report.doubles <= report.unanswered)
    }
}
