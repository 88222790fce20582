import Contracts
import Domain
import NotificationCore
import Runtime

/// What is to be done, and who could not be told: lists that are made of the cases as they are.
extension CaseActions {
    func list(
        _ request: NotificationV1.ListObligationsRequest, _ principal: Principal
    ) async throws -> NotificationV1.ListObligationsResponse {
        let node = try await asked(request.nodeID, principal)
        let size = Int(pageSize: request.pageSize, max: ServiceLimits.obligationsPerPageMax)
        let list = try NotificationMachine.StandingList(request.standing)
        let owed =
            if let list { try await ports.standing(list, node) } else {
                try await ports.board(node)
            }
        let now = ports.now()
        let page = try PageToken("obligations", "\(request.standing.rawValue)", node.text).page(
            of: owed, token: request.pageToken, size: size, at: { $0.place(in: list) })
        return NotificationV1.ListObligationsResponse(
            due: page.lines.map { due in
                var shown = NotificationV1.Due(due)
                shown.ageMs = max(0, (now - due.since).milliseconds)
                return shown
            }, nextPageToken: page.next)
    }

    func gaps(
        _ request: NotificationV1.ListGapsRequest, _ principal: Principal
    ) async throws -> NotificationV1.ListGapsResponse {
        let node = try await asked(request.nodeID, principal)
        let size = Int(pageSize: request.pageSize, max: ServiceLimits.gapsPerPageMax)
        let all = try await ports.gaps(node).sorted { GapPlace($0) < GapPlace($1) }
        let page = try PageToken("gaps", node.text).page(
            of: all, token: request.pageToken, size: size, at: GapPlace.init)
        return NotificationV1.ListGapsResponse(
            gaps: page.lines.map(NotificationV1.Gap.init), nextPageToken: page.next)
    }

    func forecast(
        _ principal: Principal
    ) async throws -> NotificationV1.ForecastResponse {
        try principal.requireReader()
        let tree = try await ports.tree()
        return NotificationV1.ForecastResponse(
            limits: try await ports.forecast().filter { principal.sees($0.node, in: tree) }
                .map(NotificationV1.NumberLimit.init))
    }

    /// The node that a question is about: that of the token, or one under it.
    private func asked(_ node: String, _ principal: Principal) async throws -> NodeID {
        try principal.requireReader()
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
}
