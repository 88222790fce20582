import Contracts
import Domain
import Ingest
import Notification
import RPC
import Risk
import Runtime
import SimKit

/// The whole line of a test on a simulated clock, with the two plants of `TestCity`.
struct Line: Sendable {
    let host: TestHost

    /// A provider in this process may be slow to answer, as the machine is.
    private static let patient = (name: "http-timeout-ms", value: "60000")

    /// `profile` names rules, of the program or in a file.
    init(
        folder: TemporaryFolder? = nil, settings: [(name: String, value: String)] = [],
        registry: String = TestCity.registry, profile: String? = nil
    ) async throws {
        let rules = profile.map { [(name: "profile", value: $0)] } ?? []
        host = try await TestHost(
            [IngestService.self, RiskService.self, NotificationService.self], folder: folder,
            flags: [(name: "clock", value: "simulated")],
            own: ["risk": rules, "notification": [Self.patient] + rules + settings])
        if folder == nil {
            try await host.advance(to: .t0)
            try await host.importRegistry(registry)
        }
        try await host.settle()
    }

    /// Moves time on, stopping wherever something falls due.
    func run(toMinute minute: Int64) async throws {
        let end = Instant.t0 + .minutes(minute)
        while let due = try await host.settle().values.min(), due <= end {
            try await host.advance(to: due)
        }
        try await host.advance(to: end)
        try await host.settle()
    }

    func cases(
        _ request: NotificationV1.ListCasesRequest = .init(includeClosed: true),
        node: String = ""
    ) async throws -> [NotificationV1.Case] {
        try await host.ask(
            "notification", NotificationV1.CaseService.listCases, request, as: .officer,
            node: NodeID(node)
        ).cases
    }

    func show(_ id: String, node: String = "") async throws -> NotificationV1.GetCaseResponse {
        try await host.ask(
            "notification", NotificationV1.CaseService.getCase, .init(caseID: id), as: .officer,
            node: NodeID(node))
    }

    func inbox(
        _ node: String, as role: Principal.Role = .officer, token: String? = nil, all: Bool = false
    ) async throws -> [NotificationV1.Notice] {
        try await host.ask(
            "notification", NotificationV1.InboxService.list,
            .init(includeConfirmed: all, nodeID: token == nil ? "" : node), as: role,
            node: NodeID(token ?? node)
        ).notices
    }

    func confirm(_ id: String, node: String) async throws -> NotificationV1.Notice? {
        try await host.ask(
            "notification", NotificationV1.InboxService.confirm, .init(noticeID: id),
            as: .officer, node: NodeID(node)
        ).notice
    }
}

/// What a call is refused with; nil if it is answered.
func refusal<T>(_ body: () async throws -> T) async -> RPCStatus? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? RPCStatus
    }
}
