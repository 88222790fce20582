import Glibc

/// Where cameras may lie, by the operator's setting.
///
/// Who registers a camera says where ingest connects to. Without a bound that could be any machine
/// that ingest reaches, and its own: the words for what went wrong would tell what listens where.
package struct CameraNetworks: Sendable, Equatable {
    /// One part of the setting that is no network.
    package struct Mistake: Error, Equatable {
        package var part: String
    }

    /// Networks that belong to nobody in particular: those of plants and of cities.
    package static let usual = "10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, fc00::/7"

    private struct Network: Equatable {
        var bytes: [UInt8]
        var bits: Int

        func contains(_ address: NetworkAddress) -> Bool {
            guard bytes.count == address.bytes.count else { return false }
            return (0..<bits).allSatisfy { bit in
                let mask = UInt8(0x80) >> (bit % 8)
                return bytes[bit / 8] & mask == address.bytes[bit / 8] & mask
            }
        }
    }

    private let networks: [Network]

    /// Networks such as `10.0.0.0/8` or single addresses, with commas between.
    package init(_ text: String) throws(Mistake) {
        var networks: [Network] = []
        for part in text.split(separator: ",") {
            let word = part.filter { $0 != " " }
            if word.isEmpty { continue }
            let sides = word.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            guard let address = NetworkAddress(String(sides[0])) else {
                throw Mistake(part: word)
            }
            let all = address.bytes.count * 8
            let bits = sides.count == 1 ? all : Int(sides[1]) ?? -1
            guard (0...all).contains(bits) else { throw Mistake(part: word) }
            networks.append(Network(bytes: address.bytes, bits: bits))
        }
        self.networks = networks
    }

    package func contains(_ address: NetworkAddress) -> Bool {
        networks.contains { $0.contains(address) }
    }
}

/// An address of the internet protocol; one of version 4 that is written as version 6 is version 4.
package struct NetworkAddress: Hashable, Sendable {
    /// Four or sixteen.
    package let bytes: [UInt8]

    /// Nil if it is no address in its full form: a name is none, nor is `127.1`.
    package init?(_ text: String) {
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = withUnsafeBytes(of: four) { [UInt8]($0) }
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            let all = withUnsafeBytes(of: six) { [UInt8]($0) }
            let isFour = all.prefix(10).allSatisfy { $0 == 0 } && all[10] == 0xFF && all[11] == 0xFF
            bytes = isFour ? Array(all[12...]) : all
        } else {
            return nil
        }
    }

    /// As it stands in a URL.
    package var host: String {
        if bytes.count == 4 { return bytes.map(String.init).joined(separator: ".") }
        let groups = stride(from: 0, to: bytes.count, by: 2).map { index in
            String(Int(bytes[index]) << 8 | Int(bytes[index + 1]), radix: 16)
        }
        return "[" + groups.joined(separator: ":") + "]"
    }
}
