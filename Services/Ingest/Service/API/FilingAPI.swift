import Contracts
import Domain
package import IngestCore
package import RPC
package import Runtime

/// Serves `FilingService`.
package struct FilingAPI: Sendable {
    /// The filings that the table holds: all of them.
    package struct Rows: Sendable {
        package var one: @Sendable (FilingID) async throws -> FilingTables.Row?
        /// The earliest sent first.
        package var page:
            @Sendable (
                FilingTables.Scope, _ after: FilingTables.Place, _ limit: Int
            ) async throws -> [FilingTables.Row]
    }

    private let engine: Engine<IngestMachine>
    private let registry: RegistrySnapshot
    private let rows: Rows
    private let clock: any TimeSource

    package init(
        engine: Engine<IngestMachine>, registry: RegistrySnapshot, rows: Rows,
        clock: any TimeSource
    ) {
        (self.engine, self.registry, self.rows, self.clock) = (engine, registry, rows, clock)
    }

    package func register(in router: inout RPCRouter) {
        router.describe(IngestV1.FilingService.file)
        router.unary(IngestV1.FilingService.sendFiling) { request, call in
            let filing = try await send(request, call.principal())
            return IngestV1.SendFilingResponse(filing: filing)
        }
        router.unary(IngestV1.FilingService.verifyFiling) { request, call in
            let filing = try await verify(request, call.principal())
            return IngestV1.VerifyFilingResponse(filing: filing)
        }
        router.unary(IngestV1.FilingService.extendFiling) { request, call in
            let principal = try call.principal()
            try principal.require(.officer)
            let event = FilingEvent.extended(
                FilingID(request.id), until: Instant(unixMilliseconds: request.untilUnixMs),
                reason: request.reason, by: principal.subject)
            return IngestV1.ExtendFilingResponse(
                filing: try await submit(event, FilingID(request.id), principal))
        }
        router.unary(IngestV1.FilingService.endFiling) { request, call in
            let principal = try call.principal()
            try principal.require(.officer)
            let event = FilingEvent.ended(
                FilingID(request.id), reason: request.reason, by: principal.subject)
            return IngestV1.EndFilingResponse(
                filing: try await submit(event, FilingID(request.id), principal))
        }
        router.unary(IngestV1.FilingService.getFiling) { request, call in
            let principal = try call.principal()
            try principal.require(.officer, .administrator, .service)
            return IngestV1.GetFilingResponse(
                filing: try await visible(FilingID(request.id), principal))
        }
        router.unary(IngestV1.FilingService.listFilings) { request, call in
            try await list(request, call.principal())
        }
    }

    private func send(
        _ request: IngestV1.SendFilingRequest, _ principal: Principal
    ) async throws -> IngestV1.Filing {
        try principal.require(.officer)
        let enterprise = EnterpriseID(request.enterpriseID)
        guard registry.current.isVisible(enterprise, to: principal) else {
            throw RPCStatus(FilingRefusal.unknownEnterprise(enterprise))
        }
        var draft = FilingDraft(
            id: FilingID(request.id), enterprise: enterprise,
            cause: try word(request.cause, "cause"), reason: request.reason,
            startAt: Instant(unixMilliseconds: request.startUnixMs),
            endAt: Instant(unixMilliseconds: request.endUnixMs))
        draft.points = request.pointIDs.map { PointID($0) }
        draft.devices = request.deviceIDs.map { DeviceID($0) }
        draft.disables = request.disables
        draft.evidence = request.evidence.map { Evidence($0) }
        if let past = try await history(draft.id) {
            if past.says(request, by: principal.subject) { return past }
            throw RPCStatus(FilingRefusal.nameTaken(draft.id))
        }
        try await engine.submit(.filing(.sent(draft, by: principal.subject)), principal)
        return try await visible(draft.id, principal)
    }

    private func verify(
        _ request: IngestV1.VerifyFilingRequest, _ principal: Principal
    ) async throws -> IngestV1.Filing {
        try principal.require(.officer, .administrator)
        let verdict = FilingVerdict(
            id: FilingID(request.id), verdict: try word(request.verdict, "verdict"),
            method: try word(request.method, "method"), finding: request.finding,
            evidence: request.evidence.map { Evidence($0) })
        return try await submit(
            .verified(verdict, by: principal.subject, node: principal.node), verdict.id, principal)
    }

    private func submit(
        _ event: FilingEvent, _ id: FilingID, _ principal: Principal
    ) async throws -> IngestV1.Filing {
        // What a token may not see it cannot ask about either.
        _ = try await visible(id, principal)
        if let past = try await history(id) {
            throw RPCStatus(
                .failedPrecondition,
                "The filing \(id) is \(past.state) and history. File the outage anew.")
        }
        try await engine.submit(.filing(event), principal)
        return try await visible(id, principal)
    }

    /// A filing that has left memory; it changes no more, and its name stays taken.
    private func history(_ id: FilingID) async throws -> IngestV1.Filing? {
        guard let row = try await rows.one(id),
            try await engine.read({ $0.filings.filings[id] == nil })
        else { return nil }
        return try IngestV1.Filing(serialized: row.body)
    }

    private func visible(
        _ id: FilingID, _ principal: Principal
    ) async throws -> IngestV1.Filing {
        guard let row = try await rows.one(id),
            registry.current.isVisible(EnterpriseID(row.enterprise), to: principal)
        else { throw RPCStatus(FilingRefusal.unknownFiling(id)) }
        return try IngestV1.Filing(serialized: row.body)
    }

    // MARK: List

    private func list(
        _ request: IngestV1.ListFilingsRequest, _ principal: Principal
    ) async throws -> IngestV1.ListFilingsResponse {
        try principal.require(.officer, .administrator, .service)
        let isSeen = try registry.seen(request.underNodeID, principal)
        let scope = try scope(of: request)
        let size = pageSize(request.pageSize)
        var place = try place(in: request.pageToken)
        var response = IngestV1.ListFilingsResponse(nowUnixMs: clock.now().unixMilliseconds)
        var looked = 0
        // One row more than a page has says whether there is another page.
        while looked < IngestLimits.rowsPerCallMax {
            let page = try await rows.page(scope, place, size + 1)
            for row in page {
                if isSeen(NodeID(row.enterprise)),
                    request.state.isEmpty || row.state == request.state,
                    row.isUnconfirmed || !request.unconfirmedOnly
                {
                    let filing = try IngestV1.Filing(serialized: row.body)
                    if request.pointID.isEmpty || filing.pointIDs.contains(request.pointID) {
                        if response.filings.count == size {
                            response.nextPageToken = token(place)
                            return response
                        }
                        response.filings.append(filing)
                    }
                }
                place = row.place
            }
            looked += page.count
            if page.count <= size { return response }
        }
        response.nextPageToken = token(place)
        return response
    }

    /// What is asked of the table: that of which there is least.
    private func scope(
        of request: IngestV1.ListFilingsRequest
    ) throws(RPCStatus) -> FilingTables.Scope {
        if !request.state.isEmpty {
            let _: OutageFiling.State = try word(request.state, "state")
        }
        let enterprise = EnterpriseID(request.underNodeID)
        if registry.current.registry.enterprises[enterprise] != nil {
            return .enterprise(enterprise.text)
        }
        if request.unconfirmedOnly { return .unconfirmed }
        return request.state.isEmpty ? .all : .state(request.state)
    }

    private func token(_ place: FilingTables.Place) -> String { "\(place.sentAt)/\(place.id)" }

    private func place(in token: String) throws(RPCStatus) -> FilingTables.Place {
        if token.isEmpty { return .start }
        let parts = token.split(separator: "/", maxSplits: 1).map(String.init)
        guard parts.count == 2, let sent = Int64(parts[0]) else { throw badToken(token) }
        return FilingTables.Place(sentAt: sent, id: parts[1])
    }

    private func word<Word: RawRepresentable<String> & CaseIterable>(
        _ text: String, _ field: String
    ) throws(RPCStatus) -> Word {
        if let word = Word(rawValue: text) { return word }
        let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
        throw RPCStatus(
            .invalidArgument, "There is no \(field) \"\(text)\". Write one of \(words).")
    }
}

extension IngestV1.Filing {
    /// True if somebody says the same again; the points are those of the devices too.
    fileprivate func says(_ request: IngestV1.SendFilingRequest, by subject: String) -> Bool {
        request.enterpriseID == enterpriseID && request.cause == cause && request.reason == reason
            && request.startUnixMs == startUnixMs && request.endUnixMs == expectedEndUnixMs
            && request.disables == disables && request.evidence == evidence && subject == sentBy
            && request.deviceIDs.sorted() == deviceIDs
            && request.pointIDs.allSatisfy { pointIDs.contains($0) }
    }
}
