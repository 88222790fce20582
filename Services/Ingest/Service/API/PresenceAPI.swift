import Contracts
package import Domain
package import IngestCore
package import RPC
package import Runtime

/// Serves `PresenceService`.
package struct PresenceAPI: Sendable {
    let engine: Engine<IngestMachine>
    let registry: RegistrySnapshot
    let clock: any TimeSource
    let gapsWithin: Gaps
    let newest: Newest
    let outages: @Sendable (Span) async throws -> [PresenceSubject: [Span]]

    /// The ended silences that reach into a window, after a place, at most so many.
    package typealias Gaps =
        @Sendable (Span, _ after: GapTable.Place?, _ limit: Int) async throws -> [GapTable.Row]

    /// What came last of cameras and points; neither waits for a disk.
    package struct Newest: Sendable {
        /// When cameras last gave a picture since the start.
        package var seen: @Sendable ([CameraID]) -> [CameraID: Instant]
        /// When the newest readings were measured.
        package var measured: @Sendable ([PointID]) -> [Instant?]
    }

    package init(
        engine: Engine<IngestMachine>, registry: RegistrySnapshot, clock: any TimeSource,
        newest: Newest, gapsWithin: @escaping Gaps,
        outages: @escaping @Sendable (Span) async throws -> [PresenceSubject: [Span]]
    ) {
        (self.engine, self.registry, self.newest) = (engine, registry, newest)
        (self.clock, self.gapsWithin, self.outages) = (clock, gapsWithin, outages)
    }

    package func register(in router: inout RPCRouter) {
        router.describe(IngestV1.PresenceService.file)
        router.unary(IngestV1.PresenceService.listPresence) { request, call in
            try await list(request, call.principal())
        }
        router.unary(IngestV1.PresenceService.listGaps) { request, call in
            try await gaps(request, call.principal())
        }
        router.unary(IngestV1.PresenceService.listConnections) { request, call in
            try await connections(request, call.principal())
        }
        router.unary(IngestV1.PresenceService.listOnlineRates) { request, call in
            try await rates(request, call.principal())
        }
        router.unary(IngestV1.PresenceService.listFreshness) { request, call in
            try await freshness(request, call.principal())
        }
    }

    // MARK: List

    private func list(
        _ request: IngestV1.ListPresenceRequest, _ principal: Principal
    ) async throws -> IngestV1.ListPresenceResponse {
        let isSeen = try registry.seen(request.underNodeID, principal)
        let kind = try kind(request.kind)
        let states = ["neverHeard", "online", "offline", PresenceRecord.filedName]
        if !request.state.isEmpty, !states.contains(request.state) {
            throw RPCStatus(
                .invalidArgument,
                "There is no state \"\(request.state)\". Write one of "
                    + states.joined(separator: ", ") + ".")
        }
        let after = try request.pageToken.isEmpty ? nil : place(in: request.pageToken)
        let records = try await engine.read { $0.watch.presence.records }
        let wanted = records.values.filter { record in
            isSeen(record.node) && (kind == nil || record.subject.kind == kind)
                && (request.state.isEmpty || record.name == request.state)
                && (!request.longTermOnly || record.isLongTerm)
                && (after.map { $0 < record.place } ?? true)
        }
        let all = wanted.sorted { $0.place < $1.place }
        let page = all.prefix(pageSize(request.pageSize))
        let names = registry.current.registry
        return IngestV1.ListPresenceResponse(
            presence: page.map { record in
                IngestV1.Presence(record, name: names[record.subject.key]?.name ?? "")
            }, nextPageToken: page.count < all.count ? page.last?.place.token ?? "" : "")
    }

    // MARK: Gaps

    private func gaps(
        _ request: IngestV1.ListGapsRequest, _ principal: Principal
    ) async throws -> IngestV1.ListGapsResponse {
        let isSeen = try registry.seen(request.underNodeID, principal)
        let kind = try kind(request.kind)
        func isAsked(_ subject: PresenceSubject, _ node: NodeID) -> Bool {
            isSeen(node) && (kind == nil || subject.kind == kind)
                && (request.id.isEmpty || subject.id == request.id)
        }
        let window = try window(request.fromUnixMs, request.toUnixMs)
        let size = pageSize(request.pageSize)
        var response = IngestV1.ListGapsResponse()
        var lasting: RecordPlace?
        if request.pageToken.hasPrefix(Self.lastingMark) {
            let rest = request.pageToken.dropFirst(Self.lastingMark.count)
            lasting = try rest.isEmpty ? nil : place(in: String(rest))
        } else {
            var after = try request.pageToken.isEmpty ? nil : gapPlace(in: request.pageToken)
            let isThrough = try await addEnded(
                to: &response, within: window, after: &after, size: size, isAsked)
            if !isThrough {
                response.nextPageToken = after?.token ?? ""
                return response
            }
        }
        let silent = try await engine.read { $0.watch.presence.records }.values.filter { record in
            isAsked(record.subject, record.node)
                && (record.lastsSince ?? .distantFuture) < window.to
                && (lasting.map { $0 < record.place } ?? true)
        }.sorted { $0.place < $1.place }
        let room = max(0, size - response.gaps.count)
        for record in silent.prefix(room) {
            response.gaps.append(
                IngestV1.Gap(
                    record.subject, node: record.node, from: record.lastsSince ?? .distantPast,
                    to: nil))
            lasting = record.place
        }
        if silent.count > room {
            response.nextPageToken = Self.lastingMark + (lasting?.token ?? "")
        }
        return response
    }

    /// Adds gaps that have ended; false: there are more, or more to look at.
    private func addEnded(
        to response: inout IngestV1.ListGapsResponse, within window: Span,
        after: inout GapTable.Place?, size: Int, _ isAsked: (PresenceSubject, NodeID) -> Bool
    ) async throws -> Bool {
        var looked = 0
        while looked < IngestLimits.rowsPerCallMax {
            let rows = try await gapsWithin(window, after, size + 1)
            for row in rows {
                if isAsked(row.subject, row.node) {
                    if response.gaps.count == size { return false }
                    response.gaps.append(
                        IngestV1.Gap(
                            row.subject, node: row.node, from: row.span.from, to: row.span.to))
                }
                after = row.place
            }
            looked += rows.count
            if rows.count <= size { return true }
        }
        return false
    }

    /// Before the page token where the ended gaps are through.
    private static let lastingMark = "lasting:"

    private func gapPlace(in token: String) throws(RPCStatus) -> GapTable.Place {
        let parts = token.split(separator: "/").map(String.init)
        guard parts.count == 2, let end = Int64(parts[0]), let ordinal = Int64(parts[1]) else {
            throw badToken(token)
        }
        return GapTable.Place(end: Instant(unixMilliseconds: end), ordinal: ordinal)
    }

    private func place(in token: String) throws(RPCStatus) -> RecordPlace {
        let parts = token.split(separator: "/", maxSplits: 2).map(String.init)
        guard parts.count == 3, let since = Int64(parts[0]),
            let kind = PresenceSubject.Kind(rawValue: parts[1])
        else { throw badToken(token) }
        return RecordPlace(
            since: Instant(unixMilliseconds: since), subject: PresenceSubject(kind, parts[2]))
    }

    private func kind(_ text: String) throws(RPCStatus) -> PresenceSubject.Kind? {
        if text.isEmpty { return nil }
        if let kind = PresenceSubject.Kind(rawValue: text) { return kind }
        let kinds = PresenceSubject.Kind.allCases.map(\.rawValue).joined(separator: ", ")
        throw RPCStatus(.invalidArgument, "There is no kind \"\(text)\". Write one of \(kinds).")
    }

    // MARK: Sources and rates

    private func connections(
        _ request: IngestV1.ListConnectionsRequest, _ principal: Principal
    ) async throws -> IngestV1.ListConnectionsResponse {
        let isSeen = try registry.seen(request.underNodeID, principal)
        let (registry, packs, records) = try await engine.read {
            ($0.registry, $0.packs, $0.watch.presence.records)
        }
        let all = registry.connections(by: packs, records).filter { one in
            one.source.text > request.pageToken && isSeen(one.node)
                && !(request.incompleteOnly && one.isComplete)
        }
        let page = all.prefix(pageSize(request.pageSize))
        return IngestV1.ListConnectionsResponse(
            connections: page.map { IngestV1.Connection($0) },
            nextPageToken: page.count < all.count ? page.last?.source.text ?? "" : "")
    }

    private func rates(
        _ request: IngestV1.ListOnlineRatesRequest, _ principal: Principal
    ) async throws -> IngestV1.ListOnlineRatesResponse {
        let isSeen = try registry.seen(request.underNodeID, principal)
        let window = try window(request.fromUnixMs, request.toUnixMs)
        let after = try request.pageToken.isEmpty ? nil : ratePlace(in: request.pageToken)
        let records = try await engine.read { $0.watch.presence.records }
        let outages = try await outages(window)
        let gaps = Dictionary(grouping: try await ended(window), by: \.subject)
            .mapValues { $0.map(\.span) }
        let report = PresenceReport(window: window, gaps: gaps, outages: outages)
        let all = report.enterprises(records.values.filter { isSeen($0.node) })
            .filter { one in after.map { $0 < one.place } ?? true }
            .sorted { $0.place < $1.place }
        let page = all.prefix(pageSize(request.pageSize))
        let names = registry.current.registry.enterprises
        return IngestV1.ListOnlineRatesResponse(
            rates: page.map { one in
                IngestV1.OnlineRate(one, name: names[EnterpriseID(one.node.text)]?.name ?? "")
            },
            nextPageToken: page.count < all.count
                ? page.last.map { "\($0.place.0)/\($0.place.1)" } ?? "" : "")
    }

    private func ratePlace(in token: String) throws(RPCStatus) -> (Int64, NodeID) {
        let parts = token.split(separator: "/", maxSplits: 1).map(String.init)
        guard parts.count == 2, let rate = Int64(parts[0]) else { throw badToken(token) }
        return (rate, NodeID(parts[1]))
    }

    /// All gaps that reach into a window, page by page.
    private func ended(_ window: Span) async throws -> [GapTable.Row] {
        var rows: [GapTable.Row] = []
        while true {
            let page = try await gapsWithin(window, rows.last?.place, IngestLimits.gapsPage)
            rows += page
            if page.count < IngestLimits.gapsPage { return rows }
            if rows.count > IngestLimits.gapsReadMax {
                throw RPCStatus(
                    .resourceExhausted,
                    "There were more than \(IngestLimits.gapsReadMax) silences in this time. Ask "
                        + "for a shorter one.")
            }
        }
    }

    private func window(_ from: Int64, _ to: Int64) throws(RPCStatus) -> Span {
        let now = clock.now()
        let end = to == 0 ? now : min(now, Instant(unixMilliseconds: to))
        let start = Instant(unixMilliseconds: from)
        if end <= start {
            throw RPCStatus(
                .invalidArgument,
                "The time from \(Zone.beijing.text(start)) on is still to come, "
                    + "or ends before it begins.")
        }
        return Span(start, end)
    }
}

/// Where a record stands in lists: the longest silent first, what is online last.
struct RecordPlace: Comparable {
    var since: Instant
    var subject: PresenceSubject

    var token: String { "\(since.unixMilliseconds)/\(subject)" }

    static func < (left: Self, right: Self) -> Bool {
        (left.since, left.subject) < (right.since, right.subject)
    }
}

extension PresenceRecord {
    fileprivate var place: RecordPlace {
        RecordPlace(since: silentSince ?? .distantFuture, subject: subject)
    }
}

extension EnterpriseOnline {
    /// Where it stands in lists: the worst first; of what nothing was due is last.
    fileprivate var place: (Int64, NodeID) { (points.rate ?? 10_001, node) }
}
