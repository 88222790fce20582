/// What a server does with the calls of one method.
final class Route: Sendable {
    /// Begins a call: a handler of one request gets its message, the others none.
    typealias Launch =
        @Sendable (ServerCall, RequestMessage?) throws(RPCStatus) -> Task<Void, Never>

    /// The bytes of the one request, valid during the call.
    struct RequestMessage {
        let bytes: UnsafeRawBufferPointer
        let isCompressed: Bool
    }

    let path: String
    let service: String
    let method: String
    let kind: RPCMethodKind
    let launch: Launch

    init(
        path: String, service: String, method: String, kind: RPCMethodKind, launch: @escaping Launch
    ) {
        self.path = path
        self.service = service
        self.method = method
        self.kind = kind
        self.launch = launch
    }

    /// Whether calls may go on until somebody ends them, as subscriptions do.
    var mayBeEndless: Bool {
        switch kind {
        case .unary, .clientStreaming: false
        case .serverStreaming, .bidirectional: true
        }
    }

    /// Whether the handler begins only when the one request is complete.
    var takesOneRequest: Bool {
        switch kind {
        case .unary, .serverStreaming: true
        case .clientStreaming, .bidirectional: false
        }
    }
}

/// Finds a route by the bytes of its path.
struct RouteTable: Sendable {
    private struct Slot {
        let path: [UInt8]
        let route: Route
    }

    private let slots: [Slot?]
    private let mask: Int

    init(_ routes: [Route]) {
        var size = 16
        while size < routes.count * 4 { size *= 2 }
        var slots = [Slot?](repeating: nil, count: size)
        for route in routes {
            let path = Array(route.path.utf8)
            var index = path.withUnsafeBytes { Self.hash($0) } & (size - 1)
            while slots[index] != nil { index = (index + 1) & (size - 1) }
            slots[index] = Slot(path: path, route: route)
        }
        self.slots = slots
        mask = size - 1
    }

    func find(_ path: UnsafeRawBufferPointer) -> Route? {
        var index = Self.hash(path) & mask
        while let slot = slots[index] {
            let isEqual = slot.path.withUnsafeBytes { known in
                known.count == path.count && known.elementsEqual(path)
            }
            if isEqual { return slot.route }
            index = (index + 1) & mask
        }
        return nil
    }

    /// The length and the last bytes tell methods of a service apart; strangers cannot add paths,
    /// so the hash need not resist them.
    private static func hash(_ path: UnsafeRawBufferPointer) -> Int {
        var hash = UInt64(path.count)
        for byte in path.suffix(24) { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return Int(truncatingIfNeeded: (hash ^ hash >> 32) & 0x7FFF_FFFF)
    }
}
