import Contracts
package import Domain
package import NotificationCore
import Policy
package import RPC
import Runtime

/// Serves the calls of `CaseService` by which something is done, or is to be done.
package struct CaseActions: Sendable {
    /// What it needs of the rest of the service.
    package struct Ports: Sendable {
        /// Returns when the event is on disk.
        package var submit: @Sendable (NotificationEvent) async throws -> Instant
        package var oneCase: @Sendable (CaseID) async throws -> StoredMessage?
        /// What was owed or declared, by its id, as it stands.
        package var record:
            @Sendable (RecordTables.Kind, _ id: String) async throws -> RecordTables.Row?
        /// True if an obligation comes again after it was done.
        package var repeats: @Sendable (Int, CaseID) async throws -> Bool
        package var tree: @Sendable () async throws -> OrganisationTree
        package var now: @Sendable () -> Instant
        package var board: @Sendable (NodeID) async throws -> [NotificationMachine.Due]
        package var standing:
            @Sendable (
                NotificationMachine.StandingList, NodeID
            ) async throws -> [NotificationMachine.Due]
        package var gaps: @Sendable (NodeID) async throws -> [NotificationMachine.Gap]
        package var forecast: @Sendable () async throws -> [NotificationMachine.Forecast]
        package var source: @Sendable (HazardSourceID) async throws -> RegistryFact.HazardSource?
    }

    let ports: Ports

    package init(ports: Ports) {
        self.ports = ports
    }

    package func register(in router: inout RPCRouter) {
        typealias Service = NotificationV1.CaseService
        router.unary(Service.openCase) { request, call in
            try await answering { try await open(request, call.actor()) }
        }
        router.unary(Service.fulfilObligation) { request, call in
            try await answering { try await fulfil(request, call.actor()) }
        }
        router.unary(Service.declare) { request, call in
            try await answering { try await declare(request, call.actor()) }
        }
        router.unary(Service.registerClearing) { request, call in
            try await answering {
                try await checkSight(of: CaseID(request.caseID), by: try call.principal())
                return try await clear(CaseID(request.caseID), call.actor())
            }
        }
        router.unary(Service.closeCase) { request, call in
            try await answering {
                try await checkSight(of: CaseID(request.caseID), by: try call.principal())
                return try await close(CaseID(request.caseID), call.actor())
            }
        }
        router.unary(Service.playDrill) { request, call in
            try await answering { try await playDrill(request, call.actor()) }
        }
        router.unary(Service.listObligations) { request, call in
            try await answering { try await list(request, call.principal()) }
        }
        router.unary(Service.listGaps) { request, call in
            try await answering { try await gaps(request, call.principal()) }
        }
        router.unary(Service.forecast) { _, call in
            try await answering { try await forecast(call.principal()) }
        }
    }

    // MARK: What is done

    private func open(
        _ request: NotificationV1.OpenCaseRequest, _ actor: Actor
    ) async throws -> NotificationV1.OpenCaseResponse {
        try check(id: request.id)
        try request.checkLengths()
        guard let kind = CaseKind(request.kind) else {
            throw NotificationRefusal.badCase(
                "Say what it is about: kind is one of EMERGENCY, OFFLINE, FINDING, PLANNED_WORK.")
        }
        let id = CaseID(request.id)
        let opening = OpenCase(
            id: id, kind: kind, node: NodeID(request.nodeID),
            source: request.hazardSourceID.isEmpty ? nil : HazardSourceID(request.hazardSourceID),
            cause: request.cause, isDrill: request.isDrill,
            startsAt: Instant(unlessZero: request.startsAtUnixMs))
        if let row = try await ports.oneCase(id) {
            // Sent again after it was closed: the answer is the one of then.
            let known = try NotificationV1.Case(serialized: row.body)
            guard known.kind == request.kind, known.nodeID == request.nodeID,
                known.openedBy == actor.subject, known.isDrill == request.isDrill,
                known.hazardSourceID == request.hazardSourceID,
                Case.hasSaid(request.cause, known.cause)
            else { throw NotificationRefusal.caseExists(id) }
            return NotificationV1.OpenCaseResponse(case: known)
        }
        _ = try await ports.submit(.opened(opening, by: actor))
        return NotificationV1.OpenCaseResponse(case: try await shown(id))
    }

    private func fulfil(
        _ request: NotificationV1.FulfilObligationRequest, _ actor: Actor
    ) async throws -> NotificationV1.FulfilObligationResponse {
        let (id, number) = (CaseID(request.caseID), Int(request.obligation))
        try request.proof.checkLengths()
        var round = Int(request.round)
        if round == 0 {
            guard try await !ports.repeats(number, id) else {
                throw DeskRefusal.noRound(id, number)
            }
            round = 1
        }
        do {
            _ = try await ports.submit(
                .fulfilled(
                    id, obligation: number, round: round, request.proof.map(ProofValue.init),
                    by: actor))
        } catch let refusal as NotificationRefusal {
            // Sent again after an answer that was lost.
            guard let done = try await obligation(number, round, of: id),
                done.by == actor.subject, done.nodeID == actor.node.text,
                [.met, .late].contains(done.state)
            else { throw refusal }
            guard done.proof == request.proof else { throw DeskRefusal.doneOtherwise(id, number) }
            return NotificationV1.FulfilObligationResponse(obligation: done)
        }
        return NotificationV1.FulfilObligationResponse(
            obligation: try await obligation(number, round, of: id))
    }

    private func declare(
        _ request: NotificationV1.DeclareRequest, _ actor: Actor
    ) async throws -> NotificationV1.DeclareResponse {
        let id = CaseID(request.caseID)
        guard Self.isID(request.key) else { throw DeskRefusal.badKey }
        try request.proof.checkLengths()
        do {
            _ = try await ports.submit(
                .declared(
                    id, DeclarationID(request.declaration), key: request.key,
                    request.proof.map(ProofValue.init), by: actor))
        } catch NotificationRefusal.unknownCase(let id) {
            // Sent again after the case was closed.
            let key = NotificationEffect.declarationID(request.key, in: id)
            guard let row = try await ports.record(.declaration, key) else {
                throw NotificationRefusal.unknownCase(id)
            }
            let known = try NotificationV1.Declaration(serialized: row.body)
            guard known.declaration == request.declaration, known.proof == request.proof,
                known.by == actor.subject, known.nodeID == actor.node.text
            else { throw NotificationRefusal.keyInUse(id, request.key) }
        }
        return NotificationV1.DeclareResponse(case: try await shown(id))
    }

    private func clear(
        _ id: CaseID, _ actor: Actor
    ) async throws -> NotificationV1.RegisterClearingResponse {
        do {
            _ = try await ports.submit(.cleared(id, by: actor))
        } catch NotificationRefusal.unknownCase(let id) {
            // Sent again after the case was closed, which it was not before it was over.
            guard let known = try? await shown(id), known.clearedAtUnixMs != 0 else {
                throw NotificationRefusal.unknownCase(id)
            }
        }
        return NotificationV1.RegisterClearingResponse(case: try await shown(id))
    }

    /// Whoever may not see a case is not told what became of it.
    private func checkSight(of id: CaseID, by principal: Principal) async throws {
        guard let row = try await ports.oneCase(id) else { return }
        guard principal.sees(row.node, in: try await ports.tree()) else {
            throw DeskRefusal.otherNode(
                what: "Case \(id)", node: row.node, token: principal.node,
                subject: principal.subject)
        }
    }

    private func close(
        _ id: CaseID, _ actor: Actor
    ) async throws -> NotificationV1.CloseCaseResponse {
        if let row = try await ports.oneCase(id) {
            let known = try NotificationV1.Case(serialized: row.body)
            if known.closedAtUnixMs != 0 {
                return NotificationV1.CloseCaseResponse(case: known)
            }
        }
        _ = try await ports.submit(.closed(id, by: actor))
        return NotificationV1.CloseCaseResponse(case: try await shown(id))
    }

    /// A level of a drill is news like that of risk, and never touches a real case.
    private func playDrill(
        _ request: NotificationV1.PlayDrillRequest, _ actor: Actor
    ) async throws -> NotificationV1.PlayDrillResponse {
        try check(id: request.drillID)
        let id = HazardSourceID(request.hazardSourceID)
        guard let source = try await ports.source(id) else {
            throw NotificationRefusal.unknownSource(id)
        }
        let node = NodeID(source.enterprise.text)
        guard try await ports.tree().stands(node, under: actor.node) || actor.node.text.isEmpty
        else { throw NotificationRefusal.notYours(what: "\(id)", whose: [node.text]) }
        let now = ports.now()
        let caseID = CaseID("\(id)-drill-\(request.drillID)")
        if let row = try await ports.oneCase(caseID) {
            let known = try NotificationV1.Case(serialized: row.body)
            // Sent again: it has ended.
            if known.clearedAtUnixMs != 0, request.level == .blue {
                return NotificationV1.PlayDrillResponse(case: known)
            }
            if known.closedAtUnixMs != 0 {
                throw NotificationRefusal.badCase(
                    "The drill \(request.drillID) was played there before. Choose another id.")
            }
        }
        let news = LevelNews(
            seq: 0, source: id, enterprise: source.enterprise, sourceName: source.name,
            enterpriseName: "", level: try WarningLevel(request.level), changedAt: now,
            knownAt: now, causes: [], drill: request.drillID)
        _ = try await ports.submit(.levelChanged(news))
        return NotificationV1.PlayDrillResponse(case: try await shown(news.caseID))
    }

    private func shown(_ id: CaseID) async throws -> NotificationV1.Case {
        guard let row = try await ports.oneCase(id) else { throw DeskRefusal.unknownCase(id.text) }
        return try NotificationV1.Case(serialized: row.body)
    }

    /// One repetition of an obligation, as it stands.
    private func obligation(
        _ number: Int, _ round: Int, of id: CaseID
    ) async throws -> NotificationV1.Obligation? {
        try await ports.record(.obligation, "\(id)#\(number).\(round)")
            .map { try NotificationV1.Obligation(serialized: $0.body) }
    }

    /// True if a caller may choose it.
    private static func isID(_ id: String) -> Bool {
        let allowed = id.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || "-_.:".utf8.contains(byte)
        }
        return allowed && (1...64).contains(id.utf8.count)
    }

    private func check(id: String) throws {
        guard Self.isID(id) else {
            throw NotificationRefusal.badCase(
                "The id is up to 64 letters, digits and - _ . : that no other case has.")
        }
    }
}

extension ServerCall {
    /// Who acts; only persons on duty do.
    fileprivate func actor() throws -> Actor {
        let principal = try principal()
        try principal.require(.officer)
        return Actor(subject: principal.subject, node: principal.node)
    }
}
