import Contracts
package import Domain
package import IngestCore
package import Runtime
package import Storage

/// Writes down what was counted of each point by day, and scores each day when it is over.
///
/// A day is that of the profile's zone, by when readings were received, to some seconds. What was
/// counted since the last writing is lost by a kill: at most some minutes.
package actor DayKeeper {
    private let watch: LiveWatch
    private let engine: Engine<IngestMachine>
    private let store: Store
    private let clock: any TimeSource
    private var days: ScoringDays
    /// The day to which belongs what the watch has counted, and since when it counts.
    private var counting: (day: String, since: Instant)?

    private static let key = "ingest.scored_to_unix_ms"
    private static let listeningKey = "ingest.listening_unix_ms"
    /// When it was last noted that somebody listens.
    private var notedAt: Instant?

    /// When the platform listened last before it was started; nil: nobody knows.
    package static func listened(_ store: Store) throws -> Instant? {
        try store.read { try Meta.get(listeningKey, in: $0) }
            .flatMap { Int64($0) }.map { Instant(unixMilliseconds: $0) }
    }

    package init(
        watch: LiveWatch, engine: Engine<IngestMachine>, store: Store, clock: any TimeSource,
        zone: Zone
    ) throws {
        (self.watch, self.engine, self.store, self.clock) = (watch, engine, store, clock)
        let text = try store.read { try Meta.get(Self.key, in: $0) }
        let scoredTo = text.flatMap { Int64($0) }.map { Instant(unixMilliseconds: $0) }
        days = ScoringDays(zone: zone, scoredTo: scoredTo)
    }

    /// Does what is due; called after each sweep.
    package func keep() async throws {
        let now = clock.now()
        if notedAt.map({ now - $0 >= IngestLimits.listeningNotedEvery || now < $0 }) ?? true {
            let note = "\(now.unixMilliseconds)"
            // Without it a stop counts as long: no reason to look at nothing while a disk is full.
            try? await store.write { try Meta.put(Self.listeningKey, note, in: $0) }
            notedAt = now
        }
        days.begin(at: now)
        let today = days.current(at: now).day
        if let counting, counting.day != today || now - counting.since >= IngestLimits.countsEvery {
            try await flush()
        }
        counting = (today, counting?.day == today ? counting?.since ?? now : now)
        while let (day, window) = days.take(at: now, max: 1).first {
            try await score(day, window)
        }
    }

    /// Writes down what was counted up to now.
    package func flush() async throws {
        let now = clock.now()
        let day = counting?.day ?? days.current(at: now).day
        counting = (day, now)
        let counts = watch.takeCounts()
        var next = 0
        while next < counts.count {
            let some = counts[next..<min(counts.count, next + IngestLimits.countsPerCommit)]
            try await store.write { db in
                for one in some {
                    try ScoreTables.add(one.count, of: one.point, node: one.node, day: day, in: db)
                }
            }
            next += some.count
        }
    }

    // MARK: Scores

    private func score(_ day: String, _ window: Span) async throws {
        let (book, enterprises) = try await book(window)
        for enterprise in enterprises {
            let counts = try await counts(of: enterprise, day)
            let scores = book.scores(of: enterprise, counts: counts)
            try await store.write { db in
                for score in scores where score.whole > 0 {
                    try ScoreTables.put(score, of: enterprise, day: day, in: db)
                }
            }
        }
        let end = window.to.unixMilliseconds
        try await store.write { try Meta.put(Self.key, String(end), in: $0) }
    }

    /// The scores of the day that is not over yet, up to now.
    package func today(
        of enterprises: [NodeID]
    ) async throws -> (day: String, scores: [NodeID: [QualityScore]]) {
        try await flush()
        let (day, window) = days.current(at: clock.now())
        let (book, _) = try await book(window)
        var scores: [NodeID: [QualityScore]] = [:]
        for enterprise in enterprises {
            scores[enterprise] = book.scores(
                of: enterprise, counts: try await counts(of: enterprise, day))
        }
        return (day, scores)
    }

    private func counts(of enterprise: NodeID, _ day: String) async throws -> [PointID: DayCount] {
        try await store.read { try ScoreTables.counts(of: enterprise, day: day, in: $0) }
    }

    private func book(_ window: Span) async throws -> (DayBook, [NodeID]) {
        let (registry, records) = try await engine.read {
            ($0.registry, $0.watch.presence.records)
        }
        let outages = try await FiledOutages.within(window, in: store)
        let gaps = try await gaps(window)
        let rows = try await store.read { try FindingTable.within(window, in: $0) }
        let findings = try rows.compactMap { row -> PastFinding? in
            guard let id = FindingID(row.place.id) else { return nil }
            let finding = try IngestV1.Finding(serialized: row.body)
            let over = [finding.goneUnixMs, finding.closedUnixMs].filter { $0 > 0 }.min()
            let end = over.map { Instant(unixMilliseconds: $0) } ?? window.to
            return PastFinding(
                key: id.key, node: row.node, span: Span(row.place.firstAt, end),
                clues: finding.clues.map { Clue($0.name, $0.text) })
        }
        let book = DayBook(
            window: window, registry: registry, records: Array(records.values), gaps: gaps,
            outages: outages, findings: findings)
        return (book, registry.enterprises.values.map(\.node))
    }

    private func gaps(_ window: Span) async throws -> [PresenceSubject: [Span]] {
        var spans: [PresenceSubject: [Span]] = [:]
        var after: GapTable.Place?
        while true {
            let start = after
            let rows = try await store.read {
                try GapTable.within(window, after: start, limit: IngestLimits.gapsPage, in: $0)
            }
            for row in rows where row.subject.kind == .point {
                spans[row.subject, default: []].append(row.span)
            }
            after = rows.last?.place
            if rows.count < IngestLimits.gapsPage { return spans }
        }
    }
}
