import Contracts
import Domain
import Foundation
import Ingest
import RPC
import Runtime
import SimKit

/// The ingest of a county (or any node) under that of its superior, over TCP.
struct LinkedHosts {
    let above: IngestHost
    let below: IngestHost

    /// What both sides know of the tree.
    static let bodies = """
        nodes:
          - { id: cn, kind: nation, name: 国 }
          - { id: p1, kind: province, parent: cn, name: 省 }
          - { id: c1, kind: city, parent: p1, name: 市 }
          - { id: d1, kind: county, parent: c1, name: 甲县 }
          - { id: d2, kind: county, parent: c1, name: 乙县 }

        """

    /// A plant like any other; its ids end in the number.
    static func plant(_ number: Int) -> String {
        """
        enterprises:
          - { id: e\(number), county: d\(number), placement: outsidePark, name: 厂, shortName: 厂 }
        hazardSources:
          - { id: s\(number), enterprise: e\(number), name: 罐区, unitKind: tankFarm, grade: 1 }
        devices:
          - { id: v\(number), hazardSource: s\(number), name: 罐, medium: 苯 }
        points:
          - { id: x\(number), device: v\(number), name: 压力, indicator: pressure, unit: kPa, rangeLow: 0, rangeHigh: 200, high: 80, highHigh: 90 }
        persons:
          - { id: a\(number)1, hazardSource: s\(number), tier: principal, name: 某甲, telephone: 000-0000-0001 }
          - { id: a\(number)2, hazardSource: s\(number), tier: technical, name: 某乙, telephone: 000-0000-0002 }
          - { id: a\(number)3, hazardSource: s\(number), tier: operating, name: 某丙, telephone: 000-0000-0003 }
        gateways:
          - { id: g\(number), enterprise: e\(number), name: 网关 }

        """
    }

    static func start(_ flags: [(name: String, value: String)] = []) async throws -> IngestHost {
        let host = try await TestHost([IngestService.self], flags: flags)
        return IngestHost(
            host: host, administrator: try await host.client(of: "ingest", as: .administrator))
    }

    /// The settings of one who dials `superior` for a node.
    static func dial(
        _ superior: IngestHost, for node: String, subject: String = "lower"
    ) async throws -> [(name: String, value: String)] {
        let token = try await superior.host.token(.link, node: NodeID(node), subject: subject)
        let path = superior.host.folder.file("link-\(node).token")
        try token.write(toFile: path, atomically: true, encoding: .utf8)
        let port = superior.host.service("ingest")?.ports.grpc ?? 0
        return [("superior", "127.0.0.1:\(port)"), ("superior-token", path)]
    }

    /// A superior with the bodies, and the platform of `d2` with its plant under it.
    static func county() async throws -> LinkedHosts {
        let above = try await start()
        try await above.importFile(bodies)
        let below = try await start(try await dial(above, for: "d2"))
        try await below.importFile(bodies + plant(2))
        return LinkedHosts(above: above, below: below)
    }

    func stop() async throws {
        try await below.stop()
        try await above.stop()
    }
}

extension IngestHost {
    /// The one link of this side, in a direction.
    func link(_ direction: String) async throws -> IngestV1.Link? {
        try await administrator.unary(
            IngestV1.LinkService.listLinks, IngestV1.ListLinksRequest()
        ).links.first { $0.direction == direction }
    }

    /// Waits until the platform above has taken everything that is here.
    func untilTaken(batches: UInt64) async throws {
        try await host.until {
            guard let link = try await link("above") else { return false }
            return link.isConnected && link.position >= batches
        }
    }

    func knows(_ kind: EntryKind, _ id: String) async throws -> Bool {
        let list = try await administrator.unary(
            IngestV1.RegistryService.list, IngestV1.ListRequest())
        switch kind {
        case .gateway: return list.gateways.contains { $0.id == id }
        case .enterprise: return list.enterprises.contains { $0.id == id }
        case .point: return list.points.contains { $0.id == id }
        }
    }

    enum EntryKind { case gateway, enterprise, point }

    /// Sends the batches of numbers as the gateway of a plant: one reading each, a second apart.
    func measure(_ numbers: ClosedRange<UInt64>, plant: Int) async throws {
        let client = try await gateway("g\(plant)", of: "e\(plant)")
        let answers = try await push(
            numbers.map { columns($0, gateway: "g\(plant)", points: ["x\(plant)"]) }, by: client)
        await client.close()
        guard answers.allSatisfy({ $0.stored == 1 }) else {
            throw RPCStatus(.internal, "Not all was stored: \(answers)")
        }
    }
}
