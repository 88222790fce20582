package import Domain
import Policy

/// A hazard source with what its enterprise said of it, beside what its points show.
package struct WatchedSource: Sendable {
    package enum Declared: Hashable, Sendable {
        case running(since: Instant)
        case stopped(since: Instant)
    }

    package var id: HazardSourceID
    package var node: NodeID
    /// The places of the points that tell whether it runs.
    var telling: [Int] = []
    package internal(set) var declared: Declared?
    var told: FindingKind?
}

extension WatchTable {
    mutating func followSources(_ registry: Registry) {
        var kept: [HazardSourceID: WatchedSource] = [:]
        for source in sources { kept[source.id] = source }
        sources = registry.hazardSources.values.map { source in
            var watched = WatchedSource(id: source.id, node: NodeID(source.enterprise.text))
            watched.declared = kept[source.id]?.declared
            watched.told = kept[source.id]?.told
            return watched
        }
        placeOfSource = [:]
        for (place, source) in sources.enumerated() { placeOfSource[source.id] = place }
        for (place, point) in points.enumerated() where point.traits.bounds.runsAbove != nil {
            guard let source = point.traits.source, let at = placeOfSource[source] else { continue }
            sources[at].telling.append(place)
        }
    }

    /// What a commitment or a filing says of a source; nil: nothing is said any more.
    package mutating func setDeclared(_ declared: WatchedSource.Declared?, of id: HazardSourceID) {
        guard let place = placeOfSource[id] else { return }
        sources[place].declared = declared
    }

    mutating func sweepSource(_ place: Int, _ found: inout [Observation]) {
        let source = sources[place]
        let (kind, clues, lastAt, since) = contradiction(of: source)
        guard kind != source.told else { return }
        // After a start the points have to be seen for a while before they can prove anything.
        if kind == nil, source.declared != nil, isUndecided(source) { return }
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
        source.telling.contains { place in
            let watch = points[place].watch
            return watch.measuredAt - watch.watchedSince < detectors.running.over
        }
    }

    /// Declared stopped, and one point shows that it runs; or declared running, and none does.
    private func contradiction(
        of source: WatchedSource
    ) -> (kind: FindingKind?, clues: [Clue], lastAt: Instant, since: Instant) {
        let telling = source.telling.map { points[$0] }
        let lastAt = telling.map(\.watch.measuredAt).max() ?? .distantPast
        switch source.declared {
        case nil: return (nil, [], lastAt, lastAt)
        case .stopped(let since):
            let running = telling.filter {
                $0.watch.showsRunning(since: since, by: detectors.running)
            }
            let first = running.map { max($0.watch.sideSince, since) }.min() ?? since
            return (running.isEmpty ? nil : .stoppedButRunning, running.clues, lastAt, first)
        case .running(let since):
            let isStill =
                !telling.isEmpty
                && telling.allSatisfy {
                    $0.watch.showsStill(since: since, by: detectors.running)
                }
            return (isStill ? .runningButStopped : nil, telling.clues, lastAt, since)
        }
    }
}

extension [WatchTable.WatchedPoint] {
    fileprivate var clues: [Clue] {
        map { Clue("point \($0.traits.id)", "\($0.watch.value)") }
    }
}
