package import Contracts
package import Domain
package import RPC
package import Runtime
import Storage

/// A few moves of the whole line, for services on a simulated clock.
extension TestHost {
    /// Asks a service something; as an administrator of the whole tree, if nobody else is named.
    package func ask<I, O>(
        _ service: String, _ method: RPCMethod<I, O>, _ request: I,
        as role: Principal.Role = .administrator, node: NodeID = NodeID("")
    ) async throws -> O {
        let client = try await client(of: service, as: role, node: node)
        do {
            let answer = try await client.unary(method, request)
            await client.close()
            return answer
        } catch {
            await client.close()
            throw error
        }
    }

    /// Moves the clocks of all services, those who only listen first.
    package func advance(to instant: Instant) async throws {
        for service in services.reversed() {
            _ = try await ask(
                service.name, ClockV1.ClockService.advance,
                ClockV1.AdvanceRequest(toUnixMs: instant.unixMilliseconds))
        }
    }

    /// Waits until every service has worked off what stands before it; says who is due when.
    @discardableResult
    package func settle() async throws -> [String: Instant] {
        var heads: [ClockV1.Upstream] = []
        var due: [String: Instant] = [:]
        for service in services {
            let answer = try await ask(
                service.name, ClockV1.ClockService.settle, ClockV1.SettleRequest(upstreams: heads))
            heads += answer.heads
            due[service.name] = Instant(unlessZero: answer.nextDueUnixMs)
        }
        return due
    }

    /// Loads a registry file in YAML.
    package func importRegistry(_ yaml: String) async throws {
        _ = try await ask(
            "ingest", IngestV1.RegistryService.import,
            IngestV1.ImportRequest(fileName: "registry.yaml", content: Array(yaml.utf8)))
    }

    /// Pushes one batch and returns its answer.
    package func push(
        _ rows: [IngestV1.Row], sequence: UInt64, gateway: String, enterprise: String
    ) async throws -> IngestV1.PushResponse {
        let client = try await client(
            of: "ingest", as: .gateway, node: NodeID(enterprise), subject: gateway)
        let call = try await client.bidirectional(IngestV1.ReadingsService.push)
        try await call.send(
            IngestV1.PushRequest(gatewayID: gateway, sequence: sequence, rows: rows))
        call.finish()
        var answer = IngestV1.PushResponse()
        for try await response in call.responses { answer = response }
        await client.close()
        return answer
    }
}

extension HostedService {
    /// Sets the simulated clock of a service that is down: time goes on without it.
    package static func moveClock(in folder: TemporaryFolder, to instant: Instant) async throws {
        let store = try Store(
            path: folder.file("\(name)/\(name).sqlite"),
            migrations: [.shared, MigrationSet(owner: name, migrations)])
        try await ClockService.keep(instant, in: store)
        try store.close()
    }
}
