import Contracts
import Domain
import Ingest
import Kernel
import RPC
import Runtime
import SimKit
import Testing

/// Kills the real program around ten o'clock, day after day (CON-12, CON-19).
@Suite(
    .serialized,
    .enabled(if: Program.isBuilt("hazwatch-ingest"), "The program hazwatch-ingest is not built."))
struct CommitmentCrashTests {
    static let days: Int64 = 12

    /// Whoever did not commit himself has missed the day, once; who did and was told so has not.
    @Test(.timeLimit(.minutes(10)), arguments: [UInt64(1)])
    func aMissedDayIsDecidedOnceOverEveryKill(seed: UInt64) async throws {
        let process = IngestProcess(
            folder: try TemporaryFolder(), arguments: ["--clock", "simulated"])
        let form = try FormSource.load()
        var random = SeededRandom(seed: seed)
        try process.start()
        var desk = try await Desk(process)
        try await desk.advance(to: t0)
        _ = try await desk.administrator.unary(
            IngestV1.RegistryService.import,
            IngestV1.ImportRequest(fileName: "city.yaml", content: Array(cityYAML.utf8)))
        var expected: Set<String> = []
        for number in 0..<Self.days {
            let ten = t0 + .hours(2) + .day * number
            let day = "2021-11-\(number < 9 ? "0" : "")\(number + 1)"
            try await desk.advance(to: ten - .minutes(1))
            expected.insert("\(day) e2")
            if number % 2 == 0 {
                // It may be killed before it answers; then the same is sent again.
                let request = form.quietDay(of: "e1", on: day)
                async let sent = desk.file(request)
                try await Self.kill(process, random.next())
                let wasTold = await sent
                try process.start()
                await desk.close()
                desk = try await Desk(process)
                if !wasTold { #expect(await desk.file(request)) }
            } else {
                expected.insert("\(day) e1")
            }
            async let moved = desk.isAdvanced(to: ten)
            try await Self.kill(process, random.next())
            _ = await moved
            try process.start()
            await desk.close()
            desk = try await Desk(process)
            try await desk.advance(to: ten)
        }
        let missed = try await desk.missed()
        #expect(missed.count == expected.count, "seed \(seed): \(missed)")
        #expect(Set(missed) == expected, "seed \(seed)")
        let filed = try await desk.filed()
        #expect(filed.count == Int(Self.days) / 2 && Set(filed).count == filed.count)
        #expect(try await desk.listed() == missed.count + filed.count)
        await desk.close()
    }

    /// Some moment after something was sent: real time, as the kill must fall into the midst of it.
    private static func kill(_ process: IngestProcess, _ random: UInt64) async throws {
        try await Task.sleep(for: .microseconds(random % 20_000))
        process.kill()
    }
}

/// Who talks to one run of the process.
private struct Desk {
    let administrator, service, principal: RPCClient

    init(_ process: IngestProcess) async throws {
        administrator = try await process.client(.administrator)
        service = try await process.client(.service)
        principal = try await process.client(.officer, subject: "a1", node: "e1")
    }

    func close() async {
        for client in [administrator, service, principal] { await client.close() }
    }

    func advance(to instant: Instant) async throws {
        _ = try await service.unary(
            ClockV1.ClockService.advance,
            ClockV1.AdvanceRequest(toUnixMs: instant.unixMilliseconds))
    }

    /// The same, where the process may end before it answers.
    func isAdvanced(to instant: Instant) async -> Bool {
        (try? await advance(to: instant)) != nil
    }

    /// True if it was acknowledged.
    func file(_ request: IngestV1.FileCommitmentRequest) async -> Bool {
        let answer = try? await principal.unary(
            IngestV1.CommitmentService.fileCommitment, request)
        return answer?.commitment?.versions.count == 1
    }

    private func journal(_ kind: JournalKind) async throws -> [JournalV1.Entry] {
        let stream = try await service.serverStreaming(
            JournalV1.JournalService.subscribe,
            JournalV1.SubscribeRequest(kindPrefixes: [kind.rawValue], storedOnly: true))
        var entries: [JournalV1.Entry] = []
        for try await response in stream { entries += [response.entry].compactMap(\.self) }
        return entries
    }

    func missed() async throws -> [String] {
        try await journal(.commitmentMissed).map { entry in
            let missed = try IngestV1.MissedCommitment(serialized: entry.body)
            return "\(missed.day) \(missed.enterpriseID)"
        }
    }

    func filed() async throws -> [String] {
        try await journal(.commitmentFiled).map { entry in
            let commitment = try IngestV1.Commitment(serialized: entry.body)
            return "\(commitment.day) \(commitment.enterpriseID)"
        }
    }

    /// How many days the list has.
    func listed() async throws -> Int {
        try await service.unary(
            IngestV1.CommitmentService.listCommitments,
            IngestV1.ListCommitmentsRequest(fromDay: "2021-11-01", toDay: "2021-11-30")
        ).days.count
    }
}
