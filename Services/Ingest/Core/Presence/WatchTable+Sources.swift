package import Domain
import Policy

/// A hazard source with what its enterprise said of it, beside what its points show.
package struct WatchedSource: Sendable {
    package var id: HazardSourceID
    package var node: NodeID
    /// The points that tell whether it runs.
    var telling: [Telling] = []
    /// Since when it is said to run; nil: nobody says so.
    var running: Declarations.Saying?
    var told: FindingKind?

    struct Telling: Sendable {
        var place: Int
        /// What it belongs to is said to stand.
        var stopped: Declarations.Saying?
        /// True: a filing says so of this very point, which is therefore out of service.
        var isNamed = false
    }

    fileprivate var isDeclared: Bool {
        running != nil || telling.contains { $0.stopped != nil }
    }

    /// What a finding contradicts is still declared.
    fileprivate func stillSays(_ kind: FindingKind?) -> Bool {
        kind == .runningButStopped ? running != nil : telling.contains { $0.stopped != nil }
    }
}

extension WatchTable {
    mutating func followSources(_ registry: Registry) {
        var kept: [HazardSourceID: FindingKind] = [:]
        for source in sources { kept[source.id] = source.told }
        sources = registry.hazardSources.values.map { source in
            var watched = WatchedSource(id: source.id, node: NodeID(source.enterprise.text))
            watched.told = kept[source.id]
            return watched
        }
        placeOfSource = [:]
        for (place, source) in sources.enumerated() { placeOfSource[source.id] = place }
        for (place, point) in points.enumerated() where point.traits.bounds.runsAbove != nil {
            guard let source = point.traits.source, let at = placeOfSource[source] else { continue }
            sources[at].telling.append(.init(place: place))
        }
        tieDeclarations()
    }

    /// Takes over what commitments and filings say, in place of all that they said before.
    package mutating func setDeclared(_ declared: Declarations) {
        if declared == declarations { return }
        declarations = declared
        tieDeclarations()
    }

    /// Puts what is said beside the points that show whether it is so.
    private mutating func tieDeclarations() {
        for at in sources.indices {
            let source = sources[at]
            let all = declarations.units[EnterpriseID(source.node.text)].flatMap {
                $0.excepted.contains(source.id) ? nil : $0
            }
            sources[at].running = all.flatMap { $0.run ? $0.saying : nil }
            for index in source.telling.indices {
                let named = declarations.stopped[points[source.telling[index].place].traits.id]
                sources[at].telling[index].isNamed = named != nil
                sources[at].telling[index].stopped =
                    named ?? all.flatMap { $0.run ? nil : $0.saying }
            }
        }
    }

    mutating func sweepSource(_ place: Int, _ found: inout [Observation]) {
        let source = sources[place]
        if source.told == nil, !source.isDeclared { return }
        let (kind, clues, lastAt, since) = contradiction(of: source)
        guard kind != source.told else { return }
        // After a start the points have to be seen for a while before they can prove anything.
        if kind == nil, source.stillSays(source.told), isUndecided(source) { return }
        sources[place].told = kind
        let key = EntryKey(.hazardSource, source.id.text)
        if let told = source.told { found.append(.ended(FindingKey(told, key), at: lastAt)) }
        guard let kind else { return }
        found.append(
            .sighted(
                Sighting(
                    kind, key, node: source.node, firstAt: since, lastAt: lastAt, clues: clues)))
    }

    private func isUndecided(_ source: WatchedSource) -> Bool {
        source.telling.contains { telling in
            let watch = points[telling.place].watch
            return watch.measuredAt - watch.watchedSince < detectors.running.over
        }
    }

    /// Declared stopped, and one point shows that it runs; or declared running, and none does.
    ///
    /// What a filing has out of service says nothing, unless the filing itself says that it stands.
    private func contradiction(
        of source: WatchedSource
    ) -> (kind: FindingKind?, clues: [Clue], lastAt: Instant, since: Instant) {
        let lastAt = source.telling.map { points[$0.place].watch.measuredAt }.max() ?? .distantPast
        var lies: [(point: WatchedPoint, saying: Declarations.Saying)] = []
        for telling in source.telling {
            let point = points[telling.place]
            guard let saying = telling.stopped, telling.isNamed || !point.isFiled,
                point.watch.showsRunning(since: saying.since, by: detectors.running)
            else { continue }
            lies.append((point, saying))
        }
        if !lies.isEmpty {
            let first = lies.map { max($0.point.watch.sideSince, $0.saying.since) }.min()
            return (
                .stoppedButRunning, Self.clues(lies.map(\.point), lies.map(\.saying)), lastAt,
                first ?? lastAt
            )
        }
        guard let running = source.running else { return (nil, [], lastAt, lastAt) }
        let due = source.telling.filter { $0.stopped == nil }.map { points[$0.place] }
            .filter { !$0.isFiled }
        let isStill =
            !due.isEmpty
            && due.allSatisfy { $0.watch.showsStill(since: running.since, by: detectors.running) }
        return (
            isStill ? .runningButStopped : nil, Self.clues(due, [running]), lastAt, running.since
        )
    }

    private static func clues(
        _ points: [WatchedPoint], _ sayings: [Declarations.Saying]
    ) -> [Clue] {
        let said = sayings.map(\.by).sorted().withoutRepeats
        return points.map { Clue("point \($0.traits.id)", "\($0.watch.value)") }
            + said.map { Clue("declared by", $0) }
    }
}
