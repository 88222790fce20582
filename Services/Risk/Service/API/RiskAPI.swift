import Contracts
package import Domain
package import RPC
package import RiskCore
import Runtime

/// Serves `RiskService`.
package struct RiskAPI: Sendable {
    /// What it needs of the rest of the service.
    package struct Ports: Sendable {
        /// One alarm of a page, and where the next page goes on.
        package struct Row: Sendable {
            package var ordinal: Int64
            package var node: NodeID
            /// `RiskV1.Alarm`, serialized.
            package var body: [UInt8]

            package init(ordinal: Int64, node: NodeID, body: [UInt8]) {
                (self.ordinal, self.node, self.body) = (ordinal, node, body)
            }
        }

        /// The machine as it was last committed.
        package var machine: @Sendable () async throws -> RiskMachine
        /// Alarms before an ordinal, the newest first.
        package var alarms:
            @Sendable (
                _ before: Int64, _ source: HazardSourceID?, _ isStandingOnly: Bool, _ limit: Int
            ) async throws -> [Row]

        package init(
            machine: @escaping @Sendable () async throws -> RiskMachine,
            alarms:
                @escaping @Sendable (
                    _ before: Int64, _ source: HazardSourceID?, _ isStandingOnly: Bool,
                    _ limit: Int
                ) async throws -> [Row]
        ) {
            (self.machine, self.alarms) = (machine, alarms)
        }
    }

    private let ports: Ports

    package init(ports: Ports) {
        self.ports = ports
    }

    package func register(in router: inout RPCRouter) {
        router.describe(RiskV1.RiskService.file)
        router.unary(RiskV1.RiskService.listAlarms) { request, call in
            try await answering { try await listAlarms(request, call.principal()) }
        }
        router.unary(RiskV1.RiskService.listWarnings) { request, call in
            try await answering { try await listWarnings(request, call.principal()) }
        }
        router.unary(RiskV1.RiskService.getWarning) { request, call in
            try await answering { try await getWarning(request, call.principal()) }
        }
    }

    private func answering<Answer: Sendable>(
        _ body: () async throws -> Answer
    ) async throws -> Answer {
        do {
            return try await body()
        } catch let refusal as RiskQuestionRefusal {
            throw RPCStatus(refusal)
        } catch let failure as EngineFailure {
            throw RPCStatus(failure)
        }
    }

    // MARK: Alarms

    private func listAlarms(
        _ request: RiskV1.ListAlarmsRequest, _ principal: Principal
    ) async throws -> RiskV1.ListAlarmsResponse {
        let machine = try await ports.machine()
        let source = try knownSource(request.hazardSourceID, machine, principal)
        let asked = request.pageSize == 0 ? RiskLimits.alarmsPerPageMax : Int(request.pageSize)
        let size = min(asked, RiskLimits.alarmsPerPageMax)
        var before = try ordinal(request.pageToken)
        var response = RiskV1.ListAlarmsResponse()
        var looked = 0
        // One row more than a page has says whether there is another page.
        while looked < RiskLimits.rowsPerCallMax {
            let rows = try await ports.alarms(before, source, !request.includeCleared, size + 1)
            for row in rows {
                if principal.sees(row.node, in: machine.tree) {
                    if response.alarms.count == size {
                        response.nextPageToken = "\(before)"
                        return response
                    }
                    response.alarms.append(try alarm(row, machine))
                }
                before = row.ordinal
            }
            looked += rows.count
            if rows.count <= size { return response }
        }
        response.nextPageToken = "\(before)"
        return response
    }

    /// A standing alarm as the machine knows it: its worst reading may be later than its row.
    private func alarm(_ row: Ports.Row, _ machine: RiskMachine) throws -> RiskV1.Alarm {
        let stored = try RiskV1.Alarm(serialized: row.body)
        guard stored.clearedAtUnixMs == 0,
            let standing = machine.standingAlarm(of: PointID(stored.pointID)),
            standing.id.text == stored.id
        else { return stored }
        return RiskV1.Alarm(standing)
    }

    private func ordinal(_ token: String) throws -> Int64 {
        if token.isEmpty { return .max }
        guard let ordinal = Int64(token), ordinal > 0 else {
            throw RiskQuestionRefusal.badPageToken(token)
        }
        return ordinal
    }

    // MARK: Levels

    private func listWarnings(
        _ request: RiskV1.ListWarningsRequest, _ principal: Principal
    ) async throws -> RiskV1.ListWarningsResponse {
        let machine = try await ports.machine()
        let least =
            request.atLeast == .unspecified
            ? WarningLevel.blue : try level(request.atLeast)
        let levels = machine.allLevels.filter {
            $0.level >= least && principal.sees(NodeID($0.enterprise.text), in: machine.tree)
        }
        return RiskV1.ListWarningsResponse(warnings: levels.map(RiskV1.Warning.init))
    }

    private func level(_ level: CommonV1.WarningLevel) throws -> WarningLevel {
        do {
            return try WarningLevel(level, field: "at_least")
        } catch {
            throw RPCStatus(.invalidArgument, error.description)
        }
    }

    private func getWarning(
        _ request: RiskV1.GetWarningRequest, _ principal: Principal
    ) async throws -> RiskV1.GetWarningResponse {
        let machine = try await ports.machine()
        guard let source = try knownSource(request.hazardSourceID, machine, principal),
            let level = machine.level(of: source)
        else { throw RiskQuestionRefusal.unknownSource(request.hazardSourceID) }
        return RiskV1.GetWarningResponse(
            warning: RiskV1.Warning(level),
            alarms: machine.standingAlarms(of: source).map(RiskV1.Alarm.init))
    }

    /// The source that is named, if it exists and may be seen; nil if none is named.
    private func knownSource(
        _ id: String, _ machine: RiskMachine, _ principal: Principal
    ) throws -> HazardSourceID? {
        if id.isEmpty { return nil }
        guard let source = machine.sources[HazardSourceID(id)] else {
            throw RiskQuestionRefusal.unknownSource(id)
        }
        guard principal.sees(NodeID(source.enterprise.text), in: machine.tree) else {
            throw RiskQuestionRefusal.outside(
                source: id, enterprise: source.enterprise.text, node: principal.node,
                subject: principal.subject)
        }
        return source.id
    }
}
