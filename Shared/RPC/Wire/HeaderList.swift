import CNghttp2

/// Headers on their way to nghttp2, which copies them.
struct HeaderList {
    private var text: [UInt8] = []
    private var fields: [(name: Range<Int>, value: Range<Int>)] = []

    init() {
        text.reserveCapacity(256)
        fields.reserveCapacity(12)
    }

    mutating func add(_ name: String, _ value: String) {
        add(name.utf8, value.utf8)
    }

    mutating func add(_ name: some Sequence<UInt8>, _ value: some Sequence<UInt8>) {
        let start = text.count
        text.append(contentsOf: name)
        let middle = text.count
        text.append(contentsOf: value)
        fields.append((start..<middle, middle..<text.count))
    }

    /// Adds a pseudo-header, which must stand before all others.
    mutating func addFirst(_ name: String, _ value: String) {
        add(name, value)
        fields.insert(fields.removeLast(), at: 0)
    }

    /// Adds metadata of the user, but for names that are gRPC's own and what HTTP/2 cannot carry.
    mutating func add(_ metadata: Metadata) {
        for entry in metadata.entries where Self.isAllowed(entry.name) {
            switch entry.value {
            case .text(let value):
                if value.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) {
                    add(entry.name.utf8, value.utf8)
                }
            case .bytes(let bytes):
                add(entry.name.utf8, Base64.encode(bytes))
            }
        }
    }

    /// Adds a status as trailers carry it.
    mutating func add(_ status: RPCStatus) {
        add("grpc-status", String(status.code.rawValue))
        if !status.message.isEmpty {
            let limit = Limits.statusMessageBytesMax
            add("grpc-message".utf8, PercentEncoding.encode(status.message, limit: limit))
        }
        if !status.details.isEmpty {
            let details = StatusDetails.encode(status)
            if details.count <= Limits.statusDetailsBytesMax {
                add("grpc-status-details-bin".utf8, Base64.encode(details))
            }
        }
        add(status.metadata)
    }

    private static func isAllowed(_ name: String) -> Bool {
        let isName = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        guard isName, !name.isEmpty, !name.hasPrefix("grpc-") else { return false }
        switch name {
        case "te", "content-type", "connection", "host", "transfer-encoding", "upgrade",
            "keep-alive", "proxy-connection":
            return false
        default:
            return true
        }
    }

    /// Gives the headers in the form of nghttp2, valid during the call.
    func withFields<R>(_ body: (UnsafePointer<nghttp2_nv>?, Int) -> R) -> R {
        text.withUnsafeBufferPointer { text in
            // nghttp2 takes mutable pointers and only reads.
            guard let base = UnsafeMutablePointer(mutating: text.baseAddress) else {
                return body(nil, 0)
            }
            let list = fields.map { field in
                nghttp2_nv(
                    name: base + field.name.lowerBound, value: base + field.value.lowerBound,
                    namelen: field.name.count, valuelen: field.value.count,
                    flags: UInt8(NGHTTP2_NV_FLAG_NONE.rawValue))
            }
            return list.withUnsafeBufferPointer { body($0.baseAddress, $0.count) }
        }
    }
}

/// Headers that are the same in every call: made once, and not copied by nghttp2.
struct StaticHeaders: @unchecked Sendable {
    // Proof of Sendable: written in `init`, only read afterwards, and never freed.
    let fields: UnsafePointer<nghttp2_nv>
    let count: Int

    init(_ headers: [(StaticString, StaticString)]) {
        let list = UnsafeMutablePointer<nghttp2_nv>.allocate(capacity: headers.count)
        for (index, (name, value)) in headers.enumerated() {
            let flags =
                NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue | NGHTTP2_NV_FLAG_NO_COPY_VALUE.rawValue
            (list + index).initialize(
                to: nghttp2_nv(
                    name: UnsafeMutablePointer(mutating: name.utf8Start),
                    value: UnsafeMutablePointer(mutating: value.utf8Start),
                    namelen: name.utf8CodeUnitCount, valuelen: value.utf8CodeUnitCount,
                    flags: UInt8(flags)))
        }
        fields = UnsafePointer(list)
        count = headers.count
    }

    /// The head of every answer without metadata of its own.
    static let answer = StaticHeaders([
        (":status", "200"), ("content-type", "application/grpc"),
    ])

    /// The trailers of every call that went well.
    static let ok = StaticHeaders([("grpc-status", "0")])
}
