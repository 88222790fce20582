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
    private var clock: PlantClock
    private(set) var summary = ReplaySummary()

    init(file: ReplayFile, first: Instant, shift: Interval, ports: ReplayPorts) {
        (self.file, self.ports, self.shift) = (file, ports, shift)
        base = UInt64(max(0, (first + shift).unixMilliseconds))
        clock = PlantClock(ports: ports, zone: file.mapping.zone)
    }

    /// Called after each row with its number and time.
    typealias Report = (Int, Instant) -> Void

    // MARK: As fast as the services can, on their simulated clocks

    /// Drives the clocks of the services, so that every deadline is met at its exact instant.
    mutating func accelerate(until: Instant?, report: Report) async throws {
        var rows = try file.rows()
        guard var row = try rows.next() else { return }
        try await refuseTheWrongPast(firstRow: row)
        var now = try await clock.standing().now
        while true {
            let at = row.at + shift
            now = try await move(from: now, to: at)
            var following = Optional(row)
            while let same = following, same.at + shift == at {
                try await push(same)
                following = try rows.next()
            }
            report(summary.rows, at)
            guard let next = following else { break }
            row = next
        }
        let end = max(until ?? now, now)
        now = try await move(from: now, to: end)
        // What the last instant set off is worked off too.
        _ = try await clock.standing()
        report(summary.rows, now)
    }

    private mutating func move(from now: Instant, to target: Instant) async throws -> Instant {
        let reached = try await clock.move(from: now, to: target)
        summary.deadlines = clock.deadlines
        return reached
    }

    // A clock ahead of the file is right only if this very replay was broken off before.
    private func refuseTheWrongPast(firstRow row: ReplayFile.Row) async throws {
        let (at, now) = (row.at + shift, try await clock.standing().now)
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
        if answer.isRepeated {
            summary.repeatedRows += 1
        } else {
            summary.stored += answer.stored
        }
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
            next:
                "Mend the mapping file or the registry. The number of this row is used up: replay "
                + "with another gateway, or into a new data folder.")
    }
}
