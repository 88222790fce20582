import Domain
import Foundation
import IngestCore
import SimKit
import Storage
import Synchronization
import Testing

@testable import Ingest

/// ING-20: what was acknowledged is there once, whenever the power goes, and a disk that fails is
/// a refusal that heals.
@Suite struct StoreRecoveryTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func open(
        _ name: String = "readings", flushReadings: Int = 200_000,
        didStep: (@Sendable (StoreStep) throws -> Void)? = nil,
        storeOptions: Store.Options = Store.Options()
    ) throws -> SQLiteBatchLog {
        var options = SQLiteBatchLog.Options()
        options.commitDelayMilliseconds = 0
        options.flushReadings = flushReadings
        options.didStep = didStep
        options.didCommit = { [folder] _ in withExtendedLifetime(folder) {} }
        return try SQLiteBatchLog(
            folder: folder.file(name), options: options, storeOptions: storeOptions)
    }

    // MARK: Kills

    /// A copy of the folder as a kill would leave it, and what had to be in it.
    private struct Wreck: Sendable {
        var name: String
        var step: String
        /// Batches that were acknowledged.
        var acknowledged: Int
        /// Days before this one may be gone.
        var removedBefore: Int64
    }

    @Test func aKillAtAnyMomentLosesAndDoublesNothing() async throws {
        let wrecks = Mutex<[Wreck]>([])
        let progress = Mutex((acknowledged: 0, removedBefore: Int64(0)))
        let copy: @Sendable (String) -> Void = { [folder] step in
            let (acknowledged, removedBefore) = progress.withLock { $0 }
            let name = wrecks.withLock { wrecks in
                wrecks.append(
                    Wreck(
                        name: "wreck-\(wrecks.count)", step: step, acknowledged: acknowledged,
                        removedBefore: removedBefore))
                return wrecks[wrecks.count - 1].name
            }
            try? FileManager.default.copyItem(
                atPath: folder.file("readings"), toPath: folder.file(name))
        }
        let log = try open(
            didStep: { copy("\($0)") },
            storeOptions: Store.Options(beforeCommit: { copy("before a commit") }))
        // Four days, some of it late, with a flush at each third batch.
        let days: [Int64] = [0, 0, 1, 0, 1, 2, 2, 1, 3, 3, 3, 0]
        for (index, day) in days.enumerated() {
            let sequence = UInt64(index) + 1
            _ = try await log.store(batch(sequence, at: time(sequence, day)))
            progress.withLock { $0.acknowledged = Int(sequence) }
            if sequence % 3 == 0 { await log.flush() }
        }
        await log.mergeDays()
        _ = try await log.store(batch(13, at: time(13, 1)))
        progress.withLock { $0.acknowledged = 13 }
        await log.flush()
        progress.withLock { $0.removedBefore = 1 }
        try await log.remove(before: time(1, 1))
        progress.withLock { $0.removedBefore = 3 }
        try await log.remove(before: time(1, 3))
        let expected = zip(1..., days + [1]).map { (value: Double($0), day: $1) }
        let steps = Set(wrecks.withLock { $0.map(\.step) })
        #expect(steps.count == StoreStep.allCases.count + 1, "\(steps.sorted())")
        for wreck in wrecks.withLock({ $0 }) {
            try await check(wreck, expected)
        }
    }

    private func time(_ sequence: UInt64, _ day: Int64) -> Instant {
        t0 + .day * day + .seconds(Int64(sequence))
    }

    private func check(_ wreck: Wreck, _ expected: [(value: Double, day: Int64)]) async throws {
        let log = try open(wreck.name)
        for round in ["at once", "after a flush", "after a merge", "after a restart"] {
            let again = round == "after a restart" ? try open(wreck.name) : log
            let values = try await again.all(of: "t1").map(\.value)
            let place = "\(wreck.name), \(wreck.step), \(round)"
            #expect(Set(values).count == values.count, "twice: \(place)")
            let due = expected.prefix(wreck.acknowledged).filter {
                $0.day >= wreck.removedBefore || wreck.removedBefore == 0
            }
            let missing = Set(due.map(\.value)).subtracting(values)
            #expect(missing.isEmpty, "missing \(missing.sorted()): \(place)")
            // What was on its way may be there.
            #expect(values.allSatisfy { $0 <= Double(wreck.acknowledged + 1) }, "\(place)")
            if round == "at once" { await log.flush() }
            if round == "after a flush" { await log.mergeDays() }
            if round == "after a merge" { try log.close() }
        }
    }

    // MARK: Disks that fail

    @Test func aFlushThatFailsLosesNothingAndComesAgain() async throws {
        let disk = FaultyDisk()
        let log = try open(storeOptions: disk.options)
        for sequence: UInt64 in 1...20 { _ = try await log.store(batch(sequence)) }
        // At each commit of the flush in turn.
        for count in 1...6 {
            disk.breakDown()
            disk.failNext(count)
            await log.flush()
            #expect(try await log.all(of: "t1").map(\.value) == (1...20).map(Double.init))
        }
        disk.mend()
        _ = try await log.store(batch(21))
        await log.flush()
        await log.flush()
        #expect(try await log.all(of: "t1").map(\.value) == (1...21).map(Double.init))
        try log.close()
        let again = try open()
        #expect(try await again.all(of: "t1").map(\.value) == (1...21).map(Double.init))
        #expect(try await again.everyBatch().count == 21)
        #expect(again.readiness == .ready)
    }

    @Test func questionsDuringFlushAndMergeSeeEachReadingOnce() async throws {
        let log = try open(flushReadings: 50)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for sequence: UInt64 in 1...600 {
                    let day = Int64(sequence / 150)
                    let time = t0 + .day * day + .seconds(Int64(sequence))
                    _ = try await log.store(batch(sequence, at: time))
                    if sequence % 100 == 0 { await log.mergeDays() }
                }
            }
            group.addTask {
                while log.head.head < 600 {
                    let least = Int(log.head.head)
                    let values = try await log.all(of: "t1").map(\.value)
                    #expect(values == (0..<values.count).map { Double($0 + 1) })
                    #expect(values.count >= least)
                }
            }
            try await group.waitForAll()
        }
        try log.close()
    }

    // MARK: Folders that are not whole

    @Test func anOldStoreIsRefusedAndNotPassedOver() throws {
        let old = folder.file("readings.sqlite")
        try Data().write(to: URL(fileURLWithPath: old))
        #expect(throws: ReadingsFailure.oldStore(path: old)) { try open() }
        #expect("\(ReadingsFailure.oldStore(path: old))".contains("Move the file away"))
    }

    @Test func aFolderThatLacksAFileIsRefused() async throws {
        let log = try open()
        for sequence: UInt64 in 1...6 {
            _ = try await log.store(batch(sequence, at: time(sequence, Int64(sequence))))
            if sequence % 2 == 0 { await log.flush() }
        }
        _ = try await log.store(batch(7))
        try log.close()
        let path = folder.file("readings")
        let segment = path + "/segment-4-7.sqlite"
        try without(segment) {
            #expect(throws: ReadingsFailure.segmentMissing(folder: path, number: 4)) { try open() }
        }
        try without(path + "/catalog.sqlite") {
            #expect(throws: ReadingsFailure.catalogMissing(folder: path)) { try open() }
        }
        let foreign = path + "/day-1-1.sqlite"
        try Data().write(to: URL(fileURLWithPath: foreign))
        #expect(throws: ReadingsFailure.unknownFile(path: foreign)) { try open() }
        try FileManager.default.removeItem(atPath: foreign)
        #expect(try await open().all(of: "t1").count == 7)
    }

    private func without(_ path: String, _ body: () throws -> Void) throws {
        try FileManager.default.moveItem(atPath: path, toPath: path + ".away")
        try body()
        try? FileManager.default.removeItem(atPath: path)
        try FileManager.default.moveItem(atPath: path + ".away", toPath: path)
    }

    @Test func aDamagedChunkIsAFailureAndNeverAWrongAnswer() async throws {
        let log = try open()
        for sequence: UInt64 in 1...50 { _ = try await log.store(batch(sequence)) }
        await log.flush()
        let day = try #require(log.state.withLock { $0.days.values.first })
        try day.file.write(Store.Options()) { db in
            try db.execute(
                sql: """
                    update chunks
                    set body = cast(substr(body, 1, 30) || x'ff' || substr(body, 32) as blob)
                    where key & 4294967295 = 0
                    """)
        }
        await #expect(
            throws: BatchLogFailure.cannotRead(reason: "its checksum does not fit")
        ) { try await log.all(of: "t1") }
        #expect(try await log.all(of: "x1").count == 50)
        // What comes is taken all the same.
        #expect(try await log.store(batch(51)) == .stored(2))
    }

    @Test func whatIsFlushedTakesItsRoomOnDiskOnce() async throws {
        let log = try open()
        for sequence: UInt64 in 1...50 { _ = try await log.store(batch(sequence)) }
        await log.flush()
        let day = try #require(log.state.withLock { $0.days.values.first })
        let facts = try FileManager.default.attributesOfItem(atPath: day.file.path + "-wal")
        #expect((facts[.size] as? NSNumber)?.intValue == 0)
        #expect(try await log.all(of: "x1").count == 50)
    }

    @Test func aDayOfAPointIsMergedIntoLargeChunks() async throws {
        let log = try open()
        for sequence: UInt64 in 1...30 {
            let points = sequence % 2 == 0 ? ["t1", "x1"] : ["x1"]
            _ = try await log.store(
                batch(sequence, points: points, at: t0 + .minutes(Int64(sequence) * 40)))
            if sequence % 5 == 0 { await log.flush() }
        }
        _ = try await log.store(batch(31, at: t0 + .hours(26)))
        let before = try await log.all(of: "x1")
        await log.flush()
        await log.mergeDays()
        let day = try #require(log.state.withLock { $0.days[18_932] })
        #expect(day.isMerged && day.flushes.isEmpty && day.file.generation == 2)
        #expect(try await log.all(of: "x1") == before)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("readings"))
        #expect(!names.contains("day-18932-1.sqlite"), "the old file goes with its last reader")
    }
}
