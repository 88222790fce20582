import Contracts
package import Domain
package import NotificationCore
package import RPC
import Runtime

/// Serves `CaseService`.
package struct CaseAPI: Sendable {
    /// What it needs of the rest of the service.
    package struct Ports: Sendable {
        package var tree: @Sendable () async throws -> OrganisationTree
        /// What falls due next in a case.
        package var due: @Sendable (CaseID) async throws -> [NotificationMachine.Due]
        /// Cases before an ordinal, the newest first.
        package var cases:
            @Sendable (
                _ before: Int64, _ isOpenOnly: Bool, _ limit: Int
            ) async throws -> [StoredMessage]
        package var oneCase: @Sendable (CaseID) async throws -> StoredMessage?
        /// The notices of a case, oldest first.
        package var notices: @Sendable (CaseID) async throws -> [StoredMessage]
        /// What was owed, issued and declared in a case.
        package var records: @Sendable (CaseID) async throws -> [RecordTables.Row]

        package init(
            tree: @escaping @Sendable () async throws -> OrganisationTree,
            due: @escaping @Sendable (CaseID) async throws -> [NotificationMachine.Due],
            cases:
                @escaping @Sendable (
                    _ before: Int64, _ isOpenOnly: Bool, _ limit: Int
                ) async throws -> [StoredMessage],
            oneCase: @escaping @Sendable (CaseID) async throws -> StoredMessage?,
            notices: @escaping @Sendable (CaseID) async throws -> [StoredMessage],
            records: @escaping @Sendable (CaseID) async throws -> [RecordTables.Row]
        ) {
            (self.tree, self.due, self.cases) = (tree, due, cases)
            (self.oneCase, self.notices, self.records) = (oneCase, notices, records)
        }
    }

    private let ports: Ports

    package init(ports: Ports) {
        self.ports = ports
    }

    package func register(in router: inout RPCRouter) {
        router.describe(NotificationV1.CaseService.file)
        router.unary(NotificationV1.CaseService.listCases) { request, call in
            try await answering { try await list(request, call.principal()) }
        }
        router.unary(NotificationV1.CaseService.getCase) { request, call in
            try await answering { try await get(request, call.principal()) }
        }
    }

    private func list(
        _ request: NotificationV1.ListCasesRequest, _ principal: Principal
    ) async throws -> NotificationV1.ListCasesResponse {
        try principal.requireReader()
        let tree = try await ports.tree()
        let size = Int(pageSize: request.pageSize, max: ServiceLimits.casesPerPageMax)
        let question = PageToken(
            "cases", "\(request.includeClosed)", principal.node.text)
        var before = try question.ordinal(in: request.pageToken)
        var response = NotificationV1.ListCasesResponse()
        var looked = 0
        // One row more than a page has says whether there is another page.
        while looked < ServiceLimits.rowsPerCallMax {
            let rows = try await ports.cases(before, !request.includeClosed, size + 1)
            for row in rows {
                if principal.sees(row.node, in: tree) {
                    if response.cases.count == size {
                        response.nextPageToken = question.after(["\(before)"])
                        return response
                    }
                    response.cases.append(try NotificationV1.Case(serialized: row.body))
                }
                before = row.ordinal
            }
            looked += rows.count
            if rows.count <= size { return response }
        }
        response.nextPageToken = question.after(["\(before)"])
        return response
    }

    private func get(
        _ request: NotificationV1.GetCaseRequest, _ principal: Principal
    ) async throws -> NotificationV1.GetCaseResponse {
        try principal.requireReader()
        let id = CaseID(request.caseID)
        guard let row = try await ports.oneCase(id) else {
            throw DeskRefusal.unknownCase(request.caseID)
        }
        let tree = try await ports.tree()
        guard principal.sees(row.node, in: tree) else {
            throw DeskRefusal.otherNode(
                what: "Case \(id)", node: row.node, token: principal.node,
                subject: principal.subject)
        }
        let records = try await ports.records(id)
        return NotificationV1.GetCaseResponse(
            case: try NotificationV1.Case(serialized: row.body),
            // What was sent to a body, and who read it there, is for that body and those above it.
            notices: try await ports.notices(id).filter { principal.sees($0.node, in: tree) }
                .map { try NotificationV1.Notice(serialized: $0.body) },
            due: try await ports.due(id).map(NotificationV1.Due.init),
            obligations: try records.filter { $0.kind == .obligation }.map {
                try NotificationV1.Obligation(serialized: $0.body)
            },
            documents: try records.filter { $0.kind == .document }.map {
                try NotificationV1.Document(serialized: $0.body)
            },
            declarations: try records.filter { $0.kind == .declaration }.map {
                try NotificationV1.Declaration(serialized: $0.body)
            })
    }
}

extension Principal {
    /// A gateway delivers, and reads nothing of what is done about it.
    func requireReader() throws {
        try require(.officer, .administrator, .service)
    }
}
