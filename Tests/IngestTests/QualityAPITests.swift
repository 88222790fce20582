import Contracts
import Domain
import Ingest
import IngestCore
import RPC
import SimKit
import Testing

/// The five scores over a real socket, by day and over a restart (ING-13, ING-22).
@Suite(.timeLimit(.minutes(10))) struct QualityAPITests {
    /// Half an hour of data on a day that was due for sixteen hours, and an enterprise without any.
    @Test func aDayIsScoredWhenItIsOver() async throws {
        let folder = try TemporaryFolder()
        var plant = try await WatchedPlant(folder, from: t0)
        for step in 0...6 {
            try await plant.push(
                UInt64(step + 1), ["t1", "x1"], at: t0 + .minutes(5 * Int64(step)))
        }
        let today = try await plant.scores()
        #expect(today.map(\.day) == ["2021-11-01", "2021-11-01"])
        let whole = today.first?.scores.filter { $0.score == 10_000 }.map(\.quality)
        #expect(whole == ["true", "immediate", "normative", "accurate"])
        #expect(try await plant.scores(from: "2021-11-01").isEmpty)

        // 08:00 in Beijing, so the day is over after sixteen hours.
        try await plant.move(to: t0 + .hours(16))
        let scored = try await plant.scores(from: "2021-11-01", to: "2021-11-02")
        #expect(scored.map(\.enterpriseID) == ["e1", "e2"])
        #expect(scored.allSatisfy { $0.day == "2021-11-01" })
        let complete = try #require(scored.first?.scores.first { $0.quality == "complete" })
        // Two points, 30 of 960 minutes each; what is expected and missing was due as long.
        #expect(complete.part == 2 * 30 * 60_000 && complete.whole == 7 * 960 * 60_000)
        #expect(complete.score == 89 && !complete.formula.isEmpty)
        let absent = scored.last?.scores.map(\.quality)
        // Nothing was received, so there is nothing to be late or wrong.
        #expect(absent == ["true", "complete", "normative"])
        #expect(scored.last?.scores[1].score == 0)
        let losses = try await plant.losses(of: "e1", on: "2021-11-01", "complete")
        #expect(losses.reduce(complete.part) { $0 + $1.amount } == complete.whole)
        let gaps = losses.filter { $0.reason == "gap" }
        #expect(gaps.map(\.entryID) == ["t1", "x1"])
        #expect(gaps.map(\.amount) == [930 * 60_000, 930 * 60_000])
        #expect(Set(losses.map(\.reason)) == ["gap", "missing"])

        try await plant.host.stop()
        plant = try await WatchedPlant(folder, from: nil)
        try await plant.host.settle()
        #expect(try await plant.scores(from: "2021-11-01", to: "2021-11-02") == scored)
        #expect(try await plant.scores(from: "2021-11-01", at: "d2").map(\.enterpriseID) == ["e2"])
        // A stop of days is scored afterwards, a day each.
        try await plant.move(to: t0 + .hours(16 + 48))
        let days = try await plant.scores(from: "2021-11-01", to: "2021-11-09", size: 1)
        #expect(
            days.map { "\($0.day) \($0.enterpriseID)" } == [
                "2021-11-01 e1", "2021-11-01 e2", "2021-11-02 e1", "2021-11-02 e2",
                "2021-11-03 e1", "2021-11-03 e2",
            ])
        try await plant.host.stop()
    }

    @Test func nonsenseIsRefused() async throws {
        let plant = try await WatchedPlant(try TemporaryFolder(), from: t0)
        let wrong: [() async throws -> Void] = [
            { _ = try await plant.scores(from: "yesterday") },
            { _ = try await plant.scores(from: "2021-11-01", to: "2021-11-31") },
            { _ = try await plant.losses(of: "e1", on: "2021-11-01", "beautiful") },
        ]
        for (index, body) in wrong.enumerated() {
            #expect(await status(body)?.code == .invalidArgument, "\(index)")
        }
        let unknown = await status { _ = try await plant.losses(of: "e9", on: "", "") }
        #expect(unknown?.code == .notFound)
        let never = await status { _ = try await plant.losses(of: "e1", on: "2020-01-01", "") }
        #expect(never?.code == .notFound)
        try await plant.host.stop()
    }
}

extension WatchedPlant {
    fileprivate func scores(
        from: String = "", to: String = "", at node: String = "c1", size: UInt32 = 0
    ) async throws -> [IngestV1.QualityDay] {
        try await pages("") { token in
            let answer = try await ask(
                IngestV1.QualityService.listScores,
                IngestV1.ListScoresRequest(
                    fromDay: from, toDay: to, pageSize: size, pageToken: token), at: node)
            return (answer.days, answer.nextPageToken)
        }
    }

    fileprivate func losses(
        of enterprise: String, on day: String, _ quality: String
    ) async throws -> [IngestV1.QualityLoss] {
        try await ask(
            IngestV1.QualityService.explainScores,
            IngestV1.ExplainScoresRequest(enterpriseID: enterprise, day: day, quality: quality),
            at: "c1"
        ).losses
    }
}
