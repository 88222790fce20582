import Contracts
import Domain
package import IngestCore
package import RPC
package import Runtime

/// Serves `RegistryService`.
package struct RegistryAPI: Sendable {
    let engine: Engine<IngestMachine>
    let registry: RegistrySnapshot
    let packs: Packs
    let clock: any TimeSource

    package init(
        engine: Engine<IngestMachine>, registry: RegistrySnapshot, packs: Packs,
        clock: any TimeSource
    ) {
        (self.engine, self.registry) = (engine, registry)
        (self.packs, self.clock) = (packs, clock)
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
        registerReports(in: &router)
        registerChanges(in: &router)
    }

    private func importFile(
        _ request: IngestV1.ImportRequest, _ principal: Principal
    ) async throws -> IngestV1.ImportResponse {
        try principal.require(.administrator, .service)
        let scope = principal.seesAll ? nil : principal.node
        let document = RegistryFormat.read(
            request.content, fileName: request.fileName, packs: packs)
        do {
            let (plan, changes) = try await engine.read { machine in
                let plan = try machine.registry.importing(
                    document, within: scope, packs: machine.packs)
                let max = request.dryRun ? RegistryLimits.changesMax : 0
                return (plan, machine.registry.changes(of: plan, max: max))
            }
            var answer = IngestV1.ImportResponse(plan.summary)
            answer.remarks = plan.remarks.map { CommonV1.Mistake($0) }
            if request.dryRun {
                answer.changes = changes.map { IngestV1.EntryChange($0) }
                answer.changesLeftOut = UInt32(clamping: plan.puts.count - changes.count)
            } else {
                _ = try await engine.submit(
                    .registry(.importSent(document, scope: scope, by: principal.subject)))
                try await registry.refresh(from: engine)
            }
            return answer
        } catch let refusal as ImportRefusal {
            throw RPCStatus(refusal, fileName: request.fileName, principal: principal)
        } catch let refusal as IngestRefusal {
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
        // The secrets of cameras are in no answer, whoever asks; an import puts them back.
        let text = format.write(
            entries(for: principal).map { entry -> RegistryEntry in
                guard case .camera(let camera) = entry else { return entry }
                return .camera(camera.masked)
            })
        return IngestV1.ExportResponse(content: Array(text.utf8))
    }

    private func list(
        _ request: IngestV1.ListRequest, _ principal: Principal
    ) throws(RPCStatus) -> IngestV1.ListResponse {
        try principal.require(.service, .officer, .administrator)
        let entries = entries(for: principal)
        guard let isUnder = try registry.under(request.underNodeID, principal) else {
            return IngestV1.ListResponse(entries)
        }
        let all = registry.current.registry
        return IngestV1.ListResponse(
            entries.filter { all.node(of: $0).map(isUnder) ?? false })
    }

    /// What the token may see, with whole telephone numbers only for those who need them.
    private func entries(for principal: Principal) -> [RegistryEntry] {
        let all = registry.current.registry
        let seen = principal.seesAll ? all.entries : all.entries(visibleTo: principal.node)
        return principal.seesTelephones ? seen : seen.map(\.masked)
    }
}
