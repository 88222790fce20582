import Contracts
package import Domain
package import IngestCore
package import RPC
package import Runtime

/// Serves `CommitmentService`: what enterprises and bodies send; lists stand beside it.
package struct CommitmentAPI: Sendable {
    /// The days that the table holds.
    package struct Days: Sendable {
        package var one: @Sendable (CalendarDay, EnterpriseID) async throws -> CommitmentTables.Row?
        /// The latest day first, then by enterprise.
        package var page:
            @Sendable (CommitmentTables.Question, _ limit: Int) async throws
                -> [CommitmentTables.Row]
        /// How many days ended how.
        package var counts:
            @Sendable (
                _ from: CalendarDay, _ to: CalendarDay, CommitmentPeriod, _ limit: Int
            ) async throws -> [CommitmentCount]
    }

    let engine: Engine<IngestMachine>
    let registry: RegistrySnapshot
    let days: Days
    let clock: any TimeSource

    package init(
        engine: Engine<IngestMachine>, registry: RegistrySnapshot, days: Days,
        clock: any TimeSource
    ) {
        (self.engine, self.registry) = (engine, registry)
        (self.days, self.clock) = (days, clock)
    }

    package func register(in router: inout RPCRouter) {
        router.describe(IngestV1.CommitmentService.file)
        router.unary(IngestV1.CommitmentService.getForm) { _, call in
            try call.principal().require(.officer, .administrator, .service)
            return IngestV1.GetFormResponse(try await engine.read { $0.commitments })
        }
        router.unary(IngestV1.CommitmentService.fileCommitment) { request, call in
            try await file(request, call.principal())
        }
        router.unary(IngestV1.CommitmentService.fileDelegation) { request, call in
            try await delegate(request, call.principal())
        }
        router.unary(IngestV1.CommitmentService.endDelegation) { request, call in
            try await endDelegation(request, call.principal())
        }
        router.unary(IngestV1.CommitmentService.handleMissed) { request, call in
            try await handle(request, call.principal())
        }
        registerLists(in: &router)
    }

    private func file(
        _ request: IngestV1.FileCommitmentRequest, _ principal: Principal
    ) async throws -> IngestV1.FileCommitmentResponse {
        try principal.require(.officer)
        let enterprise = try visible(request.enterpriseID, principal)
        let draft = CommitmentDraft(
            enterprise: enterprise, day: try day(request.day, "day"),
            content: CommitmentContent(request))
        try await engine.submit(.commitment(.filed(draft, by: principal.subject)), principal)
        let row = try await days.one(draft.day, enterprise)
        return IngestV1.FileCommitmentResponse(
            commitment: try row?.commitment.map { try IngestV1.Commitment(serialized: $0) })
    }

    private func delegate(
        _ request: IngestV1.FileDelegationRequest, _ principal: Principal
    ) async throws -> IngestV1.FileDelegationResponse {
        try principal.require(.officer)
        let draft = DelegationDraft(
            id: DelegationID(request.id), enterprise: try visible(request.enterpriseID, principal),
            delegate: PersonID(request.delegateID), from: try day(request.fromDay, "from_day"),
            to: try day(request.toDay, "to_day"), reason: request.reason)
        try await engine.submit(.commitment(.delegated(draft, by: principal.subject)), principal)
        return IngestV1.FileDelegationResponse(delegation: try await delegation(draft.id))
    }

    private func endDelegation(
        _ request: IngestV1.EndDelegationRequest, _ principal: Principal
    ) async throws -> IngestV1.EndDelegationResponse {
        try principal.require(.officer)
        let id = DelegationID(request.id)
        let known = try await engine.read { $0.commitments.delegations[id] }
        // What a token may not see it cannot ask about either.
        guard let known, registry.current.isVisible(known.enterprise, to: principal) else {
            throw RPCStatus(CommitmentRefusal.unknownDelegation(id), zone: .beijing)
        }
        try await engine.submit(
            .commitment(.delegationEnded(id, by: principal.subject)), principal)
        return IngestV1.EndDelegationResponse(delegation: try await delegation(id))
    }

    private func delegation(_ id: DelegationID) async throws -> IngestV1.Delegation? {
        try await engine.read { $0.commitments.delegations[id] }.map { IngestV1.Delegation($0) }
    }

    private func handle(
        _ request: IngestV1.HandleMissedRequest, _ principal: Principal
    ) async throws -> IngestV1.HandleMissedResponse {
        try principal.require(.officer, .administrator)
        let draft = HandlingDraft(
            id: HandlingID(request.id), enterprise: try visible(request.enterpriseID, principal),
            day: try day(request.day, "day"), measure: request.measure, text: request.text)
        let isOfAll = principal.role == .administrator && principal.seesAll
        try await engine.submit(
            .commitment(
                .handled(
                    draft, by: principal.subject, node: isOfAll ? nil : principal.node)),
            principal)
        let key = CommitmentKey(draft.enterprise, draft.day)
        let missed = try await engine.read { $0.commitments.missed[key] }
        return IngestV1.HandleMissedResponse(missed: missed.map { IngestV1.MissedCommitment($0) })
    }

    /// An enterprise that the token may see.
    func visible(_ id: String, _ principal: Principal) throws(RPCStatus) -> EnterpriseID {
        let (enterprise, view) = (EnterpriseID(id), registry.current)
        guard view.registry.enterprises[enterprise] != nil,
            view.isVisible(enterprise, to: principal)
        else {
            throw RPCStatus(
                .notFound,
                "There is no enterprise \"\(id)\" that the token of \(principal.subject) may see.")
        }
        return enterprise
    }

    func day(_ text: String, _ field: String) throws(RPCStatus) -> CalendarDay {
        if let day = CalendarDay(text) { return day }
        throw RPCStatus(
            .invalidArgument, "\(field) \"\(text)\" is no day; write it like 2021-11-01.")
    }
}

extension Engine<IngestMachine> {
    /// Submits, and says in the words of the wire why not.
    func submit(_ event: IngestMachine.Event, _ principal: Principal) async throws {
        do {
            _ = try await submit(event)
        } catch let refusal as IngestRefusal {
            throw RPCStatus(refusal, principal: principal)
        } catch let failure as EngineFailure {
            throw RPCStatus(failure)
        }
    }
}
