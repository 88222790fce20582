import Contracts
import Domain
package import IngestCore
package import RPC
package import Runtime

/// Serves `RegistryService`.
package struct RegistryAPI: Sendable {
    let engine: Engine<RegistryMachine>
    let registry: RegistrySnapshot

    package init(engine: Engine<RegistryMachine>, registry: RegistrySnapshot) {
        (self.engine, self.registry) = (engine, registry)
    }

    package func register(in router: inout RPCRouter) {
        router.describe(IngestV1.RegistryService.file)
        router.unary(IngestV1.RegistryService.import) { request, call in
            try await importFile(request, call.principal())
        }
        router.unary(IngestV1.RegistryService.export) { request, call in
            try export(request, call.principal())
        }
        router.unary(IngestV1.RegistryService.list) { request, call in
            try list(request, call.principal())
        }
    }

    private func importFile(
        _ request: IngestV1.ImportRequest, _ principal: Principal
    ) async throws -> IngestV1.ImportResponse {
        try principal.require(.administrator, .service)
        let scope = principal.seesAll ? nil : principal.node
        let document = RegistryFormat.read(request.content, fileName: request.fileName)
        do {
            let plan = try await engine.read { try $0.registry.importing(document, within: scope) }
            if !request.dryRun {
                try await engine.submit(.importSent(document, scope: scope))
                try await registry.refresh(from: engine)
            }
            return IngestV1.ImportResponse(plan.summary)
        } catch let refusal as ImportRefusal {
            throw RPCStatus(refusal, fileName: request.fileName, principal: principal)
        } catch let failure as EngineFailure {
            throw RPCStatus(failure)
        }
    }

    private func export(
        _ request: IngestV1.ExportRequest, _ principal: Principal
    ) throws(RPCStatus) -> IngestV1.ExportResponse {
        try principal.require(.service, .officer, .administrator)
        guard let format = RegistryFormat(rawValue: request.format) else {
            let formats = RegistryFormat.allCases.map(\.rawValue).joined(separator: " or ")
            throw RPCStatus(
                .invalidArgument, "There is no format \"\(request.format)\". Write \(formats).")
        }
        let text = format.write(entries(for: principal))
        return IngestV1.ExportResponse(content: Array(text.utf8))
    }

    private func list(
        _ request: IngestV1.ListRequest, _ principal: Principal
    ) throws(RPCStatus) -> IngestV1.ListResponse {
        try principal.require(.service, .officer, .administrator)
        let entries = entries(for: principal)
        if request.underNodeID.isEmpty { return IngestV1.ListResponse(entries) }
        let node = NodeID(request.underNodeID)
        let view = registry.current
        guard !view.registry.path(of: node).isEmpty else {
            throw RPCStatus(
                .notFound,
                "The registry has no node \"\(node)\". `hazwatch registry export` lists all.")
        }
        guard view.isVisible(node, to: principal) else {
            throw RPCStatus(
                .permissionDenied,
                "The node \(node) does not stand under \(principal.node), the node of the token "
                    + "of \(principal.subject). Use a token of a node above it.")
        }
        return IngestV1.ListResponse(
            entries.filter { entry in
                view.registry.node(of: entry).map { view.registry.stands($0, under: node) } ?? false
            })
    }

    /// What the token may see, with whole telephone numbers only for those who need them.
    private func entries(for principal: Principal) -> [RegistryEntry] {
        let all = registry.current.registry
        let seen = principal.seesAll ? all.entries : all.entries(visibleTo: principal.node)
        return principal.seesTelephones ? seen : seen.map(\.masked)
    }
}
