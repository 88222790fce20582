package import Domain

/// What enterprises say about whether their units run 申报: beside it stands what points show.
///
/// A commitment counts units, so that only all of them or none can be tied to sources; a filed
/// stop 停产 names points. What neither says is not declared.
package struct Declarations: Hashable, Sendable {
    /// By enterprise, what its commitment says of all its units.
    package var units: [EnterpriseID: OfUnits] = [:]
    /// Points of what is filed as stopped.
    package var stopped: [PointID: Saying] = [:]

    package init() {}

    /// Since when something is said, and where, such as `filing F-1`.
    package struct Saying: Hashable, Sendable {
        package var since: Instant
        package var by: String

        package init(since: Instant, by: String) { (self.since, self.by) = (since, by) }
    }

    /// All units run, or none does.
    package struct OfUnits: Hashable, Sendable {
        package var run: Bool
        package var saying: Saying
        /// Sources of which nothing is said, because a start or stop of them has begun.
        package var excepted: Set<HazardSourceID>

        package init(run: Bool, saying: Saying, excepted: Set<HazardSourceID> = []) {
            (self.run, self.saying, self.excepted) = (run, saying, excepted)
        }
    }
}

extension CommitmentBook {
    /// What the commitments of the day say of all units of an enterprise.
    func declarations(
        at now: Instant, registry: Registry
    ) -> [EnterpriseID: Declarations.OfUnits] {
        guard let declares = form.declares, let today = today(at: now) else { return [:] }
        return commitments.filter { $1.day == today }.compactMapValues { commitment in
            let content = commitment.latest.content
            guard let run = declares.run(content) else { return nil }
            let begun = content.works.filter { $0.kind == declares.work && $0.from <= now }
            // A start or stop that names no source may be of any.
            let sources = begun.map { $0.source(in: registry) }
            if sources.contains(nil) { return nil }
            // A correction that says the same does not begin anew.
            let same = commitment.versions.reversed().prefix { declares.run($0.content) == run }
            let since = same.last?.sentAt ?? commitment.latest.sentAt
            return Declarations.OfUnits(
                run: run, saying: .init(since: since, by: "commitment \(commitment.day)"),
                excepted: Set(sources.compactMap(\.self)))
        }
    }
}

extension FilingBook {
    /// The points that filings in force have stopped 停产; of several the earliest counts.
    var stoppedPoints: [PointID: Declarations.Saying] {
        var stopped: [PointID: Declarations.Saying] = [:]
        for filing in all where filing.state == .inForce && filing.cause == .shutdown {
            let saying = Declarations.Saying(since: filing.startAt, by: "filing \(filing.id)")
            for point in filing.points {
                if let known = stopped[point], known.since <= saying.since { continue }
                stopped[point] = saying
            }
        }
        return stopped
    }
}

extension DeclaredWork {
    fileprivate func source(in registry: Registry) -> HazardSourceID? {
        hazardSource ?? device.flatMap { registry.devices[$0]?.hazardSource }
    }
}

extension CommitmentForm.Declares {
    /// All units run, or none does; nil: that is not said, or they are being started or stopped.
    func run(_ content: CommitmentContent) -> Bool? {
        guard let units = content.count(units), units > 0, let running = content.count(running),
            let stopped = content.count(stopped),
            changing.allSatisfy({ content.count($0) ?? 0 == 0 })
        else { return nil }
        if running == units, stopped == 0 { return true }
        return running == 0 && stopped == units ? false : nil
    }
}

extension CommitmentContent {
    /// The number that an item says; yes is one.
    fileprivate func count(_ id: String) -> Int64? {
        switch items.first(where: { $0.id == id })?.value {
        case .number(let number): number
        case .flag(let isSo): isSo ? 1 : 0
        case .choice, .text, nil: nil
        }
    }
}
