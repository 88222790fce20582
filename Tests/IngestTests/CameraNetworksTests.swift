import Ingest
import Testing

/// Which addresses lie in the networks of cameras.
@Suite struct CameraNetworksTests {
    static let rows: [(networks: String, address: String, isIn: Bool)] = [
        ("192.0.2.0/25", "192.0.2.0", true), ("192.0.2.0/25", "192.0.2.127", true),
        ("192.0.2.0/25", "192.0.2.128", false), ("192.0.2.0/25", "198.51.100.1", false),
        ("192.0.2.9/25", "192.0.2.1", true), ("192.0.2.1", "192.0.2.1", true),
        ("192.0.2.1", "192.0.2.2", false), ("0.0.0.0/0", "192.0.2.1", true),
        ("0.0.0.0/0", "2001:db8::1", false), ("192.0.2.0/24", "::ffff:192.0.2.1", true),
        ("2001:db8::/31 , 127.0.0.1", "2001:db9::1", true), ("2001:db8::/32", "2001:db9::1", false),
        ("2001:db8::/32,127.0.0.1", "127.0.0.1", true), ("", "127.0.0.1", false),
        (CameraNetworks.usual, "127.0.0.1", false), (CameraNetworks.usual, "::1", false),
        (CameraNetworks.usual, "::ffff:127.0.0.1", false),
        (CameraNetworks.usual, "192.168.0.0", true), (CameraNetworks.usual, "172.16.0.0", true),
        (CameraNetworks.usual, "192.0.2.1", false), (CameraNetworks.usual, "fd00::1", true),
        (CameraNetworks.usual, "fe80::1", false), (CameraNetworks.usual, "2001:db8::1", false),
    ]

    @Test(arguments: rows)
    func anAddressLiesInANetworkOrNot(
        row: (networks: String, address: String, isIn: Bool)
    ) throws {
        let address = try #require(NetworkAddress(row.address))
        #expect(try CameraNetworks(row.networks).contains(address) == row.isIn)
    }

    @Test(arguments: [
        "plant", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/", "192.0.2", "2001:db8::/129", "/8",
        "192.0.2.0/24/1",
    ])
    func whatIsNoNetworkIsNamed(text: String) {
        #expect {
            try CameraNetworks("127.0.0.1, " + text)
        } throws: { error in
            (error as? CameraNetworks.Mistake)?.part == text
        }
    }

    @Test(arguments: ["127.1", "2130706433", "localhost", "", "192.0.2.1 ", "fe80::1%lo", "0x7f.1"])
    func onlyAWholeAddressIsOne(text: String) {
        #expect(NetworkAddress(text) == nil)
    }

    @Test func anAddressIsWrittenAsAURLHasIt() {
        #expect(NetworkAddress("192.0.2.1")?.host == "192.0.2.1")
        #expect(NetworkAddress("::ffff:192.0.2.1")?.host == "192.0.2.1")
        #expect(NetworkAddress("2001:db8::a")?.host == "[2001:db8:0:0:0:0:0:a]")
    }
}
