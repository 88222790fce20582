/// Finds a route by the bytes of its path.
struct RouteTable: Sendable {
    private let slots: [Route?]
    private let mask: Int

    init(_ routes: [Route]) {
        var size = 16
        while size < routes.count * 4 { size *= 2 }
        var slots = [Route?](repeating: nil, count: size)
        for route in routes {
            var index = route.pathBytes.withUnsafeBytes { Self.hash($0) } & (size - 1)
            while slots[index] != nil { index = (index + 1) & (size - 1) }
            slots[index] = route
        }
        self.slots = slots
        mask = size - 1
    }

    func find(_ path: UnsafeRawBufferPointer) -> Route? {
        var index = Self.hash(path) & mask
        while let route = slots[index] {
            if path.equals(route.pathBytes) { return route }
            index = (index + 1) & mask
        }
        return nil
    }

    /// The length and the last bytes tell methods of a service apart; strangers cannot add paths,
    /// so the hash need not resist them.
    private static func hash(_ path: UnsafeRawBufferPointer) -> Int {
        var hash = UInt64(path.count)
        var end = path.count
        while end >= 8, end > path.count - 24 {
            let word = path.loadUnaligned(fromByteOffset: end - 8, as: UInt64.self)
            hash = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
            hash ^= hash >> 29
            end -= 8
        }
        return Int(truncatingIfNeeded: (hash ^ hash >> 32) & 0x7FFF_FFFF)
    }
}
