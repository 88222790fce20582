import Contracts
import Domain
import Kernel
import RPC
import Runtime

/// The gateways of all plants: values rise and fall, so that each source goes through all levels.
struct Gateways: Sendable {
    let platform: KilledPlatform
    let seed: UInt64

    /// Pushes until the task is cancelled, then the last values: everything is normal.
    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for works in KillPlant.works { group.addTask { try await run(works) } }
            try await group.waitForAll()
        }
    }

    private func run(_ works: KillPlant.Works) async throws {
        var random = SeededRandom(seed: seed &+ UInt64(works.number) &* 7_919)
        var line = Line(
            works: works,
            client: try await platform.client(
                of: "ingest", as: .gateway, node: works.enterprise, subject: works.gateway))
        while !Task.isCancelled {
            switch random.integer(in: 1...8) {
            case 1, 2: try await line.push(81)
            case 3: try await line.push(91)
            case 4:
                // Long enough for red, by the rule of two seconds.
                try await line.push(95)
                await pause(3_000)
            case 5: try await line.push(15)
            case _: try await line.push(50)
            }
            await pause(random.integer(in: 200...2_500))
        }
        try await line.push(50)
        await line.client.close()
    }

    /// A plant changes in real time, as the platform runs in it.
    private func pause(_ milliseconds: Int64) async {
        try? await Task.sleep(for: .milliseconds(milliseconds))
    }

    private struct Line {
        let works: KillPlant.Works
        let client: RPCClient
        var sequence: UInt64 = 0

        /// One value, never quite the same: so that each message of it is one of a kind.
        mutating func push(_ value: Double) async throws {
            sequence += 1
            let exact = value + Double(sequence) / 10_000
            let request = IngestV1.PushRequest(
                gatewayID: works.gateway, sequence: sequence,
                rows: [
                    IngestV1.Row(
                        pointID: works.point,
                        measuredAtUnixMs: SystemTime().now().unixMilliseconds, value: exact,
                        quality: .good)
                ])
            // Also when everything else is over, the last value gets through.
            let client = client
            let answer = try await Task.detached {
                let call = try await client.bidirectional(IngestV1.ReadingsService.push)
                try await call.send(request)
                call.finish()
                var answer = IngestV1.PushResponse()
                for try await response in call.responses { answer = response }
                return answer
            }.value
            guard answer.stored == 1 else {
                throw KillRun.Failure("ingest did not store a reading: \(answer)")
            }
        }
    }
}
