import Domain
import Ingest
import IngestCore
import SimKit
import Storage
import Testing

@Suite struct BatchLogTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func open(
        flushReadings: Int = 200_000, storeOptions: Store.Options = Store.Options()
    ) throws -> SQLiteBatchLog {
        var options = SQLiteBatchLog.Options()
        options.commitDelayMilliseconds = 0
        options.flushReadings = flushReadings
        // The folder lives as long as a log that is open in it.
        options.didCommit = { [folder] _ in withExtendedLifetime(folder) {} }
        return try SQLiteBatchLog(
            folder: folder.file("readings"), options: options, storeOptions: storeOptions)
    }

    @Test func aBatchIsFoundAgainInEveryQuestion() async throws {
        let log = try open()
        #expect(try await log.store(batch(1)) == .stored(2))
        #expect(log.head.head == 1)
        #expect(log.latest(of: [PointID("x1"), PointID("y9")]).map { $0?.value } == [1.01, nil])
        #expect(try await log.all(of: "t1").map(\.value) == [1])
        let stored = try #require(try await log.everyBatch().first)
        #expect(stored.columns == batch(1).columns)
        #expect(stored.receivedAt == batch(1).receivedAt)
    }

    @Test func aRepeatIsAcknowledgedAndNotStoredAgain() async throws {
        let log = try open()
        _ = try await log.store(batch(1))
        #expect(try await log.store(batch(1)) == .repeated(2))
        #expect(try await log.everyBatch().count == 1)
        #expect(try await log.store(batch(1, gateway: "g2")) == .stored(2))
    }

    @Test func aRepeatInTheSameGroupIsOne() async throws {
        let log = try open()
        let outcomes = try await withThrowingTaskGroup(of: AppendOutcome.self) { group in
            for _ in 0..<20 { group.addTask { try await log.store(batch(1)) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.filter { $0 == .stored(2) }.count == 1)
        #expect(outcomes.filter { $0 == .repeated(2) }.count == 19)
        #expect(try await log.everyBatch().count == 1)
    }

    @Test func aBatchThatFillsAGapIsStored() async throws {
        let log = try open()
        for sequence: UInt64 in [1, 5, 3, 2] {
            #expect(try await log.store(batch(sequence)) == .stored(2))
        }
        #expect(try await log.store(batch(5)) == .repeated(2))
        #expect(try await log.store(batch(4)) == .stored(2))
        #expect(try await log.everyBatch().map(\.position) == [1, 2, 3, 4, 5])
    }

    @Test func theSameNumberWithOtherReadingsIsRefused() async throws {
        let log = try open()
        for sequence: UInt64 in 1...4 { _ = try await log.store(batch(sequence)) }
        var other = batch(2)
        other.fingerprint = 99
        await #expect(
            throws: BatchLogFailure.sequenceReused(GatewayID("g1"), sequence: 2, highest: 4)
        ) { try await log.store(other) }
        #expect(try await log.store(batch(5)) == .stored(2))
    }

    @Test func aBatchWithoutGoodReadingsKeepsItsNumber() async throws {
        let log = try open()
        var empty = batch(1)
        empty.columns = ReadingColumns()
        #expect(try await log.store(empty) == .stored(0))
        #expect(try await log.store(empty) == .repeated(0))
        #expect(log.head.head == 0)
        #expect(try await log.store(batch(2)) == .stored(2))
        #expect(log.head.head == 1)
    }

    @Test func theNumberOfARefusedBatchIsNotTakenForOtherReadings() async throws {
        let log = try open()
        var refused = batch(1)
        refused.columns = ReadingColumns()
        refused.fingerprint = 99
        #expect(try await log.store(refused) == .stored(0))
        let reused = BatchLogFailure.sequenceReused(GatewayID("g1"), sequence: 1, highest: 1)
        await #expect(throws: reused) { try await log.store(batch(1)) }
        try log.close()
        let again = try open()
        await #expect(throws: reused) { try await again.store(batch(1)) }
        #expect(try await again.store(refused) == .repeated(0))
    }

    @Test func aNumberOfWhichNothingIsKeptIsNeverAcknowledgedAsStored() async throws {
        let log = try open()
        var refused = batch(1)
        refused.columns = ReadingColumns()
        _ = try await log.store(refused)
        for sequence: UInt64 in 2...4 { _ = try await log.store(batch(sequence)) }
        try await log.remove(before: t0 + .hours(1))
        // The gateway may have begun to count anew, or repeat: nobody can tell any more.
        for sequence: UInt64 in 1...3 {
            let again = sequence == 1 ? refused : batch(sequence)
            await #expect(
                throws: BatchLogFailure.sequenceReused(
                    GatewayID("g1"), sequence: sequence, highest: 4)
            ) { try await log.store(again) }
        }
        #expect(try await log.store(batch(4)) == .repeated(2), "the last batch stays")
    }

    @Test(arguments: [4, 200_000])
    func aRestartFindsAllOfIt(flushReadings: Int) async throws {
        let first = try open(flushReadings: flushReadings)
        for sequence: UInt64 in [1, 2, 3, 4, 5, 9] { _ = try await first.store(batch(sequence)) }
        let (readings, batches) = (try await first.all(of: "t1"), try await first.everyBatch())
        try first.close()
        let second = try open()
        #expect(second.head.head == 6)
        #expect(try await second.all(of: "t1") == readings)
        #expect(try await second.everyBatch() == batches)
        #expect(second.latest(of: [PointID("t1")]).first??.value == 9)
        #expect(try await second.store(batch(9)) == .repeated(2))
        #expect(try await second.store(batch(6)) == .stored(2))
        #expect(second.head.head == 7)
        #expect(try await second.all(of: "t1").map(\.value) == [1, 2, 3, 4, 5, 6, 9])
    }

    @Test func aClosedLogRefusesAndForgetsNothing() async throws {
        let log = try open()
        _ = try await log.store(batch(1))
        try log.close()
        await #expect(throws: BatchLogFailure.closed) { try await log.store(batch(2)) }
        #expect(try await open().everyBatch().count == 1)
    }

    @Test func lateReadingsTakeTheirPlaceInTime() async throws {
        let log = try open(flushReadings: 6)
        for hour: Int64 in [5, 1, 30, 0, 2, 29, 4, 3] {
            _ = try await log.store(batch(UInt64(hour) + 1, at: t0 + .hours(hour)))
        }
        let times = try await log.all(of: "t1").map(\.measuredAt)
        #expect(times == [0, 1, 2, 3, 4, 5, 29, 30].map { t0 + .hours($0) })
        #expect(log.latest(of: [PointID("t1")]).first??.measuredAt == t0 + .hours(30))
        let day = try await log.readings(
            of: PointID("t1"), from: t0 + .hours(1), to: t0 + .hours(5))
        #expect(day.map(\.value) == [2, 3, 4, 5])
        let span = try #require(try await log.span(of: PointID("t1")))
        #expect(span.contains(t0) && span.contains(t0 + .hours(30)))
        #expect(try await log.span(of: PointID("y9")) == nil)
    }

    @Test func aFailedCommitStoresNothingAndTheNextWorks() async throws {
        let disk = FaultyDisk()
        let log = try open(storeOptions: disk.options)
        _ = try await log.store(batch(1))
        disk.breakDown()
        await #expect(throws: BatchLogFailure.cannotWrite(reason: "the disk is full")) {
            try await log.store(batch(2))
        }
        #expect(log.head.head == 1)
        #expect(log.latest(of: [PointID("t1")]).first??.value == 1)
        disk.mend()
        #expect(try await log.store(batch(3)) == .stored(2))
        #expect(try await log.store(batch(2)) == .stored(2))
        #expect(try await log.all(of: "t1").map(\.value) == [1, 2, 3])
        try log.close()
        #expect(try await open().everyBatch().count == 3)
    }

    @Test func aFollowerWakesWhenABatchIsOnDisk() async throws {
        let log = try open()
        async let grown = log.head.head(past: 0)
        _ = try await log.store(batch(1))
        #expect(try await grown == 1)
        #expect(try await log.everyBatch().count == 1)
    }

    @Test func removingKeepsWhatIsYoungerAndThePositions() async throws {
        let log = try open()
        for sequence: UInt64 in 1...7 {
            _ = try await log.store(batch(sequence, at: t0 + .day * Int64(sequence)))
            // Nothing is that old; but what was stored is in chunks then.
            try await log.remove(before: t0)
        }
        try await log.remove(before: t0 + .day * 4)
        #expect(try await log.all(of: "t1").map(\.value) == [4, 5, 6, 7])
        #expect(try await log.everyBatch().map(\.position) == [4, 5, 6, 7])
        try await log.remove(before: t0 + .day * 1_000)
        #expect(try await log.all(of: "t1").isEmpty)
        #expect(try await log.everyBatch().isEmpty)
        try log.close()
        let again = try open()
        #expect(again.head.head == 7)
        #expect(try await again.store(batch(8)) == .stored(2))
        #expect(again.head.head == 8)
    }

    @Test func aClockThatIsAYearAheadRemovesNothingThatIsYoung() async throws {
        let day = Interval.hours(24)
        let retention = Retention(keeping: day * 90, silenceMax: day * 2, perRunMax: day * 2)
        let log = try open()
        for sequence: UInt64 in 1...100 {
            _ = try await log.store(batch(sequence, at: t0 + day * Int64(sequence)))
            try await log.remove(before: t0)
        }
        let wrong = t0 + day * 465
        let doubt = try await log.maintain(keeping: retention, following: retention, at: wrong)
        #expect(doubt == .clockAhead(by: day * 365))
        #expect(try await log.all(of: "t1").count >= 98)
        // Gateways that share the wrong clock: still only bit by bit.
        _ = try await log.store(batch(101, at: wrong))
        let again = try await log.maintain(keeping: retention, following: retention, at: wrong)
        #expect(again != nil)
        #expect(try await log.all(of: "t1").count >= 95)
    }

    @Test func readingsThatCameLateAreKeptAsLongAsOthers() async throws {
        let log = try open()
        var late = batch(1, at: t0)
        late.receivedAt = t0 + .hours(50)
        _ = try await log.store(late)
        try await log.remove(before: t0)
        _ = try await log.store(batch(2, at: t0 + .hours(51)))
        try await log.remove(before: t0 + .hours(40))
        #expect(try await log.all(of: "t1").map(\.value) == [1, 2])
        try await log.remove(before: t0 + .hours(51))
        #expect(try await log.all(of: "t1").map(\.value) == [2])
    }

    @Test func aSecondProcessCannotOpenTheSameFile() throws {
        let log = try open()
        #expect(throws: StoreFailure.alreadyOpen(path: folder.file("readings/catalog.sqlite"))) {
            try open()
        }
        try log.close()
    }
}
