import Contracts
import Domain
import Logging
import RPC
import Runtime
import SimKit
import Storage
import Synchronization

/// A service with the ledger, for tests of the host: deposits come by the tests, not by calls.
enum ToyService: HostedService {
    static var name: String { "toy" }
    static var ports: ServicePorts { ServicePorts(grpc: 0, admin: 0) }
    static var keys: [ConfigurationKey] {
        [ConfigurationKey("greeting", .text, default: "hello", "What it says.")]
    }

    static func assemble(_ context: ServiceContext) async throws -> ServiceParts {
        let engine = try Engine(
            name: "toy", store: context.store, clock: context.clock,
            shell: .ledger { _ in true }, metrics: context.metrics, logger: context.logger)
        return ServiceParts(
            router: RPCRouter(), engine: engine,
            scope: { principal in
                // The ledger writes of the node `toy` alone.
                { node, _ in principal.role == .service || principal.node == node }
            })
    }
}

/// A service that follows the journal of the first, and deposits what was deposited there.
enum MirrorService: HostedService {
    static var name: String { "mirror" }
    static var upstreams: [String] { ["toy"] }

    static func assemble(_ context: ServiceContext) async throws -> ServiceParts {
        let engine = try Engine(
            name: "mirror", store: context.store, clock: context.clock,
            shell: .ledger { _ in true }, metrics: context.metrics, logger: context.logger)
        let follower = Follower.journal(
            "toy.journal", of: context.client("toy"), kindPrefixes: ["toy.deposited"],
            engine: engine, metrics: context.metrics, logger: context.logger
        ) { entry in
            guard let amount = Int64(String(decoding: entry.body, as: UTF8.self)) else {
                throw RPCStatus(.dataLoss, "no amount")
            }
            return [.deposit(account: entry.subject, amount: amount)]
        }
        return ServiceParts(
            router: RPCRouter(), engine: engine, followers: [follower],
            scope: { _ in { _, _ in true } })
    }
}

extension RunningService {
    /// The engine of one of the services above.
    var ledger: Engine<Ledger> {
        get throws {
            guard let engine = parts.engine as? Engine<Ledger> else {
                throw RPCStatus(.internal, "The service has no ledger.")
            }
            return engine
        }
    }
}

extension TestHost {
    func ledger(_ name: String) throws -> Engine<Ledger> {
        guard let service = service(name) else {
            throw RPCStatus(.notFound, "No service \(name) runs in this host.")
        }
        return try service.ledger
    }
}
