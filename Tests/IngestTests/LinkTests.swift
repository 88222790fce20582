import Contracts
import Domain
import Foundation
import Ingest
import IngestCore
import RPC
import Runtime
import SimKit
import Storage
import Testing

/// Platforms under platforms, over TCP (ING-26, ING-27, ING-32, CASCADE).
@Suite(.serialized, .timeLimit(.minutes(10))) struct LinkTests {
    /// ING-32: one plant is a tenant of the superior, the other has a platform of its own under it;
    /// from above both look alike.
    @Test func aTenantAndALinkedPlatformLookAlike() async throws {
        let hosts = try await LinkedHosts.county()
        try await hosts.above.importFile(LinkedHosts.plant(1))
        try await hosts.above.host.until { try await hosts.above.knows(.gateway, "g2") }
        try await hosts.above.measure(1...50, plant: 1)
        try await hosts.below.measure(1...50, plant: 2)
        try await hosts.below.untilTaken(batches: 50)

        let list = try await hosts.above.administrator.unary(
            IngestV1.RegistryService.list, IngestV1.ListRequest())
        let registered = [list.enterprises.map(\.id), list.hazardSources.map(\.id)].joined()
        #expect(registered.sorted() == ["e1", "e2", "s1", "s2"])
        let export = try await hosts.above.administrator.unary(
            IngestV1.RegistryService.export, IngestV1.ExportRequest(format: "csv"))
        let rows = String(decoding: export.content, as: UTF8.self)
            .split(whereSeparator: \.isNewline)
        // Every line of the one is a line of the other, with its numbers.
        func lines(of number: Int) -> [String] {
            let own = rows.map(String.init).filter { row in
                row.contains("e\(number),") || row.contains("s\(number),")
            }
            return own.map { row in
                row.replacing(#/\b([a-z])[12]([123]?)\b/#) { "\($0.1)#\($0.2)" }
            }.sorted()
        }
        #expect(lines(of: 1).count >= 6)
        #expect(lines(of: 1) == lines(of: 2))

        let (own, linked) = (
            try await hosts.above.range("x1"), try await hosts.above.range("x2")
        )
        #expect(linked.map(\.value) == own.map(\.value))
        #expect(linked.map(\.measuredAtUnixMs) == own.map(\.measuredAtUnixMs))
        #expect(own.count == 50)
        try await hosts.above.host.until {
            let answer = try await hosts.above.administrator.unary(
                IngestV1.PresenceService.listPresence, IngestV1.ListPresenceRequest())
            let states = Dictionary(
                uniqueKeysWithValues: answer.presence.map { ("\($0.kind)/\($0.id)", $0.state) })
            let pairs = ["enterprise/e", "gateway/g", "point/x"]
            return pairs.allSatisfy { states[$0 + "1"] == "online" && states[$0 + "2"] == "online" }
        }
        try await hosts.stop()
    }

    /// ING-27, ING-20: a batch keeps the number and the fingerprint that its gateway gave it.
    @Test func theSignatureOfABatchIsNotAltered() async throws {
        let hosts = try await LinkedHosts.county()
        try await hosts.below.host.until { try await hosts.above.knows(.gateway, "g2") }
        try await hosts.below.measure(1...5, plant: 2)
        try await hosts.below.untilTaken(batches: 5)
        // The same from the gateway itself is a repeat there; another under its number is not.
        let gateway = try await hosts.above.gateway("g2", of: "e2")
        let same = columns(3, gateway: "g2", points: ["x2"])
        #expect(try await hosts.above.push([same], by: gateway).map(\.repeated) == [true])
        let other = columns(3, gateway: "g2", points: ["x2"], values: [77])
        let refused = await status { _ = try await hosts.above.push([other], by: gateway) }
        #expect(refused?.code == .alreadyExists)
        await gateway.close()
        #expect(try await hosts.above.range("x2").count == 5)
        try await hosts.stop()
    }

    /// ING-26: what the superior refuses is named on both sides, and comes when it fits, with the
    /// batches that waited for it.
    @Test func whatIsRefusedIsNamedAndComesLater() async throws {
        let above = try await LinkedHosts.start()
        try await above.importFile(LinkedHosts.bodies)
        // The id of the gateway below stands under another county here.
        let other = LinkedHosts.plant(1).replacing("id: g1", with: "id: g2")
        try await above.importFile(other)
        let below = try await LinkedHosts.start(try await LinkedHosts.dial(above, for: "d2"))
        try await below.importFile(LinkedHosts.bodies + LinkedHosts.plant(2))
        try await above.host.until { try await above.knows(.point, "x2") }
        try await below.measure(1...20, plant: 2)
        try await below.untilTaken(batches: 20)
        for (side, direction) in [(above, "below"), (below, "above")] {
            try await side.host.until {
                let link = try await side.link(direction)
                return link?.refusedEntries == 1 && link?.refusedBatches == 20
            }
            let link = try await side.link(direction)
            #expect(link?.refusals.map(\.id) == ["g2"])
            #expect(link?.refusals.first?.reason.contains("stands under e1") == true)
            #expect(link?.lastRefusal.contains("gateway g2 does not stand under d2") == true)
        }
        // The superior gives the id away: what waited comes by itself.
        let request = IngestV1.ProposeChangeRequest(
            id: "r1", kind: "gateway", entryID: "g2", isRemoval: true, reason: "id doubled")
        let officer = try await above.host.client(
            of: "ingest", as: .officer, node: NodeID("e1"), subject: "o1")
        _ = try await officer.unary(IngestV1.RegistryService.proposeChange, request)
        await officer.close()
        let county = try await above.host.client(
            of: "ingest", as: .officer, node: NodeID("d1"), subject: "o2")
        _ = try await county.unary(
            IngestV1.RegistryService.reviewChange,
            IngestV1.ReviewChangeRequest(id: "r1", verdict: "accept"))
        await county.close()
        try await above.host.until { try await above.range("x2").count == 20 }
        #expect(try await above.link("below")?.refusedEntries == 0)
        try await below.stop()
        try await above.stop()
    }

    /// CASCADE: county under city under province; what the county has reaches the province, and
    /// a circle is refused.
    @Test func threeLevelsMakeAChainAndNoCircle() async throws {
        let port = try FreePort.find()
        let province = try await LinkedHosts.start()
        try await province.importFile(LinkedHosts.bodies)
        let city = try await LinkedHosts.start(
            try await LinkedHosts.dial(province, for: "c1") + [("grpc-port", "\(port)")])
        try await city.importFile(LinkedHosts.bodies)
        let county = try await LinkedHosts.start(try await LinkedHosts.dial(city, for: "d2"))
        try await county.importFile(LinkedHosts.bodies + LinkedHosts.plant(2))
        try await city.importFile(LinkedHosts.plant(1))
        try await city.host.until { try await city.knows(.gateway, "g2") }
        try await county.measure(1...30, plant: 2)
        try await city.measure(1...30, plant: 1)
        try await province.host.until {
            let (own, linked) = (
                try await province.knows(.point, "x1"), try await province.knows(.point, "x2")
            )
            return own && linked
        }
        try await province.host.until {
            let (own, linked) = (
                try await province.range("x1"), try await province.range("x2")
            )
            return own.count == 30 && linked.count == 30
        }
        let values = (1...30).map(Double.init)
        #expect(try await province.range("x2").map(\.value) == values)
        #expect(try await province.link("below")?.nodeID == "c1")
        #expect(try await city.link("above")?.nodeID == "c1")
        #expect(try await city.link("below")?.nodeID == "d2")

        // A province that would stand under its county: both its place in the tree and its store
        // say no.
        let circle = try await LinkedHosts.dial(county, for: "d2", subject: "p1")
        let path = circle.first { $0.name == "superior-token" }?.value ?? ""
        let token = try String(contentsOfFile: path, encoding: .utf8)
        let client = TestClient.onPort(
            county.host.service("ingest")?.ports.grpc ?? 0, token: token)
        let call = try await client.bidirectional(IngestV1.LinkService.connect)
        let instance = try await province.instance()
        try await call.send(.init(hello: .init(instance: instance, journalSeq: 1)))
        let refused = await status { for try await _ in call.responses {} }
        #expect(refused?.code == .failedPrecondition)
        #expect(refused?.message.contains("circle") == true, "\(refused?.message ?? "")")
        await client.close()
        try await county.stop()
        try await city.stop()
        try await province.stop()
    }

    /// ING-26: 72 hours without a line: all of it comes, in order, and what is measured now first.
    @Test func threeDaysWithoutALineAreMadeUp() async throws {
        let port = try FreePort.find()
        let folder = try TemporaryFolder()
        let own = [
            ("grpc-port", "\(port)"), ("clock", "simulated"), ("commit-delay-ms", "300"),
        ]
        func superior() async throws -> IngestHost {
            let host = try await TestHost(
                [IngestService.self], folder: folder,
                flags: own.map { (name: $0.0, value: $0.1) })
            return IngestHost(
                host: host, administrator: try await host.client(of: "ingest", as: .administrator))
        }
        var above = try await superior()
        try await above.host.advance(to: t0)
        try await above.importFile(LinkedHosts.bodies)
        // Followers have their batches for a day only; the superior has longer.
        let below = try await LinkedHosts.start(
            try await LinkedHosts.dial(above, for: "d2") + [
                ("clock", "simulated"), ("follow-hours", "24"),
            ])
        try await below.host.advance(to: t0)
        try await below.importFile(LinkedHosts.bodies + LinkedHosts.plant(2))
        try await above.host.until { try await above.knows(.gateway, "g2") }
        try await above.stop()

        let batches: UInt64 = 72 * 6
        for number in 1...batches {
            let time = t0 + .minutes(10 * Int64(number))
            try await below.host.advance(to: time)
            try await below.push(number, at: time)
        }
        let end = t0 + .hours(72)
        try await IngestService.moveClock(in: folder, to: end + .minutes(2))
        above = try await superior()
        try await below.host.advance(to: end + .minutes(1))
        try await below.host.until { try await below.link("above")?.isConnected == true }
        try await below.push(batches + 1, at: end + .minutes(1))
        try await above.host.until { try await above.range("x2", to: nil).count == batches + 1 }
        let link = try await below.link("above")
        #expect(link?.givenUpBatches == 0)
        let order = try await above.storedOrder("x2")
        #expect(order.count == Int(batches) + 1)
        let live = order.firstIndex(of: Double(batches + 1)) ?? order.count
        #expect(live < Int(batches), "what is new came as number \(live + 1)")
        let backlog = order.filter { $0 <= Double(batches) }
        // Not compared as a whole: hundreds of numbers tell less than the first that is wrong.
        let wrong = backlog.enumerated().first { $0.element != Double($0.offset + 1) }
        #expect(wrong == nil)
        try await below.stop()
        try await above.stop()
    }
}

extension IngestHost {
    /// One reading of x2, whose value is its number.
    fileprivate func push(_ number: UInt64, at time: Instant) async throws {
        let row = IngestV1.Row(
            pointID: "x2", measuredAtUnixMs: time.unixMilliseconds, value: Double(number))
        let answer = try await host.push(
            [row], sequence: number, gateway: "g2", enterprise: "e2")
        guard answer.stored == 1 else { throw RPCStatus(.internal, "\(answer)") }
    }

    /// What the store of this platform calls itself, as its superior was told.
    fileprivate func instance() async throws -> String {
        try await host.service("ingest")?.store.read { db in
            try Meta.get("link.instance", in: db) ?? ""
        } ?? ""
    }

    /// The values of a point in the order in which they were stored.
    fileprivate func storedOrder(_ point: String) async throws -> [Double] {
        let client = try await host.client(of: "ingest", as: .service)
        let stream = try await client.serverStreaming(
            IngestV1.ReadingsService.follow, IngestV1.FollowRequest())
        var values: [Double] = []
        for try await item in stream {
            guard let columns = item.columns else { break }
            values += columns.value
        }
        await client.close()
        return values
    }
}
