import Contracts
import Domain
import Foundation
import Kernel
import RPC
import Runtime

/// The load of a nation on an ingest that runs: 440,000 registered points of 440 enterprises, each
/// with a gateway that sends its 1,000 points in turn, 9,300 readings a second, over gRPC.
struct NationBench {
    let line: IngestLine
    let seconds: Int
    /// The process of the ingest, of which CPU and memory are taken.
    let server: Int32
    private static let enterprises = 440
    private static let pointsEach = 1_000
    private static let perSecond = 9_300
    /// A registry file of so many enterprises has some 3 MB.
    private static let enterprisesPerFile = 22

    func run() async throws {
        let started = ContinuousClock.now
        let administrator = try await line.client("bench", .administrator)
        for first in stride(from: 0, to: Self.enterprises, by: Self.enterprisesPerFile) {
            let some = first..<min(Self.enterprises, first + Self.enterprisesPerFile)
            try await line.register(
                Registration.yaml(some, pointsEach: Self.pointsEach), by: administrator)
        }
        await administrator.close()
        say(
            "\(Self.enterprises * Self.pointsEach) points registered in "
                + "\((ContinuousClock.now - started).seconds.text(0)) s; "
                + "ingest: \(memory()) MB resident")
        let gateways = try await connect()
        // The first round of all points, which nobody counts, makes them known to the store.
        var round = Round(pointsEach: Self.pointsEach)
        for gateway in gateways { try await gateway.push(round.next(ending: now())) }
        let quietAfter = try await quiet()
        say(
            "each point sent once, and its presence told after \(quietAfter.text(0)) s: "
                + "\(memory()) MB resident")
        let cpu = cpuOfServer()
        let slowest = try await send(gateways, &round)
        let share = (cpuOfServer() - cpu) / Double(seconds) * 100
        say("\(seconds) s of \(Self.perSecond) readings a second, 1,000 a message:")
        say("ingest: CPU \(share.text(1)) % of a core, \(memory()) MB resident")
        say("the slowest answer came after \((slowest * 1e3).text(0)) ms")
        for gateway in gateways { await gateway.client.close() }
    }

    private func connect() async throws -> [Gateway] {
        var gateways: [Gateway] = []
        for number in 0..<Self.enterprises {
            let client = try await line.client("g\(number)", .gateway, node: "e\(number)")
            let call = try await client.bidirectional(IngestV1.ReadingsService.push)
            gateways.append(
                Gateway(number: number, client: client, call: call))
        }
        return gateways
    }

    /// Waits until ingest has told of all points that they are online, which it does once; seconds.
    private func quiet() async throws -> Double {
        let began = ContinuousClock.now
        while (ContinuousClock.now - began).seconds < 600 {
            let before = cpuOfServer()
            try await Task.sleep(for: .seconds(10))
            if cpuOfServer() - before < 1 { break }
        }
        return (ContinuousClock.now - began).seconds
    }

    /// In real time, because what is measured is what a second of load costs.
    ///
    /// - Returns: the slowest answer in seconds.
    private func send(_ gateways: [Gateway], _ round: inout Round) async throws -> Double {
        let began = ContinuousClock.now
        var (slowest, sent) = (0.0, 0)
        while sent < seconds * Self.perSecond {
            let due = began + .seconds(Double(sent) / Double(Self.perSecond))
            try await Task.sleep(until: due, clock: .continuous)
            let started = ContinuousClock.now
            let gateway = gateways[sent / Self.pointsEach % gateways.count]
            try await gateway.push(round.next(ending: now()))
            slowest = max(slowest, (ContinuousClock.now - started).seconds)
            sent += Self.pointsEach
        }
        return slowest
    }

    private func now() -> Int64 { Int64(Date().timeIntervalSince1970 * 1_000) }

    private func memory() -> Int { residentBytes(of: server) >> 20 }

    private func cpuOfServer() -> Double { cpuSeconds(of: server) }
}

/// A gateway with its stream; it waits for each answer.
private final class Gateway {
    let number: Int
    let client: RPCClient
    private let call: ClientCall<IngestV1.PushRequest, IngestV1.PushResponse>
    private var answers: ResponseStream<IngestV1.PushResponse>.AsyncIterator
    private var sequence: UInt64 = 0

    init(
        number: Int, client: RPCClient,
        call: ClientCall<IngestV1.PushRequest, IngestV1.PushResponse>
    ) {
        (self.number, self.client, self.call) = (number, client, call)
        answers = call.responses.makeAsyncIterator()
    }

    func push(_ columns: IngestV1.Columns) async throws {
        sequence += 1
        var columns = columns
        if sequence == 1 {
            columns.pointIDs = columns.point.map { Registration.point($0, of: number) }
        }
        try await call.send(
            IngestV1.PushRequest(gatewayID: "g\(number)", sequence: sequence, columns: columns))
        guard let answer = try await answers.next(), Int(answer.stored) == columns.point.count
        else {
            say("a message of g\(number) was not stored whole")
            exit(1)
        }
    }
}

/// The values of one gateway's turn.
private struct Round {
    let pointsEach: Int
    private var random = SeededRandom(seed: 1)

    init(pointsEach: Int) { self.pointsEach = pointsEach }

    mutating func next(ending end: Int64) -> IngestV1.Columns {
        var columns = IngestV1.Columns(
            point: (0..<UInt32(pointsEach)).map { $0 }, baseUnixMs: end - 50,
            measuredDeltaMs: [Int64](repeating: 0, count: pointsEach))
        columns.value = (0..<pointsEach).map { _ in Double(random.integer(in: 0...8_999)) / 10 }
        columns.measuredDeltaMs[0] = random.integer(in: 0...49)
        return columns
    }
}
