import Domain
import IngestCore
import Policy
import Testing

/// The detectors on a plant that nobody of ours made.
@Suite(.enabled(if: Plant.isThere, "The Tennessee Eastman data are not beside the repository."))
struct PlantWatchTests {
    /// What a detector says, and at which row of the file.
    private struct Found {
        var row: Int
        var sighting: Sighting
        var kind: FindingKind { sighting.key.kind }
        var id: String { sighting.key.id }
    }

    private func sightings(
        _ name: String, before: (inout WatchTable) -> Void = { _ in }
    ) throws -> [Found] {
        var table = try Plant.table()
        before(&table)
        var found: [Found] = []
        for (number, row) in try Plant.rows(name).enumerated() {
            let (columns, at) = Plant.batch(row, number)
            table.take(columns, from: GatewayID("g2"), receivedAt: at)
            found += table.sweep(at: at, max: 10_000).compactMap(\.sighting)
                .map { Found(row: number, sighting: $0) }
        }
        return found
    }

    /// ING-18: faults of a process are no lies of its data.
    @Test(arguments: ["d00", "d01", "d04", "d08", "d13"])
    func dataThatWereMeasuredRaiseNothing(name: String) throws {
        #expect(try sightings(name).isEmpty)
    }

    /// The same while the enterprise declares that it runs, which it does.
    @Test(arguments: ["d00", "d01", "d04", "d08", "d13"])
    func aPlantThatRunsIsNotCalledStopped(name: String) throws {
        let found = try sightings(name) { table in
            table.declareUnits(run: true)
        }
        #expect(found.isEmpty)
    }

    /// The tail of d06 begins in row 279 of the file; here rows are counted from 0.
    private static let tail = 278

    /// ING-18: the frozen tail of d06 is found at each point, from the row in which it begins.
    @Test func theFrozenTailIsFound() throws {
        let found = try sightings("d06")
        #expect(found.map(\.id).sorted() == Plant.points.map(\.id).sorted())
        let rule = DetectorRule.ours.flatLine
        let rows = Int(max(rule.processUnit.milliseconds / 180_000, rule.readings - 1))
        for one in found {
            #expect(one.kind == .flatLine)
            #expect(one.sighting.firstAt == t0 + .minutes(Int64(Self.tail) * 3))
            #expect(one.row == Self.tail + rows)
            #expect(one.sighting.clues.contains { $0.name == "value" })
        }
    }

    /// A plant whose stop is filed may stand still; after the filing it may not.
    @Test func aFiledStopIsNoFlatLine() throws {
        let ids = Plant.points.map { PointID($0.id) }
        #expect(try sightings("d06") { $0.setFiled(ids, at: t0) }.isEmpty)
    }

    /// ING-18: declared stopped, and the pressure is that of a plant that runs.
    @Test func aPlantThatRunsWhileItIsDeclaredStoppedIsFound() throws {
        let found = try sightings("d00") { table in
            table.declareUnits(run: false, except: ["separator", "stripper"])
        }
        #expect(found.map(\.kind) == [.stoppedButRunning])
        #expect(found.first?.id == "reactor")
        #expect(found.first?.sighting.clues.first?.name == "point reactor-pressure")
        #expect(found.first?.sighting.clues.last == Clue("declared by", "commitment"))
        // After the hour that it takes, not at once.
        #expect(found.first?.row == 20)
    }

    /// ING-18: the same for a filed stop; a point that is filed is no excuse for its own lie.
    @Test func aPointThatMovesWhileItsStopIsFiledIsFound() throws {
        let ids = [PointID("reactor-pressure"), PointID("reactor-temperature")]
        let found = try sightings("d00") { table in
            var said = Declarations()
            for id in ids { said.stopped[id] = .init(since: t0, by: "filing F-1") }
            table.setDeclared(said)
            table.setFiled(ids, at: t0)
        }
        let words = found.map { "\($0.kind) \($0.id) \($0.row)" }
        #expect(words == ["stoppedButRunning reactor 20"])
        #expect(found.first?.sighting.clues.last == Clue("declared by", "filing F-1"))
    }

    /// What is filed for another reason shows nothing, whatever the commitment says.
    @Test func aFiledPointProvesNothing() throws {
        let ids = Plant.points.filter { $0.unit == "reactor" }.map { PointID($0.id) }
        for (name, run) in [("d00", false), ("d06", true)] {
            let found = try sightings(name) { table in
                table.declareUnits(run: run, except: ["separator", "stripper"])
                table.setFiled(ids, at: t0)
            }
            let lies = found.filter { $0.kind != .flatLine }
            #expect(lies.isEmpty, "\(name)")
        }
    }

    /// The reverse: declared running, and nothing has moved since the plant shut down.
    @Test func aPlantThatStandsStillWhileItIsDeclaredRunningIsFound() throws {
        let found = try sightings("d06") { table in
            table.declareUnits(run: true, except: ["separator", "stripper"])
        }
        let still = found.filter { $0.kind == .runningButStopped }
        #expect(still.map(\.id) == ["reactor"])
        #expect(still.first?.row == Self.tail + 20)
    }
}

extension WatchTable {
    /// The plant says that all its units run, or none.
    fileprivate mutating func declareUnits(run: Bool, except sources: [String] = []) {
        var said = Declarations()
        said.units[EnterpriseID("e2")] = .init(
            run: run, saying: .init(since: t0, by: "commitment"),
            excepted: Set(sources.map(HazardSourceID.init)))
        setDeclared(said)
    }
}
