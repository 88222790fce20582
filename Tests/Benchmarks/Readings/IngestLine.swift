import Contracts
import Domain
import Logging
import NIOPosix
import RPC
import Runtime

/// How to call the ingest that runs on a folder.
struct IngestLine {
    private let key: TokenKey
    private let port: Int

    init(folder: String, port: Int) async throws {
        key = try await TokenKey.open(data: folder)
        self.port = port
    }

    func client(_ subject: String, _ role: Principal.Role, node: String = "") async throws
        -> RPCClient
    {
        let token = try await key.issue(
            subject: subject, role: role, node: NodeID(node), life: .hours(1))
        var configuration = ClientConfiguration()
        configuration.interceptor = { _ in ["authorization": "Bearer \(token)"] }
        return RPCClient(
            addresses: [.hostPort("127.0.0.1", port)], configuration: configuration,
            group: MultiThreadedEventLoopGroup.singleton, logger: Logger(label: "bench"))
    }

    func register(_ yaml: String, by administrator: RPCClient) async throws {
        _ = try await administrator.unary(
            IngestV1.RegistryService.import,
            IngestV1.ImportRequest(fileName: "bench.yaml", content: Array(yaml.utf8)))
    }
}

/// Enterprises with one gateway, a hazard source for 250 points and a device for five.
enum Registration {
    private static let pointsPerDevice = 5
    private static let devicesPerSource = 50
    /// What is expected of a tank, so that nothing is found missing.
    private static let indicators = [
        ("temperature", "°C"), ("pressure", "kPa"), ("liquidLevel", "m"), ("temperature", "°C"),
        ("pressure", "kPa"),
    ]
    private static let tiers = ["principal", "technical", "operating"]

    static func point(_ number: some BinaryInteger, of enterprise: Int) -> String {
        "e\(enterprise)-p\(number)"
    }

    /// A registry file with some of the enterprises; the tree above them is in each.
    static func yaml(_ enterprises: Range<Int>, pointsEach: Int) -> String {
        let devices = (pointsEach + pointsPerDevice - 1) / pointsPerDevice
        let sources = (devices + devicesPerSource - 1) / devicesPerSource
        func list(_ name: String, _ count: Int, _ row: (Int, Int) -> String) -> String {
            let rows = enterprises.flatMap { one in (0..<count).map { row(one, $0) } }
            return "\(name):\n" + rows.map { "  - {\($0)}\n" }.joined()
        }
        return """
            nodes:
              - {id: cn, kind: nation, name: 国}
              - {id: p1, kind: province, parent: cn, name: 示范省}
              - {id: c1, kind: city, parent: p1, name: 示范市}
              - {id: d1, kind: county, parent: c1, name: 示范区}

            """
                + list("enterprises", 1) { one, _ in
                    "id: e\(one), county: d1, placement: outsidePark, name: 示范化工\(one)"
                }
                + list("hazardSources", sources) { one, number in
                    "id: e\(one)-s\(number), enterprise: e\(one), name: 罐区\(number), "
                        + "unitKind: tankFarm, grade: 1"
                }
                + list("persons", sources * tiers.count) { one, number in
                    "id: e\(one)-h\(number), hazardSource: e\(one)-s\(number / tiers.count), "
                        + "tier: \(tiers[number % tiers.count]), name: 示范人员, "
                        + "telephone: 000-0000-0001"
                }
                + list("devices", devices) { one, number in
                    "id: e\(one)-v\(number), hazardSource: e\(one)-s\(number / devicesPerSource), "
                        + "name: \(number)号罐"
                }
                + list("gateways", 1) { one, _ in "id: g\(one), enterprise: e\(one), name: 网关" }
                + list("points", pointsEach) { one, number in
                    let (indicator, unit) = indicators[number % indicators.count]
                    return "id: \(point(number, of: one)), "
                        + "device: e\(one)-v\(number / pointsPerDevice), name: 测点\(number), "
                        + "indicator: \(indicator), unit: \(unit), "
                        + "rangeLow: -200, rangeHigh: 1000, high: 900"
                }
    }
}
