import Contracts
import Domain
import Ingest
import RPC
import Runtime
import SimKit
import Storage
import Testing

/// Ingest on a disk that the test breaks and mends.
private enum FaultyIngest: HostedService {
    static let disk = FaultyDisk()
    static let name = IngestService.name
    static let ports = IngestService.ports
    static let keys = IngestService.keys
    static let migrations = IngestService.migrations

    static func assemble(_ context: ServiceContext) async throws -> ServiceParts {
        try await IngestService.assemble(context, readingsOptions: disk.options)
    }
}

/// Ingest with the same disk under its registry instead.
private enum FaultyRegistry: HostedService {
    static let disk = FaultyDisk()
    static let name = IngestService.name
    static let ports = IngestService.ports
    static let keys = IngestService.keys
    static let migrations = IngestService.migrations

    static func assemble(_ context: ServiceContext) async throws -> ServiceParts {
        var context = context
        context.store = try Store(
            path: context.folder + "/faulty.sqlite",
            migrations: [.shared, MigrationSet(owner: name, migrations)], options: disk.options)
        return try await IngestService.assemble(context)
    }
}

@Suite(.serialized, .timeLimit(.minutes(10))) struct FullDiskTests {
    @Test func ingestIsNotReadyWhileReadingsCannotBeStored() async throws {
        let host = try await TestHost([FaultyIngest.self])
        let ingest = IngestHost(
            host: host, administrator: try await host.client(of: "ingest", as: .administrator))
        try await ingest.importFile(cityYAML)
        let gateway = try await ingest.gateway("g1", of: "e1")
        try await host.until { try await host.isServing("ingest") }
        FaultyIngest.disk.breakDown()
        let refusal = await status { _ = try await ingest.push([columns(1)], by: gateway) }
        #expect(refusal?.code == .unavailable)
        let ready = try await host.admin("ingest", "/readyz")
        #expect(ready.status == 503)
        #expect(ready.body == "not ready: readings cannot be stored: the disk is full\n")
        try await host.until { try await !host.isServing("ingest") }
        let metrics = try await host.admin("ingest", "/metrics").body
        #expect(metrics.contains("store_writable{store=\"readings\"} 0.0\n"))
        #expect(metrics.contains("store_writable{store=\"ingest\"} 1.0\n"))
        FaultyIngest.disk.mend()
        // No gateway sends anything: the log tries by itself.
        try await host.until { try await host.isServing("ingest") }
        #expect(try await host.admin("ingest", "/readyz").status == 200)
        let mended = try await host.admin("ingest", "/metrics").body
        #expect(mended.contains("store_writable{store=\"readings\"} 1.0\n"))
        await gateway.close()
        try await ingest.stop()
    }

    @Test func aStreamThatStaysOpenHearsOfAFailedCommitAndTheNextOneWorks() async throws {
        let host = try await TestHost([FaultyIngest.self])
        let ingest = IngestHost(
            host: host, administrator: try await host.client(of: "ingest", as: .administrator))
        try await ingest.importFile(cityYAML)
        let gateway = try await ingest.gateway("g1", of: "e1")
        let call = try await gateway.bidirectional(IngestV1.ReadingsService.push)
        var answers = call.responses.makeAsyncIterator()
        try await call.send(columns(1))
        #expect(try await answers.next()?.stored == 2)
        FaultyIngest.disk.breakDown()
        // The gateway does not say that it is done; it waits for its answer.
        try await call.send(columns(2))
        let refusal = await status { _ = try await answers.next() }
        #expect(refusal?.code == .unavailable)
        #expect(refusal?.message.contains("Keep it and send it again") == true)
        #expect(try await ingest.latest(["t1"]) == [1])
        FaultyIngest.disk.mend()
        let again = try await ingest.push([columns(2), columns(3)], by: gateway)
        #expect(again.map(\.repeated) == [false, false])
        #expect(try await ingest.range("t1").map(\.value) == [1, 2, 3])
        await gateway.close()
        try await ingest.stop()
    }

    @Test func anImportThatWorksAfterOneThatFailedIsInForce() async throws {
        let host = try await TestHost([FaultyRegistry.self])
        let ingest = IngestHost(
            host: host, administrator: try await host.client(of: "ingest", as: .administrator))
        try await ingest.importFile(cityYAML)
        // Twice: each failure makes the engine load its registry anew.
        for name in ["网关甲", "网关乙"] {
            let file = cityYAML.replacing("网关一", with: name)
            FaultyRegistry.disk.breakDown()
            let refusal = await status { try await ingest.importFile(file) }
            #expect(refusal?.code == .unavailable)
            #expect(try await !ingest.gatewayNames().contains(name))
            FaultyRegistry.disk.mend()
            #expect(try await ingest.importFile(file).changed == 1)
            #expect(try await ingest.gatewayNames().contains(name))
        }
        try await ingest.stop()
    }
}

extension IngestHost {
    fileprivate func gatewayNames() async throws -> [String] {
        try await administrator.unary(
            IngestV1.RegistryService.list, IngestV1.ListRequest()
        ).gateways.map(\.name)
    }
}
