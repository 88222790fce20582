import Contracts
package import Domain
import IngestCore
package import RPC
package import Runtime

/// Serves `ReadingsService`.
package struct ReadingsAPI: Sendable {
    let log: any BatchLog
    let registry: RegistrySnapshot
    let clock: any TimeSource
    let futureTolerance: Interval
    /// Takes what is stored.
    let watch: LiveWatch
    let metrics: IngestMetrics

    package init(
        log: any BatchLog, registry: RegistrySnapshot, clock: any TimeSource,
        futureTolerance: Interval, watch: LiveWatch, metrics: IngestMetrics
    ) {
        (self.log, self.registry, self.clock, self.watch) = (log, registry, clock, watch)
        (self.futureTolerance, self.metrics) = (futureTolerance, metrics)
    }

    package func register(in router: inout RPCRouter) {
        router.describe(IngestV1.ReadingsService.file)
        router.bidirectional(IngestV1.ReadingsService.push) { requests, writer, call in
            try await push(requests, writer, call.principal())
        }
        router.unary(IngestV1.ReadingsService.latest) { request, call in
            try latest(request, call.principal())
        }
        router.serverStreaming(IngestV1.ReadingsService.range) { request, writer, call in
            try await range(request, writer, call.principal())
        }
        router.serverStreaming(IngestV1.ReadingsService.follow) { request, writer, call in
            try await follow(request, writer, call.principal())
        }
        router.unary(IngestV1.ReadingsService.head) { _, call in
            _ = try call.principal()
            return IngestV1.HeadResponse(position: log.head.head)
        }
    }

    private func push(
        _ requests: RequestStream<IngestV1.PushRequest>,
        _ writer: ResponseWriter<IngestV1.PushResponse>, _ principal: Principal
    ) async throws {
        try principal.require(.gateway, .service, .administrator)
        let call = PushCall(
            log: log, registry: registry, clock: clock, futureTolerance: futureTolerance,
            watch: watch, metrics: metrics, principal: principal)
        try await call.run(requests, writer)
    }

    // MARK: Latest

    private func latest(
        _ request: IngestV1.LatestRequest, _ principal: Principal
    ) throws(RPCStatus) -> IngestV1.LatestResponse {
        if request.pointIDs.count > IngestLimits.latestMax {
            throw RPCStatus(
                .invalidArgument,
                "You ask for \(request.pointIDs.count) points. Ask for at most "
                    + "\(IngestLimits.latestMax) at once.")
        }
        let view = registry.current
        let points = try points(request, view, principal)
        let readings = zip(points, log.latest(of: points)).compactMap { point, reading in
            reading.map { CommonV1.Reading($0, of: point) }
        }
        return IngestV1.LatestResponse(readings: readings)
    }

    /// The points that are asked for, or all that may be seen, in the order of ids.
    private func points(
        _ request: IngestV1.LatestRequest, _ view: RegistrySnapshot.View, _ principal: Principal
    ) throws(RPCStatus) -> [PointID] {
        let source = try source(request.hazardSourceID, view, principal)
        let isOfSource = { (point: PointID) in
            guard let source else { return true }
            let device = view.registry.points[point].flatMap { view.registry.devices[$0.device] }
            return device?.hazardSource == source
        }
        if !request.pointIDs.isEmpty {
            var points: [PointID] = []
            for id in request.pointIDs {
                let point = try visiblePoint(id, view, principal)
                if isOfSource(point) { points.append(point) }
            }
            return points
        }
        var points: [PointID] = []
        for point in view.registry.points.values where isOfSource(point.id) {
            guard let enterprise = view.directory.enterprise(of: point.id),
                view.isVisible(enterprise, to: principal)
            else { continue }
            points.append(point.id)
            if points.count == IngestLimits.latestMax { break }
        }
        return points
    }

    private func source(
        _ id: String, _ view: RegistrySnapshot.View, _ principal: Principal
    ) throws(RPCStatus) -> HazardSourceID? {
        if id.isEmpty { return nil }
        guard let source = view.registry.hazardSources[HazardSourceID(id)] else {
            throw RPCStatus(
                .notFound,
                "The registry has no hazard source \"\(id)\". `hazwatch registry export` lists all."
            )
        }
        guard view.isVisible(source.enterprise, to: principal) else {
            throw outside("hazard source \(id)", of: source.enterprise, principal)
        }
        return source.id
    }

    private func visiblePoint(
        _ id: String, _ view: RegistrySnapshot.View, _ principal: Principal
    ) throws(RPCStatus) -> PointID {
        let point = PointID(id)
        guard let enterprise = view.directory.enterprise(of: point) else {
            throw RPCStatus(
                .notFound,
                "The registry has no point \"\(id)\". `hazwatch registry export` lists all.")
        }
        guard view.isVisible(enterprise, to: principal) else {
            throw outside("point \(id)", of: enterprise, principal)
        }
        return point
    }

    private func outside(
        _ what: String, of enterprise: EnterpriseID, _ principal: Principal
    ) -> RPCStatus {
        RPCStatus(
            .permissionDenied,
            "The \(what) belongs to enterprise \(enterprise), which does not stand under "
                + "\(principal.node), the node of the token of \(principal.subject). Use a token "
                + "of a node above it.")
    }

    // MARK: Range

    private func range(
        _ request: IngestV1.RangeRequest, _ writer: ResponseWriter<IngestV1.RangeResponse>,
        _ principal: Principal
    ) async throws {
        let point = try visiblePoint(request.pointID, registry.current, principal)
        if request.toUnixMs != 0, request.toUnixMs < request.fromUnixMs {
            throw RPCStatus(
                .invalidArgument,
                "to_unix_ms \(request.toUnixMs) is before from_unix_ms \(request.fromUnixMs). "
                    + "Exchange them, or write 0 for the end.")
        }
        if request.everyMs < 0 {
            throw RPCStatus(
                .invalidArgument,
                "every_ms \(request.everyMs) is no length. Write how many milliseconds a bucket "
                    + "has, or 0 for the readings themselves.")
        }
        var sampling =
            request.everyMs == 0
            ? nil
            : Downsampling(
                every: Interval(milliseconds: request.everyMs),
                anchor: Instant(unixMilliseconds: request.fromUnixMs))
        do {
            guard let span = try await log.span(of: point) else { return }
            let end = Instant(unixMilliseconds: span.upperBound.unixMilliseconds + 1)
            let to = Instant(unlessZero: request.toUnixMs).map { min($0, end) } ?? end
            var from = max(Instant(unixMilliseconds: request.fromUnixMs), span.lowerBound)
            while from < to {
                // A day at a time, so that a span of years holds no more in memory than a day.
                let next = min(from + .hours(24), to)
                let series = try await log.series(
                    of: point, from: from, to: next, receipts: sampling == nil)
                if let buckets = sampling?.take(series) {
                    try await send(buckets, writer)
                } else {
                    try await send(series, of: point, writer)
                }
                from = next
            }
            try await send([sampling?.finish()].compactMap { $0 }, writer)
        } catch let failure as BatchLogFailure {
            throw RPCStatus(failure)
        }
    }

    private func send(
        _ series: ReadingSeries, of point: PointID,
        _ writer: ResponseWriter<IngestV1.RangeResponse>
    ) async throws {
        for start in stride(from: 0, to: series.count, by: IngestLimits.readingsPerPageMax) {
            let page = start..<min(start + IngestLimits.readingsPerPageMax, series.count)
            try await writer.write(
                IngestV1.RangeResponse(
                    readings: page.map { CommonV1.Reading(series.reading(at: $0), of: point) }))
        }
    }

    private func send(
        _ buckets: [ReadingBucket], _ writer: ResponseWriter<IngestV1.RangeResponse>
    ) async throws {
        for start in stride(from: 0, to: buckets.count, by: IngestLimits.readingsPerPageMax) {
            let page = buckets[start..<min(start + IngestLimits.readingsPerPageMax, buckets.count)]
            try await writer.write(
                IngestV1.RangeResponse(buckets: page.map { IngestV1.Bucket($0) }))
        }
    }

    // MARK: Follow

    private func follow(
        _ request: IngestV1.FollowRequest, _ writer: ResponseWriter<IngestV1.FollowResponse>,
        _ principal: Principal
    ) async throws {
        var position = request.afterPosition
        if position > log.head.head {
            throw RPCStatus(
                .outOfRange,
                "You ask for batches after \(position), but the log ends at \(log.head.head). The "
                    + "store of ingest was replaced by an older copy: restore a newer one, or "
                    + "start the follower anew.")
        }
        // What the follower knows of how far it is; nil: it is to be told.
        var told: UInt64?
        while true {
            let head = log.head.head
            let batches: [StoredBatch]
            do {
                batches = try await log.batches(
                    after: position, limit: IngestLimits.batchesPerReadMax)
            } catch {
                throw RPCStatus(error)
            }
            for batch in batches {
                position = batch.position
                guard let columns = visible(batch.columns, to: principal) else { continue }
                try await writer.write(
                    IngestV1.FollowResponse(
                        position: position, receivedAtUnixMs: batch.receivedAt.unixMilliseconds,
                        columns: IngestV1.Columns(columns), headPosition: log.head.head))
                told = position
            }
            // What is not there any more has been given up for its age.
            if batches.isEmpty { position = max(position, head) }
            if position < log.head.head { continue }
            if told != position {
                try await writer.write(
                    IngestV1.FollowResponse(position: position, headPosition: position))
                told = position
            }
            let beat = RuntimeLimits.heartbeatEvery.duration
            guard try await log.head.news(past: position, within: beat) else {
                throw RPCStatus(
                    .unavailable, "Ingest is stopping. Follow again after \(position).")
            }
            if log.head.head == position { told = nil }
        }
    }

    private func visible(_ columns: ReadingColumns, to principal: Principal) -> ReadingColumns? {
        if principal.seesAll { return columns }
        let view = registry.current
        return columns.filtered { point in
            view.directory.enterprise(of: point).map { view.isVisible($0, to: principal) } ?? false
        }
    }
}
