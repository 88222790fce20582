import Contracts
import Domain
import IngestCore
import RPC
import Runtime

/// Change requests: proposed, reviewed, listed.
extension RegistryAPI {
    func registerChanges(in router: inout RPCRouter) {
        router.unary(IngestV1.RegistryService.proposeChange) { request, call in
            try await propose(request, call.principal())
        }
        router.unary(IngestV1.RegistryService.reviewChange) { request, call in
            try await review(request, call.principal())
        }
        router.unary(IngestV1.RegistryService.listChanges) { request, call in
            try await list(request, call.principal())
        }
    }

    private func propose(
        _ request: IngestV1.ProposeChangeRequest, _ principal: Principal
    ) async throws -> IngestV1.ProposeChangeResponse {
        try principal.require(.officer, .administrator, .service)
        guard let kind = EntryKind(rawValue: request.kind) else {
            let kinds = EntryKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw RPCStatus(
                .invalidArgument, "There is no entry of type \"\(request.kind)\". Write \(kinds).")
        }
        let proposal = ChangeProposal(
            id: ChangeID(request.id), key: EntryKey(kind, request.entryID),
            isRemoval: request.isRemoval,
            fields: request.fields.map { ChangeProposal.FieldText($0.field, $0.after) },
            reason: request.reason)
        let scope = principal.seesAll ? nil : principal.node
        try await submit(.proposed(proposal, by: principal.subject, scope: scope), principal)
        return IngestV1.ProposeChangeResponse(change: try await change(proposal.id, principal))
    }

    private func review(
        _ request: IngestV1.ReviewChangeRequest, _ principal: Principal
    ) async throws -> IngestV1.ReviewChangeResponse {
        try principal.require(.officer, .administrator)
        guard let verdict = ChangeRequest.Review.Verdict(rawValue: request.verdict) else {
            throw RPCStatus(
                .invalidArgument,
                "There is no verdict \"\(request.verdict)\". Write accept or refuse.")
        }
        let id = ChangeID(request.id)
        // What a token may not see it cannot ask about either.
        _ = try await change(id, principal)
        try await submit(
            .reviewed(
                id, verdict, reason: request.reason, by: principal.subject, node: principal.node),
            principal)
        try await registry.refresh(from: engine)
        return IngestV1.ReviewChangeResponse(change: try await change(id, principal))
    }

    private func list(
        _ request: IngestV1.ListChangesRequest, _ principal: Principal
    ) async throws -> IngestV1.ListChangesResponse {
        let isSeen = try registry.seen(request.underNodeID, principal)
        let all = try await engine.read { $0.changes.all }
        let listed = all.filter { isSeen($0.node) && (request.withDecided || $0.isOpen) }
            .sorted { ($0.proposedAt, $0.id) < ($1.proposedAt, $1.id) }
        return IngestV1.ListChangesResponse(
            changes: try bounded(listed).map { wire($0, principal) })
    }

    private func change(
        _ id: ChangeID, _ principal: Principal
    ) async throws -> IngestV1.Change {
        let known = try await engine.read { $0.changes.requests[id] }
        let view = registry.current
        guard let known, view.isVisible(known.node, to: principal) else {
            throw RPCStatus(ChangeRefusal.unknownRequest(id), principal: principal)
        }
        return wire(known, principal)
    }

    private func wire(_ change: ChangeRequest, _ principal: Principal) -> IngestV1.Change {
        IngestV1.Change(change, masked: !principal.seesTelephones)
    }

    private func submit(_ event: RegistryMachine.Event, _ principal: Principal) async throws {
        try await engine.submit(.registry(event), principal)
    }
}
