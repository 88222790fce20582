import Contracts
import Domain
import Ingest
import IngestCore
import RPC

/// Looks at each batch of one stream as ingest does, and says which rule is broken.
struct BatchInspector: Sendable {
    struct Look: Sendable {
        var checked: CheckedBatch
        /// What is wrong with the batch as a whole.
        var faults: [Fault]
    }

    struct Fault: Sendable, Equatable {
        var rule: GatewayRule
        var seen: String
    }

    private let gateway: Gateway
    private let directory: PointDirectory
    private var session: PushSession

    /// The clock of a gateway may be ahead by so much, as with the platform.
    static let futureTolerance = Interval.seconds(60)

    init(_ plan: GatewayTrial.Plan) {
        gateway = plan.gateway
        directory = PointDirectory(plan.points, of: plan.gateway.enterprise)
        session = PushSession(gateway: gateway, futureTolerance: Self.futureTolerance)
    }

    mutating func look(_ request: IngestV1.PushRequest, at now: Instant) -> Look {
        var request = request
        var faults = faults(of: request)
        if faults.contains(where: { $0.rule == .size }) { request.dropReadings() }
        // What is wrong is known now; the rest is looked at as if it were right.
        request.gatewayID = gateway.id.text
        request.sequence = max(1, min(request.sequence, UInt64(Int64.max)))
        if request.columns != nil { request.rows = [] }
        do throws(RPCStatus) {
            let checked = try session.check(
                request, against: directory, at: now, lastReceivedAt: nil)
            return Look(checked: checked, faults: faults)
        } catch {
            faults.append(Fault(rule: .columns, seen: error.message))
        }
        request.dropReadings()
        do throws(RPCStatus) {
            let checked = try session.check(
                request, against: directory, at: now, lastReceivedAt: nil)
            return Look(checked: checked, faults: faults)
        } catch {
            preconditionFailure("A batch without readings has nothing wrong: \(error.message)")
        }
    }

    private func faults(of request: IngestV1.PushRequest) -> [Fault] {
        var faults: [Fault] = []
        func note(_ rule: GatewayRule, _ seen: String) {
            faults.append(Fault(rule: rule, seen: "batch \(request.sequence): \(seen)"))
        }
        if request.gatewayID != gateway.id.text {
            note(.gatewayID, "gateway_id \"\(request.gatewayID)\", not \"\(gateway.id)\"")
        }
        if request.sequence == 0 || request.sequence > UInt64(Int64.max) {
            note(.sequence, "no number from 1 to 2^63 - 1")
        }
        if !request.rows.isEmpty, request.columns != nil { note(.columns, "rows and columns") }
        let count = max(request.rows.count, request.columns?.point.count ?? 0)
        if count > IngestLimits.readingsPerBatchMax { note(.size, "\(count) readings") }
        let points = request.columns?.pointIDs.count ?? 0
        if points > IngestLimits.pointsPerStreamMax { note(.size, "\(points) point_ids") }
        let bytes = request.serialized().count
        if bytes > ServerConfiguration().messageBytesMax { note(.size, "\(bytes) bytes") }
        return faults
    }
}

extension IngestV1.PushRequest {
    fileprivate mutating func dropReadings() { (rows, columns) = ([], nil) }
}
