import Domain
import Ingest
import IngestCore
import Kernel

/// A batch on its way to the disk.
struct WaitingBatch {
    var gateway: Int
    var batch: SealedBatch
}

// What ingest does with batches and registry files, as `PushCall` and the batch log do it.

extension World {
    // MARK: Readings

    /// A batch arrives: it is checked, and waits for the disk.
    mutating func push(_ kept: SimulatedGateway.Kept, from index: Int) throws {
        let gateway = gateways[index]
        guard ingest.isUp, ingest.shell.machine.registry.gateways[gateway.id] != nil else { return }
        var check = checks[index] ?? newCheck(of: gateway)
        // The clock as it is: what is received is not decided.
        let received = ingest.clock.now()
        let checked = check.check(
            kept.batch, against: directory, at: received, lastReceivedAt: readings.lastReceivedAt)
        checks[index] = check
        if checked.heldAhead != nil {
            figures.held += 1
            return
        }
        try checkRefused(checked, kept, of: gateway, at: received)
        let sealed = SealedBatch(
            gateway: gateway.id, sequence: kept.sequence, fingerprint: checked.fingerprint,
            receivedAt: received, columns: checked.columns)
        waitingBatches.append(WaitingBatch(gateway: index, batch: sealed))
        if breakage == .answersEarly {
            answer(sealed, .success(.stored(sealed.columns.count)), to: index)
        }
        // A group gathers for some milliseconds; the one before it may take the batch along.
        if random.chance(3, of: 4) {
            try commitReadings()
        } else if waitingBatches.count == 1 {
            agenda.add(.commitReadings(life: ingest.life), at: now + Interval(milliseconds: 5))
        }
    }

    private func newCheck(of gateway: SimulatedGateway) -> ReadingCheck {
        var check = ReadingCheck(
            enterprise: gateway.enterprise, futureTolerance: .seconds(60),
            heldAheadMax: IngestLimits.heldAheadMax)
        check.setTable(gateway.table)
        return check
    }

    /// Each reading is refused for a reason that there is, and none that is no good is taken.
    private mutating func checkRefused(
        _ checked: CheckedBatch, _ kept: SimulatedGateway.Kept, of gateway: SimulatedGateway,
        at received: Instant
    ) throws {
        figures.refusedReadings += checked.refused.count
        let refused = checked.refused.map(\.index)
        for index in kept.flaws {
            try require(refused.contains(index), "a reading that is no good was taken")
        }
        for one in checked.refused where !kept.flaws.contains(one.index) {
            let isAhead =
                kept.batch.measuredAt[one.index] > (received + .seconds(60)).unixMilliseconds
            let point = gateway.table[Int(kept.batch.point[one.index])]
            let isKnown = ingest.shell.machine.registry.points[point] != nil
            try require(isAhead || !isKnown, "a good reading was refused: \(one.fault)")
        }
    }

    mutating func commitReadings() throws {
        let group = waitingBatches
        if group.isEmpty { return }
        waitingBatches = []
        let fate = drawFate(ingest)
        switch fate {
        case .refused: figures.lostCommits += 1
        case .killedBefore: try kill(ingest)
        case .stored, .killedAfter:
            let before = readings.batches.count
            let outcomes = readings.commit(group.map(\.batch))
            for (one, outcome) in zip(group, outcomes) {
                switch outcome {
                case .success(.stored): figures.batches += 1
                case .success(.repeated): figures.repeats += 1
                case .failure(let failure):
                    throw Violation("batch \(one.batch.sequence) was not taken: \(failure)")
                }
                if fate == .stored { answer(one.batch, outcome, to: one.gateway) }
            }
            if readings.batches.count > before { announce(.readings) }
            if fate == .killedAfter { try kill(ingest) }
            if breakage == .forgetsCommit, fate == .killedAfter { readings.forget(after: before) }
        }
    }

    private mutating func answer(
        _ batch: SealedBatch, _ outcome: Result<AppendOutcome, BatchLogFailure>, to index: Int
    ) {
        var columns = batch.columns
        // Of a repeat, what was stored the first time is what is acknowledged; maybe nothing.
        if case .success(.repeated) = outcome {
            let position = readings.position(of: batch.sequence, from: batch.gateway)
            columns = position.map { readings.batches[$0 - 1].columns } ?? ReadingColumns()
        }
        ledger.acknowledge(
            batch.sequence, from: batch.gateway, columns,
            after: gateways[index].kept[batch.sequence]?.after ?? 0)
        if strikes(.pushLost, of: 10) { return }
        agenda.add(.acknowledged(gateway: index, sequence: batch.sequence), at: now + way())
    }

    // MARK: Registry

    /// Sends a file in; true if it was acknowledged.
    @discardableResult
    mutating func sendRegistry(_ entries: [RegistryEntry], sure: Bool = false) throws -> Bool {
        importCount += 1
        let document = City.document("file-\(importCount)", entries)
        let round = ledger.send(entries)
        let told = try submit(
            ingest, .registry(.importSent(document, scope: nil)), sure: sure)
        if let refusal = told.refusals.first { throw Violation("a file was refused: \(refusal)") }
        guard told.isDone else { return false }
        figures.imports += 1
        ledger.acknowledge(round, entries)
        return true
    }

    /// Every now and then somebody changes the registry, or tries to.
    mutating func changeRegistry() throws {
        if now > end { return }
        let sources = City.owners.indices.filter { ingest.shell.machine.registry.has($0) }
        let source = sources[Int(random.integer(in: 0...Int64(sources.count - 1)))]
        let tier = Tier.allCases[Int(random.integer(in: 0...2))]
        let person = City.person(tier, of: source, round: importCount)
        var wait = Interval.hours(random.integer(in: 5...100))
        switch random.integer(in: 1...5) {
        case 1:
            // The same once more.
            let same = ingest.shell.machine.registry.entries
            if try !sendRegistry(same) { wait = .minutes(2) }
        case 2: try sendMistake(person)
        case 3 where isLateSourceComing && !ingest.shell.machine.registry.has(4):
            if try !sendRegistry(City.source(4, named: "仓库")) { wait = .minutes(2) }
        case _: if try !sendRegistry([.person(person)]) { wait = .minutes(2) }
        }
        agenda.add(.registry, at: now + wait)
    }

    /// A file with one good row and one that is wrong changes nothing.
    private mutating func sendMistake(_ person: ResponsiblePerson) throws {
        var broken = person
        (broken.id, broken.hazardSource) = (PersonID("nobody"), HazardSourceID("nowhere"))
        let before = ingest.shell.machine.registry
        let document = City.document("wrong", [.person(person), .person(broken)])
        let told = try submit(ingest, .registry(.importSent(document, scope: nil)))
        try require(
            told.refusals.count == 1 || !told.isDone, "a file with a mistake was taken")
        try require(
            ingest.shell.machine.registry == before || !ingest.isUp,
            "a refused file changed the registry")
    }
}

extension Registry {
    fileprivate func has(_ source: Int) -> Bool { hazardSources[City.source(source)] != nil }
}
