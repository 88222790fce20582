import Domain

/// Pushes the rows of a file one by one and moves time between them.
///
/// A row's sequence is its number added to the time of the first row in milliseconds: the same
/// replay gives the same sequences again, so that what was stored before is not stored twice, and
/// a later one gives higher ones.
struct ReplayRun: Sendable {
    private let file: ReplayFile
    private let ports: ReplayPorts
    /// What is added to the times of the file.
    private let shift: Interval
    private let base: UInt64
    private(set) var summary = ReplaySummary()

    init(file: ReplayFile, first: Instant, shift: Interval, ports: ReplayPorts) {
        (self.file, self.ports, self.shift) = (file, ports, shift)
        base = UInt64(max(0, (first + shift).unixMilliseconds))
    }

    /// Called after each row with its number and time.
    typealias Report = (Int, Instant) -> Void

    // MARK: As fast as the services can, on their simulated clocks

    /// Drives the clocks of the services, so that every deadline is met at its exact instant.
    mutating func accelerate(until: Instant?, report: Report) async throws {
        var rows = try file.rows()
        guard var row = try rows.next() else { return }
        try await refuseTheWrongPast(firstRow: row)
        var clock = try await standing().now
        while true {
            let at = row.at + shift
            clock = try await move(from: clock, to: at)
            var following = Optional(row)
            while let same = following, same.at + shift == at {
                try await push(same)
                following = try rows.next()
            }
            report(summary.rows, at)
            guard let next = following else { break }
            row = next
        }
        let end = max(until ?? clock, clock)
        clock = try await move(from: clock, to: end)
        // What the last instant set off is worked off too.
        _ = try await standing()
        report(summary.rows, clock)
    }

    // From one settled instant to the next: stops at every deadline on the way.
    private mutating func move(from clock: Instant, to target: Instant) async throws -> Instant {
        var now = clock
        var stops = 0
        while true {
            let standing = try await standing()
            now = max(now, standing.now)
            guard let due = standing.nextDue, due <= target else {
                try await advance(to: max(now, target), heads: standing.heads)
                return max(now, target)
            }
            stops = due <= now ? stops + 1 : 0
            if stops > Self.stopsMax { throw stuck(at: due) }
            if due > now { summary.deadlines += 1 }
            now = max(now, due)
            try await advance(to: now, heads: standing.heads)
        }
    }

    // What falls due at one instant may set off more at the same one, but not for ever.
    private static let stopsMax = 1_000

    // Those who listen first: nobody hears of an instant that its own clock has not reached. Each
    // is settled before the next moves: one that was restarted has first to hear where things
    // stand, and only then does what fell due, as it would have done undisturbed.
    private func advance(to instant: Instant, heads: [ReplayHead]) async throws {
        for service in ServiceName.allCases.reversed() {
            try await ports.advance(service, instant)
            _ = try await ports.settle(service, heads)
        }
    }

    private func standing() async throws -> ReplayStanding {
        var all = ReplayStanding(heads: [], nextDue: nil, now: Instant(unixMilliseconds: 0))
        for service in ServiceName.allCases {
            let one = try await ports.settle(service, all.heads)
            all.heads += one.heads
            all.nextDue = [all.nextDue, one.nextDue].compactMap(\.self).min()
            all.now = max(all.now, one.now)
        }
        return all
    }

    // A clock ahead of the file is right only if this very replay was broken off before.
    private func refuseTheWrongPast(firstRow row: ReplayFile.Row) async throws {
        let (at, now) = (row.at + shift, try await standing().now)
        guard now > at else { return }
        if let batch = batch(row), let reading = batch.readings.first,
            try await ports.holds(reading.point, at)
        {
            return
        }
        let zone = file.mapping.zone
        throw Failure.refused(
            "The simulated clock stands at \(zone.text(now)), later than the first row at "
                + "\(zone.text(at)). A clock never goes back.",
            next: "Shift the file with --start, or begin with an empty data folder.")
    }

    private func stuck(at due: Instant) -> Failure {
        Failure.refused(
            "Something has been due since \(file.mapping.zone.text(due)) and is not done.",
            next: "Look at the log of the services; then run the same replay again.")
    }

    // MARK: At the pace of the plant

    /// Pushes each row when its time has come; what fell behind is pushed at once.
    mutating func pace(
        waitUntil: (Instant) async throws -> Void, report: Report
    ) async throws {
        var rows = try file.rows()
        while let row = try rows.next() {
            try await waitUntil(row.at + shift)
            try await push(row)
            report(summary.rows, row.at + shift)
        }
    }

    // MARK: One row

    private mutating func push(_ row: ReplayFile.Row) async throws {
        summary.rows += 1
        summary.missing += row.values.count { $0 == nil }
        guard let batch = batch(row) else { return }
        let answer = try await ports.push(batch)
        summary.stored += answer.stored
        if answer.isRepeated { summary.repeatedRows += 1 }
        guard answer.refused.isEmpty else {
            throw refusal(answer.refused, batch: batch, line: row.line)
        }
    }

    private func batch(_ row: ReplayFile.Row) -> ReplayBatch? {
        let readings = zip(file.mapping.columns, row.values).compactMap { column, value in
            value.map { ReplayBatch.Reading(point: column.point, value: $0) }
        }
        guard !readings.isEmpty else { return nil }
        return ReplayBatch(
            gateway: file.mapping.gateway, sequence: base + UInt64(row.number),
            at: row.at + shift, readings: readings)
    }

    private func refusal(
        _ refused: [ReplayAnswer.Refused], batch: ReplayBatch, line: Int
    ) -> Failure {
        let texts = refused.prefix(5).map { one in
            let point =
                batch.readings.indices.contains(one.index)
                ? batch.readings[one.index].point.text : "reading \(one.index)"
            return "\n  \(point): \(one.text)"
        }
        return Failure.refused(
            "\(file.path):\(line): \(refused.count) of \(batch.readings.count) readings "
                + "were refused:" + texts.joined(),
            next: "Mend the mapping file or the registry; then run the same replay again.")
    }
}
