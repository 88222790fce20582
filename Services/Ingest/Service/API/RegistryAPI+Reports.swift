import Contracts
import Domain
import IngestCore
import RPC
import Runtime

/// What the packs say, and what they expect beside what is registered.
extension RegistryAPI {
    func registerReports(in router: inout RPCRouter) {
        router.unary(IngestV1.RegistryService.listPacks) { _, call in
            try call.principal().require(.service, .officer, .administrator)
            return IngestV1.ListPacksResponse(packs: packs.all.map { IngestV1.Pack($0) })
        }
        router.unary(IngestV1.RegistryService.listThresholds) { request, call in
            let principal = try call.principal()
            let isSeen = try registry.seen(request.underNodeID, principal)
            let devices = registry.current.registry.thresholds(by: packs).filter { device in
                (device.node.map(isSeen) ?? false)
                    && !(request.unverifiedOnly && device.isVerified)
            }
            return IngestV1.ListThresholdsResponse(
                devices: try bounded(devices).map { IngestV1.DeviceThresholds($0) })
        }
        router.unary(IngestV1.RegistryService.listCoverage) { request, call in
            let principal = try call.principal()
            let isSeen = try registry.seen(request.underNodeID, principal)
            let today = CalendarDay(of: clock.now())
            let rows = registry.current.registry.coverage(by: packs, on: today).filter { row in
                isSeen(row.node) && !(request.missingOnly && !row.state.isOpen)
            }
            return IngestV1.ListCoverageResponse(
                rows: try bounded(rows).map { IngestV1.CoverageRow($0) })
        }
        router.unary(IngestV1.RegistryService.listScope) { request, call in
            let principal = try call.principal()
            let isSeen = try registry.seen(request.underNodeID, principal)
            let today = CalendarDay(of: clock.now())
            let rows = registry.current.registry.scope(by: packs, on: today)
                .filter { isSeen(NodeID($0.enterprise.text)) }
            return IngestV1.ListScopeResponse(
                rows: try bounded(rows).map { IngestV1.ScopeRow($0) })
        }
    }

    /// An answer that one message holds; more must be asked node by node.
    func bounded<Row>(_ rows: [Row]) throws(RPCStatus) -> [Row] {
        if rows.count <= IngestLimits.reportRowsMax { return rows }
        throw RPCStatus(
            .resourceExhausted,
            "The answer has \(rows.count) rows, and one holds \(IngestLimits.reportRowsMax). Ask "
                + "for a county, a park or an enterprise with --under, or only for what is missing."
        )
    }
}
