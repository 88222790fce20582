package import Domain
package import IngestCore
package import Policy
import Synchronization

/// The watch of all points, shared by those who take batches in and the job that sweeps.
///
/// A batch is taken when it is on disk; a sweep holds the lock as long as it looks at each point
/// once. Nothing here waits for a disk.
package final class LiveWatch: Sendable {
    fileprivate struct State {
        var table: WatchTable
        /// By the address of the ids.
        var recent: [UInt: Recent] = [:]
        var recentCount = 0
        /// Of the registry that it follows.
        var version: UInt64 = 0

        mutating func forgetPlaces() {
            recent = [:]
            recentCount = 0
        }
    }

    /// A table of a stream comes with each of its batches; its points are looked up once.
    fileprivate struct Recent {
        /// Held, so that nothing else can have the address.
        var ids: [PointID]
        var places: [Int]
    }

    private let state: Mutex<State>
    private let packs: Packs
    private let detectors: DetectorRule

    package init(
        presence: PresenceRule, detectors: DetectorRule, packs: Packs
    ) {
        let table = WatchTable(presence: presence, detectors: detectors)
        state = Mutex(State(table: table))
        (self.packs, self.detectors) = (packs, detectors)
    }

    /// Takes a batch that is on disk.
    package func take(_ batch: SealedBatch) {
        state.withLock { state in
            let places = state.places(of: batch.columns.pointIDs)
            state.table.take(
                batch.columns, at: places, from: batch.gateway, receivedAt: batch.receivedAt)
        }
    }

    /// A gateway was heard, and there was nothing new in what it said.
    package func hear(_ gateway: GatewayID, at instant: Instant) {
        state.withLock { $0.table.hear(gateway, at: instant) }
    }

    /// Something came over a line that sends no batches: a camera answered, a link is up.
    package func hear(_ subject: PresenceSubject, at instant: Instant) {
        state.withLock { $0.table.hear(subject, at: instant) }
    }

    /// Takes over the registry as it was committed; an older one that comes late is left.
    package func follow(_ registry: Registry, _ links: LinkPlaces, version: UInt64) {
        let traits = WatchTable.traits(of: registry, packs, detectors)
        state.withLock { state in
            guard version > state.version else { return }
            state.version = version
            state.table.setLinks(links.watched)
            state.table.follow(registry, traits)
            state.forgetPlaces()
        }
    }

    /// Takes over what filings have out of service.
    package func setFiled(_ points: [PointID], at now: Instant) {
        state.withLock { $0.table.setFiled(points, at: now) }
    }

    /// Takes over what enterprises say about whether their units run.
    package func setDeclared(_ declared: Declarations) {
        state.withLock { $0.table.setDeclared(declared) }
    }

    /// Begins after a start: with the last reading of each point, and with what the books know.
    package func start(
        _ registry: Registry, _ links: LinkPlaces, latest: ([PointID]) -> [Reading?],
        books: WatchBooks, at now: Instant, wasShort: Bool
    ) {
        let points = registry.points.values.map(\.id)
        let readings = latest(points)
        state.withLock { state in
            state.table.setLinks(links.watched)
            state.table.follow(registry, packs: packs)
            state.forgetPlaces()
            for (point, reading) in zip(points, readings) {
                if let reading { state.table.restore(reading, of: point) }
            }
            state.table.resume(
                books.presence.all, books.findings.all, at: now, wasShort: wasShort)
        }
    }

    /// When cameras last gave a picture since the start, by camera.
    package func seen(_ cameras: [CameraID]) -> [CameraID: Instant] {
        state.withLock { state in
            var seen: [CameraID: Instant] = [:]
            for camera in cameras { seen[camera] = state.table.provenAt(.camera(camera)) }
            return seen
        }
    }

    /// Looks at what was measured before the start, so that what began then goes on from there.
    package func recall(from log: any BatchLog) async throws(BatchLogFailure) {
        let table = state.withLock { $0.table }
        for past in table.pasts() {
            // In pieces of a moment each, beside whoever pushes.
            var watch = PointWatch()
            for back in [past.first, past.whole].compactMap(\.self) {
                let series = try await log.series(
                    of: past.point, from: past.upTo - back,
                    to: past.upTo + Interval(milliseconds: 1), receipts: false)
                let seen = table.past(of: past.point, series)
                watch = seen.watch
                if seen.isWhole { break }
            }
            state.withLock { $0.table.recall(watch, of: past.point) }
        }
    }

    /// What has changed by `now`, at most about `max`.
    package func sweep(at now: Instant, max: Int) -> [Observation] {
        state.withLock { $0.table.sweep(at: now, max: max) }
    }

    /// Hands over what was counted of each point since the last call.
    package func takeCounts() -> [(point: PointID, node: NodeID, count: DayCount)] {
        state.withLock { $0.table.takeDay() }
    }
}

extension LiveWatch.State {
    fileprivate mutating func places(of points: [PointID]) -> [Int] {
        let address = points.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
        if let known = recent[address], known.ids.count == points.count { return known.places }
        let places = table.places(of: points)
        if recentCount + points.count > IngestLimits.placesMax { forgetPlaces() }
        if !points.isEmpty, points.count <= IngestLimits.placesMax {
            recentCount += points.count - (recent[address]?.ids.count ?? 0)
            recent[address] = LiveWatch.Recent(ids: points, places: places)
        }
        return places
    }
}
