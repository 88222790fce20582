package import Contracts
package import Domain
package import IngestCore
package import RPC
import Runtime

/// One `Push` stream: batches come in as fast as the window allows, and each is answered in order
/// once it is on disk.
struct PushCall: Sendable {
    let log: any BatchLog
    let registry: RegistrySnapshot
    let clock: any TimeSource
    let futureTolerance: Interval
    let watch: LiveWatch
    let metrics: IngestMetrics
    let principal: Principal

    /// A batch that was read: on its way to the disk, or the end of the stream with a reason.
    private enum Step: Sendable {
        case sent(SealedBatch, ticket: AppendTicket, refused: [RefusedReading])
        case refused(RPCStatus)
    }

    func run(
        _ requests: RequestStream<IngestV1.PushRequest>,
        _ writer: ResponseWriter<IngestV1.PushResponse>
    ) async throws {
        let window = Window<Step>(
            itemsMax: IngestLimits.batchesInFlightMax,
            weightMax: IngestLimits.readingsInFlightMax)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await read(requests, into: window) }
            group.addTask {
                while let step = try await window.take() {
                    try await answer(step, writer)
                    window.done()
                }
            }
            try await group.waitForAllOrFailure()
        }
    }

    /// Reads to the end; what is wrong with a batch ends the stream after those before it.
    private func read(
        _ requests: RequestStream<IngestV1.PushRequest>, into window: Window<Step>
    ) async throws {
        defer { window.finish() }
        var session: PushSession?
        for try await request in requests {
            let step: Step
            let weight = request.rows.count + (request.columns?.point.count ?? 0)
            do throws(RPCStatus) {
                if session == nil { session = try open(request.gatewayID) }
                step = try store(request, &session)
            } catch {
                try await window.put(.refused(error), weight: 0)
                return
            }
            try await window.put(step, weight: weight)
        }
    }

    private func store(
        _ request: IngestV1.PushRequest, _ session: inout PushSession?
    ) throws(RPCStatus) -> Step {
        let now = clock.now()
        let directory = registry.current.directory
        guard
            let checked = try session?.check(
                request, against: directory, at: now, lastReceivedAt: log.lastReceivedAt)
        else { preconditionFailure("A stream is opened before its first batch is read.") }
        if let ahead = checked.heldAhead {
            metrics.countHeld()
            throw RPCStatus(held: request, ahead: ahead)
        }
        let batch = SealedBatch(
            gateway: GatewayID(request.gatewayID), sequence: request.sequence,
            fingerprint: checked.fingerprint, receivedAt: now, columns: checked.columns)
        return .sent(batch, ticket: log.append(batch), refused: checked.refused)
    }

    /// Binds the stream to the gateway of its first batch.
    private func open(_ gatewayID: String) throws(RPCStatus) -> PushSession {
        if principal.role == .gateway, principal.subject != gatewayID {
            throw RPCStatus(
                .permissionDenied,
                "The token is for gateway \(principal.subject) and the batch says gateway_id "
                    + "\"\(gatewayID)\". Send the id of the token, or use the token of the gateway."
            )
        }
        let view = registry.current
        guard let gateway = view.registry.gateways[GatewayID(gatewayID)] else {
            throw RPCStatus(
                .permissionDenied,
                "The registry has no gateway \"\(gatewayID)\". Register it with its enterprise: "
                    + "`hazwatch registry import`.")
        }
        guard view.isVisible(gateway.enterprise, to: principal) else {
            throw RPCStatus(
                .permissionDenied,
                "Gateway \(gatewayID) belongs to enterprise \(gateway.enterprise), which does not "
                    + "stand under \(principal.node), the node of the token of "
                    + "\(principal.subject). Use a token of that enterprise.")
        }
        return PushSession(gateway: gateway, futureTolerance: futureTolerance)
    }

    private func answer(
        _ step: Step, _ writer: ResponseWriter<IngestV1.PushResponse>
    ) async throws {
        switch step {
        case .refused(let status): throw status
        case .sent(let batch, let ticket, let refused):
            let sequence = batch.sequence
            let outcome: AppendOutcome
            do {
                outcome = try await ticket.outcome()
            } catch {
                metrics.countFailure()
                throw RPCStatus(error)
            }
            metrics.count(outcome)
            switch outcome {
            case .stored(let count):
                metrics.count(refused)
                watch.take(batch)
                try await writer.write(response(sequence, count, refused))
            case .repeated(let count):
                watch.hear(batch.gateway, at: batch.receivedAt)
                // It was told what was refused when it was stored.
                try await writer.write(
                    IngestV1.PushResponse(
                        sequence: sequence, stored: UInt32(count), repeated: true))
            }
        }
    }

    private func response(
        _ sequence: UInt64, _ stored: Int, _ refused: [RefusedReading]
    ) -> IngestV1.PushResponse {
        IngestV1.PushResponse(
            sequence: sequence, stored: UInt32(stored),
            refused: refused.map { reading in
                IngestV1.RefusedReading(
                    index: UInt32(reading.index), reason: reading.fault.reason,
                    text: reading.fault.text)
            })
    }
}

/// What a stream is bound to and has been told: its gateway, and the points that it counts in.
package struct PushSession: Sendable {
    private let gateway: Gateway
    private var columns: ReadingCheck
    private var rows: ReadingCheck

    package init(gateway: Gateway, futureTolerance: Interval) {
        self.gateway = gateway
        columns = ReadingCheck(
            enterprise: gateway.enterprise, futureTolerance: futureTolerance,
            heldAheadMax: IngestLimits.heldAheadMax)
        rows = columns
    }

    /// Checks one batch reading by reading; throws what is wrong with it as a whole.
    package mutating func check(
        _ request: IngestV1.PushRequest, against directory: PointDirectory, at now: Instant,
        lastReceivedAt: Instant?
    ) throws(RPCStatus) -> CheckedBatch {
        try checkFrame(request)
        guard let sent = request.columns else {
            let (batch, table) = IncomingBatch.rows(request.rows)
            rows.setTable(table)
            return rows.check(
                batch, against: directory, at: now, lastReceivedAt: lastReceivedAt)
        }
        if !sent.pointIDs.isEmpty { columns.setTable(sent.pointIDs.map(PointID.init)) }
        let batch = IncomingBatch(sent)
        if let mistake = batch.lengthMistake { throw invalid(request, mistake) }
        return columns.check(
            batch, against: directory, at: now, lastReceivedAt: lastReceivedAt)
    }

    private func checkFrame(_ request: IngestV1.PushRequest) throws(RPCStatus) {
        if request.gatewayID != gateway.id.text {
            throw invalid(
                request,
                "The stream began with gateway \(gateway.id) and this batch says "
                    + "\"\(request.gatewayID)\". Open a stream for each gateway.")
        }
        if request.sequence == 0 || request.sequence > UInt64(Int64.max) {
            throw invalid(
                request, "The sequence must be 1 or higher, and below 2^63. Count up from 1.")
        }
        if !request.rows.isEmpty, request.columns != nil {
            throw invalid(request, "It has rows and columns. Send one or the other.")
        }
        let count = max(request.rows.count, request.columns?.point.count ?? 0)
        if count > IngestLimits.readingsPerBatchMax {
            throw invalid(
                request,
                "It has \(count) readings. Send at most \(IngestLimits.readingsPerBatchMax) in a "
                    + "batch.")
        }
        let points = request.columns?.pointIDs.count ?? 0
        if points > IngestLimits.pointsPerStreamMax {
            throw invalid(
                request,
                "point_ids has \(points) points. Send at most \(IngestLimits.pointsPerStreamMax), "
                    + "and open another stream for the rest.")
        }
    }

    private func invalid(_ request: IngestV1.PushRequest, _ text: String) -> RPCStatus {
        RPCStatus(
            .invalidArgument,
            "Batch \(request.sequence) of gateway \(request.gatewayID): \(text) Nothing of this "
                + "batch was stored.")
    }
}
