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
        package var records: @Sendable (CaseID) async throws -> [RecordTables.Row]
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
                let id = CaseID(request.caseID)
                try await checkSight(of: id, by: try call.principal())
                _ = try await ports.submit(.cleared(id, by: try call.actor()))
                return NotificationV1.RegisterClearingResponse(case: try await shown(id))
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
            try await answering {
                let node = try await asked(request.nodeID, call.principal())
                return NotificationV1.ListGapsResponse(
                    gaps: try await ports.gaps(node).map(NotificationV1.Gap.init))
            }
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
                known.openedBy == actor.subject
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
        let proof = request.proof.map { ProofValue(part: $0.part, text: $0.text) }
        do {
            _ = try await ports.submit(.fulfilled(id, obligation: number, proof, by: actor))
        } catch let refusal as NotificationRefusal {
            // Sent again after an answer that was lost.
            if let done = try await obligation(number, of: id), done.by == actor.subject,
                [.met, .late].contains(done.state)
            {
                return NotificationV1.FulfilObligationResponse(obligation: done)
            }
            throw refusal
        }
        return NotificationV1.FulfilObligationResponse(
            obligation: try await obligation(number, of: id))
    }

    private func declare(
        _ request: NotificationV1.DeclareRequest, _ actor: Actor
    ) async throws -> NotificationV1.DeclareResponse {
        let id = CaseID(request.caseID)
        let proof = request.proof.map { ProofValue(part: $0.part, text: $0.text) }
        _ = try await ports.submit(
            .declared(id, DeclarationID(request.declaration), proof, by: actor))
        return NotificationV1.DeclareResponse(case: try await shown(id))
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
        if let row = try await ports.oneCase(caseID),
            try NotificationV1.Case(serialized: row.body).closedAtUnixMs != 0
        {
            throw NotificationRefusal.badCase(
                "The drill \(request.drillID) was played there before. Choose another id.")
        }
        let news = LevelNews(
            seq: 0, source: id, enterprise: source.enterprise, sourceName: source.name,
            enterpriseName: "", level: try WarningLevel(request.level), changedAt: now,
            knownAt: now, causes: [], drill: request.drillID)
        _ = try await ports.submit(.levelChanged(news))
        return NotificationV1.PlayDrillResponse(case: try await shown(news.caseID))
    }

    // MARK: What is to be done

    private func list(
        _ request: NotificationV1.ListObligationsRequest, _ principal: Principal
    ) async throws -> NotificationV1.ListObligationsResponse {
        let node = try await asked(request.nodeID, principal)
        let limit = ServiceLimits.casesPerPageMax
        let size = request.pageSize == 0 ? limit : min(limit, Int(request.pageSize))
        let list = try NotificationMachine.StandingList(request.standing)
        let owed =
            if let list { try await ports.standing(list, node) } else {
                try await ports.board(node)
            }
        let now = ports.now()
        return NotificationV1.ListObligationsResponse(
            due: owed.prefix(size).map { due in
                var shown = NotificationV1.Due(due)
                shown.ageMs = max(0, (now - due.since).milliseconds)
                return shown
            })
    }

    private func forecast(
        _ principal: Principal
    ) async throws -> NotificationV1.ForecastResponse {
        let tree = try await ports.tree()
        return NotificationV1.ForecastResponse(
            limits: try await ports.forecast().filter { principal.sees($0.node, in: tree) }
                .map(NotificationV1.NumberLimit.init))
    }

    /// The node that a question is about: that of the token, or one under it.
    private func asked(_ node: String, _ principal: Principal) async throws -> NodeID {
        if node.isEmpty { return principal.node }
        let id = NodeID(node)
        let tree = try await ports.tree()
        guard tree[id] != nil else { throw DeskRefusal.unknownNode(id) }
        guard principal.sees(id, in: tree) else {
            throw DeskRefusal.otherNode(
                what: "What is owed there", node: id, token: principal.node,
                subject: principal.subject)
        }
        return id
    }

    private func shown(_ id: CaseID) async throws -> NotificationV1.Case {
        guard let row = try await ports.oneCase(id) else { throw DeskRefusal.unknownCase(id.text) }
        return try NotificationV1.Case(serialized: row.body)
    }

    /// The last repetition of an obligation, as it stands.
    private func obligation(
        _ number: Int, of id: CaseID
    ) async throws -> NotificationV1.Obligation? {
        try await ports.records(id).filter { $0.kind == .obligation }
            .map { try NotificationV1.Obligation(serialized: $0.body) }
            .last { $0.number == UInt32(number) }
    }

    private func check(id: String) throws {
        let allowed = id.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || "-_.:".utf8.contains(byte)
        }
        guard allowed, (1...64).contains(id.utf8.count) else {
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
