import Contracts
import Domain
import IngestCore
import Logging
import NIOPosix
import RPC
import Runtime

/// Has the enterprises of the demo city commit themselves each day, and file two outages.
///
/// One commits itself after the time and one never, and one outage waits to be verified, so that
/// the board, the lists and the statistics have all there is.
struct DemoDesk {
    /// When some of them commit themselves.
    private enum Turn: CaseIterable {
        case early, late

        var minutes: Int {
            switch self {
            case .early: 8 * 60
            case .late: 10 * 60 + 30
            }
        }

        /// The last enterprise is in none.
        var enterprises: ClosedRange<Int> {
            switch self {
            case .early: 1...(DemoRegistry.enterpriseCount - 2)
            case .late:
                (DemoRegistry.enterpriseCount - 1)...(DemoRegistry.enterpriseCount - 1)
            }
        }
    }

    private let plants: [DemoPlant]
    private let folder: DataFolder
    private let zone: Zone
    private var doneOn: [Turn: CalendarDay] = [:]
    private var haveFiled = false
    private var cleanedOn: CalendarDay?

    init(_ plants: [DemoPlant], folder: DataFolder, zone: Zone) {
        (self.plants, self.folder, self.zone) = (plants, folder, zone)
    }

    /// Does what is to be done by `now`; what ingest cannot take now is tried at the next call.
    mutating func work(at now: Instant) async throws {
        guard let today = CalendarDay(of: now, in: zone) else { return }
        if !haveFiled { haveFiled = try await fileOutages(at: now) }
        if cleanedOn != today, try await clean(on: today, at: now) { cleanedOn = today }
        for turn in Turn.allCases where doneOn[turn] != today {
            // Who starts the demo at night sees a board as well.
            let isFirst = turn == .early && doneOn[turn] == nil
            let isTime = today.instant(minutes: turn.minutes, in: zone) <= now
            guard isFirst || isTime else { continue }
            if try await commit(turn.enterprises, on: today) { doneOn[turn] = today }
        }
    }

    private func commit(_ numbers: ClosedRange<Int>, on day: CalendarDay) async throws -> Bool {
        try await attempt {
            let form = try await ask(
                IngestV1.CommitmentService.getForm, IngestV1.GetFormRequest(),
                DemoNames.enterprise(numbers.lowerBound), "principal")
            for number in numbers {
                var request = DemoPapers.commitment(of: number, on: day, form: form, zone: zone)
                let enterprise = DemoNames.enterprise(number)
                do {
                    _ = try await ask(
                        IngestV1.CommitmentService.fileCommitment, request, enterprise,
                        "principal")
                } catch let status as RPCStatus where status.code == .failedPrecondition {
                    request.lateReason = form.lateReasons.last?.id ?? ""
                    request.lateText = "示范企业当日启动较晚"
                    _ = try await ask(
                        IngestV1.CommitmentService.fileCommitment, request, enterprise,
                        "principal")
                } catch let status as RPCStatus where status.code == .alreadyExists {
                    // An earlier run of the demo has said it.
                }
            }
        }
    }

    private struct Outage {
        var number: Int
        var tank = 0
        var cause: String
        var reason: String
        var isVerified: Bool
        var startsBefore = Interval.seconds(0)
    }

    /// One is confirmed by the city, one waits for whoever is to verify it, and one is a lie that
    /// the city has believed.
    private var outages: [Outage] {
        var all = [
            Outage(number: 2, cause: "maintenance", reason: "仪表检修", isVerified: true),
            Outage(number: 8, cause: "damage", reason: "探测器损坏，待更换", isVerified: false),
        ]
        if let stopped = DemoLies(plants)?.stopped {
            all.append(
                Outage(
                    number: stopped.plant + 1, tank: stopped.tank, cause: "shutdown",
                    reason: "装置停产（示范：实际仍在运行）", isVerified: true,
                    startsBefore: DemoStory.lyingHistory))
        }
        return all
    }

    /// The first workshop of the enterprise with dust is cleaned each day, the second never.
    private func clean(on day: CalendarDay, at now: Instant) async throws -> Bool {
        try await attempt {
            let enterprise = DemoNames.enterprise(DemoRegistry.dustNumber)
            do {
                _ = try await ask(
                    IngestV1.CleaningService.checkIn,
                    DemoPapers.cleaning(of: enterprise + "-w1", on: day, at: now), enterprise,
                    "safetyHead")
            } catch let status as RPCStatus where status.code == .alreadyExists {
                // An earlier run of the demo has said it.
            }
        }
    }

    private func fileOutages(at now: Instant) async throws -> Bool {
        try await attempt {
            for outage in outages {
                let number = outage.number
                let tanks = plants[number - 1].tanks
                guard tanks.indices.contains(outage.tank) else { continue }
                let isLie = outage.cause == "shutdown"
                let id = (isLie ? "demo-stop-" : "demo-outage-") + "\(number)"
                do {
                    _ = try await ask(
                        IngestV1.FilingService.sendFiling,
                        DemoPapers.outage(
                            id, of: number, device: tanks[outage.tank].id, cause: outage.cause,
                            reason: outage.reason, from: now - outage.startsBefore, at: now),
                        DemoNames.enterprise(number), "safetyHead")
                } catch let status as RPCStatus where status.code == .alreadyExists {
                    continue
                }
                if outage.isVerified {
                    _ = try await ask(
                        IngestV1.FilingService.verifyFiling, DemoPapers.confirmation(id),
                        DemoRegistry.city.text, "divisionHead")
                }
            }
        }
    }

    /// True if it is done, or will never be; false if ingest is away for a while.
    private func attempt(_ body: () async throws -> Void) async throws -> Bool {
        do {
            try await body()
        } catch let status as RPCStatus {
            if status.mayPass { return false }
            // Somebody has changed the city: the demo goes on without it.
            Terminal.error("demo: \(status.message)")
        }
        return true
    }

    /// Asks with the token of whoever holds a post.
    private func ask<I, O>(
        _ method: RPCMethod<I, O>, _ request: I, _ node: String, _ post: String
    ) async throws -> O {
        guard let port = folder.port(of: .ingest) else {
            throw RPCStatus(.unavailable, "Ingest has not noted its port.")
        }
        let token = try await TokenKey.open(data: folder.path).issue(
            subject: "\(node)-\(post)", role: .officer, node: NodeID(node), life: .minutes(10))
        var configuration = ClientConfiguration()
        configuration.interceptor = { _ in ["authorization": "Bearer " + token] }
        let client = RPCClient(
            addresses: [.hostPort("127.0.0.1", port)], configuration: configuration,
            group: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "demo", factory: { _ in SwiftLogNoOpLogHandler() }))
        do {
            let answer = try await client.unary(
                method, request, options: CallOptions(timeout: Connection.timeout))
            await client.close()
            return answer
        } catch {
            await client.close()
            throw error
        }
    }
}
