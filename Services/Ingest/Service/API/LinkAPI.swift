import Contracts
package import Domain
package import IngestCore
package import RPC
package import Runtime

/// Serves `LinkService`.
package struct LinkAPI: Sendable {
    let log: any BatchLog
    let engine: Engine<IngestMachine>
    let registry: RegistrySnapshot
    let clock: any TimeSource
    let futureTolerance: Interval
    let watch: LiveWatch
    let metrics: IngestMetrics
    let linkMetrics: LinkMetrics
    let board: LinkBoard

    package init(
        log: any BatchLog, engine: Engine<IngestMachine>, registry: RegistrySnapshot,
        clock: any TimeSource, futureTolerance: Interval, watch: LiveWatch,
        metrics: IngestMetrics, linkMetrics: LinkMetrics, board: LinkBoard
    ) {
        (self.log, self.engine, self.registry, self.clock) = (log, engine, registry, clock)
        (self.futureTolerance, self.watch, self.metrics) = (futureTolerance, watch, metrics)
        (self.linkMetrics, self.board) = (linkMetrics, board)
    }

    package func register(in router: inout RPCRouter) {
        router.describe(IngestV1.LinkService.file)
        router.bidirectional(IngestV1.LinkService.connect) { requests, writer, call in
            try await connect(requests, writer, call.principal())
        }
        router.unary(IngestV1.LinkService.listLinks) { _, call in
            try await list(call.principal())
        }
        router.unary(IngestV1.LinkService.forgetLink) { request, call in
            try await forget(request, call.principal())
        }
    }

    private func connect(
        _ requests: RequestStream<IngestV1.ConnectRequest>,
        _ writer: ResponseWriter<IngestV1.ConnectResponse>, _ principal: Principal
    ) async throws {
        try principal.require(.link)
        if principal.node.text.isEmpty {
            throw RPCStatus(
                .permissionDenied,
                "The token of \(principal.subject) is for no node. Issue one with --node.")
        }
        try await LinkCall(api: self, principal: principal).run(requests, writer)
    }

    private func list(_ principal: Principal) async throws -> IngestV1.ListLinksResponse {
        try principal.require(.service, .officer, .administrator)
        let view = registry.current
        let book = try await engine.read { $0.links }
        var links: [IngestV1.Link] = []
        if let superior = board.superior {
            let above = board.above
            let isSeen = principal.seesAll || view.isVisible(above.node, to: principal)
            if isSeen { links.append(IngestV1.Link(above, address: superior)) }
        }
        for record in book.all where view.isVisible(record.node, to: principal) {
            links.append(
                IngestV1.Link(record, book.refused(of: record.node), board.below(record.node)))
        }
        return IngestV1.ListLinksResponse(links: links)
    }

    private func forget(
        _ request: IngestV1.ForgetLinkRequest, _ principal: Principal
    ) async throws -> IngestV1.ForgetLinkResponse {
        try principal.require(.administrator)
        let event = LinkEvent.forgotten(
            NodeID(request.nodeID), reason: request.reason, by: principal.subject,
            scope: principal.seesAll ? nil : principal.node)
        do {
            try await engine.submit(.link(event))
            try await registry.refresh(from: engine)
        } catch let refusal as IngestRefusal {
            throw RPCStatus(refusal, principal: principal)
        } catch let failure as EngineFailure {
            throw RPCStatus(failure)
        }
        return IngestV1.ForgetLinkResponse()
    }
}
