import Contracts
import Domain
package import IngestCore
package import RPC
package import Runtime

/// Serves `FindingService`.
package struct FindingAPI: Sendable {
    let engine: Engine<IngestMachine>
    let registry: RegistrySnapshot
    let clock: any TimeSource
    let rows: Rows

    /// The findings that the table holds.
    package struct Rows: Sendable {
        package var one: @Sendable (_ id: String) async throws -> FindingTable.Row?
        /// The earliest first, after a place.
        package var page:
            @Sendable (_ after: FindingTable.Place?, _ withClosed: Bool, _ limit: Int) async throws
                -> [FindingTable.Row]
    }

    package init(
        engine: Engine<IngestMachine>, registry: RegistrySnapshot, clock: any TimeSource,
        rows: Rows
    ) {
        (self.engine, self.registry) = (engine, registry)
        (self.clock, self.rows) = (clock, rows)
    }

    package func register(in router: inout RPCRouter) {
        router.describe(IngestV1.FindingService.file)
        router.unary(IngestV1.FindingService.listFindings) { request, call in
            try await list(request, call.principal())
        }
        router.unary(IngestV1.FindingService.recordFinding) { request, call in
            IngestV1.RecordFindingResponse(finding: try await record(request, call.principal()))
        }
        router.unary(IngestV1.FindingService.assignFinding) { request, call in
            let dueAt = Instant(unixMilliseconds: request.dueUnixMs)
            return IngestV1.AssignFindingResponse(
                finding: try await submit(request.id, call.principal()) { id, speaker in
                    .assigned(id, text: request.text, dueAt: dueAt, by: speaker)
                })
        }
        router.unary(IngestV1.FindingService.correctFinding) { request, call in
            IngestV1.CorrectFindingResponse(
                finding: try await submit(request.id, call.principal()) { id, speaker in
                    .corrected(id, text: request.text, by: speaker)
                })
        }
        router.unary(IngestV1.FindingService.verifyFinding) { request, call in
            IngestV1.VerifyFindingResponse(
                finding: try await submit(request.id, call.principal()) { id, speaker in
                    .verified(
                        id, isAccepted: request.isAccepted, text: request.text, by: speaker)
                })
        }
    }

    // MARK: Write

    private func record(
        _ request: IngestV1.RecordFindingRequest, _ principal: Principal
    ) async throws -> IngestV1.Finding? {
        try principal.require(.officer, .administrator)
        guard let kind = FindingKind(rawValue: request.kind) else {
            throw RPCStatus(FindingRefusal.notManual(request.kind))
        }
        guard let entryKind = EntryKind(rawValue: request.entryKind) else {
            throw RPCStatus(
                .invalidArgument, "There is no kind of entry \"\(request.entryKind)\".")
        }
        let entry = EntryKey(entryKind, request.entryID)
        try checkSeen(entry, principal)
        let now = clock.now()
        let first =
            request.firstUnixMs == 0
            ? now : min(now, Instant(unixMilliseconds: request.firstUnixMs))
        let sighting = Sighting(
            kind, entry, node: NodeID(""), firstAt: first, lastAt: now,
            clues: request.clues.map { Clue($0.name, $0.text) })
        try await engine.submit(
            .watch(.recorded(sighting, by: speaker(principal))), principal)
        guard let id = try await engine.read({ $0.watch.findings[sighting.key]?.id }) else {
            return nil
        }
        return try await stored(id)
    }

    /// What a token may not see it cannot ask about either.
    private func checkSeen(_ entry: EntryKey, _ principal: Principal) throws {
        let view = registry.current
        let node = view.registry[entry].flatMap { view.registry.node(of: $0) }
        guard let node, view.isVisible(node, to: principal) else {
            throw RPCStatus(FindingRefusal.unknownEntry(entry))
        }
    }

    private func speaker(_ principal: Principal) -> WatchEvent.Speaker {
        .init(principal.subject, node: principal.seesAll ? nil : principal.node)
    }

    private func submit(
        _ text: String, _ principal: Principal,
        _ event: (FindingID, WatchEvent.Speaker) -> WatchEvent
    ) async throws -> IngestV1.Finding? {
        try principal.require(.officer, .administrator)
        guard let id = FindingID(text), let row = try await rows.one(id.description),
            registry.current.isVisible(row.node, to: principal)
        else { throw RPCStatus(FindingRefusal.unknown(text)) }
        try await engine.submit(.watch(event(id, speaker(principal))), principal)
        return try await stored(id.description)
    }

    private func stored(_ id: String) async throws -> IngestV1.Finding? {
        try await rows.one(id).map { try IngestV1.Finding(serialized: $0.body) }
    }

    // MARK: List

    private func list(
        _ request: IngestV1.ListFindingsRequest, _ principal: Principal
    ) async throws -> IngestV1.ListFindingsResponse {
        let isSeen = try registry.seen(request.underNodeID, principal)
        try check(request)
        let isClosedAsked = FindingRecord.State.closedNames.contains(request.state)
        let withClosed = request.withClosed || isClosedAsked
        var after = try request.pageToken.isEmpty ? nil : place(in: request.pageToken)
        let size = pageSize(request.pageSize)
        var response = IngestV1.ListFindingsResponse()
        var looked = 0
        while true {
            let rows = try await rows.page(after, withClosed, size + 1)
            for row in rows {
                let isAsked =
                    isSeen(row.node) && (request.kind.isEmpty || row.kind == request.kind)
                    && (request.state.isEmpty || row.state == request.state)
                // One more than a page has says whether there is another page.
                if isAsked, response.findings.count == size {
                    response.nextPageToken = after?.token ?? ""
                    return response
                }
                if isAsked {
                    response.findings.append(try IngestV1.Finding(serialized: row.body))
                }
                after = row.place
            }
            looked += rows.count
            if rows.count <= size { return response }
            if looked >= IngestLimits.rowsPerCallMax {
                response.nextPageToken = after?.token ?? ""
                return response
            }
        }
    }

    private func check(_ request: IngestV1.ListFindingsRequest) throws(RPCStatus) {
        if !request.kind.isEmpty, FindingKind(rawValue: request.kind) == nil {
            let kinds = FindingKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw RPCStatus(
                .invalidArgument,
                "There is no kind of finding \"\(request.kind)\". Write one of \(kinds).")
        }
        let states = FindingRecord.State.openNames + FindingRecord.State.closedNames
        if !request.state.isEmpty, !states.contains(request.state) {
            throw RPCStatus(
                .invalidArgument,
                "There is no state \"\(request.state)\". Write one of "
                    + states.joined(separator: ", ") + ".")
        }
    }

    private func place(in token: String) throws(RPCStatus) -> FindingTable.Place {
        let parts = token.split(separator: "/", maxSplits: 1).map(String.init)
        guard parts.count == 2, let first = Int64(parts[0]) else { throw badToken(token) }
        return FindingTable.Place(firstAt: Instant(unixMilliseconds: first), id: parts[1])
    }
}

extension FindingTable.Place {
    fileprivate var token: String { "\(firstAt.unixMilliseconds)/\(id)" }
}
