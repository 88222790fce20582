import CNghttp2
import NIOCore

/// What the headers of a request say, read byte by byte without making text of them.
struct RequestHead {
    private struct Seen: OptionSet {
        let rawValue: UInt8
        static let post = Seen(rawValue: 1)
        static let contentType = Seen(rawValue: 2)
        static let trailers = Seen(rawValue: 4)
        static let badTimeout = Seen(rawValue: 8)
        static let unknownEncoding = Seen(rawValue: 16)
        static let tooLarge = Seen(rawValue: 32)
        static let gzipAccepted = Seen(rawValue: 64)
    }

    /// An answer that needs no handler.
    struct Refusal: Error {
        let httpStatus: Int
        let status: RPCStatus

        init(_ code: RPCStatus.Code, _ message: String, httpStatus: Int = 200) {
            self.httpStatus = httpStatus
            status = RPCStatus(code, message)
        }
    }

    private(set) var route: Route?
    private(set) var timeoutNanoseconds: Int64?
    private(set) var encoding = MessageEncoding.identity
    private var seen = Seen()
    private var listBytes = 0

    var acceptsGzip: Bool { seen.contains(.gzipAccepted) }

    /// Takes a header; false means that the sender goes too far to be answered.
    mutating func add(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, shared: ServerShared,
        metadata: inout MetadataCollector
    ) -> Bool {
        let limit = shared.headerListBytesMax
        listBytes += name.count + value.count + 32
        guard listBytes <= limit else {
            seen.insert(.tooLarge)
            return listBytes <= limit * Limits.headerListAbuseFactor
        }
        switch name.count {
        case 2 where name.equals("te"):
            if value.equals("trailers") { seen.insert(.trailers) }
        case 5 where name.equals(":path"):
            route = shared.routes.find(value)
        case 7 where name.equals(":method"):
            if value.equals("POST") { seen.insert(.post) }
        case 7 where name.equals(":scheme"), 10 where name.equals(":authority"):
            break
        case 12 where name.equals("content-type"):
            if Self.isGRPC(value) { seen.insert(.contentType) }
        case 12 where name.equals("grpc-timeout"):
            timeoutNanoseconds = GRPCTimeout.parse(value)
            if timeoutNanoseconds == nil { seen.insert(.badTimeout) }
        case 13 where name.equals("grpc-encoding"):
            takeEncoding(value)
        case 20 where name.equals("grpc-accept-encoding"):
            if value.hasToken("gzip") { seen.insert(.gzipAccepted) }
        default:
            metadata.add(name, value)
        }
        return true
    }

    private mutating func takeEncoding(_ value: UnsafeRawBufferPointer) {
        if value.equals("gzip") {
            encoding = .gzip
        } else if !value.equals("identity") {
            seen.insert(.unknownEncoding)
        }
    }

    /// "application/grpc", alone or followed by "+proto" or parameters.
    private static func isGRPC(_ value: UnsafeRawBufferPointer) -> Bool {
        let wanted: StaticString = "application/grpc"
        let length = wanted.utf8CodeUnitCount
        guard value.count >= length,
            UnsafeRawBufferPointer(rebasing: value.prefix(length)).equals(wanted)
        else { return false }
        guard value.count > length else { return true }
        return value[length] == UInt8(ascii: "+") || value[length] == UInt8(ascii: ";")
    }

    /// The route to take, or why there is none.
    func check() throws(Refusal) -> Route {
        if seen.contains(.tooLarge) {
            throw Refusal(
                .resourceExhausted, "The request has too much metadata.", httpStatus: 431)
        }
        guard seen.contains(.post) else {
            throw Refusal(
                .internal, "A gRPC request must use the method POST.", httpStatus: 405)
        }
        guard seen.contains(.contentType) else {
            throw Refusal(
                .invalidArgument, "The content-type must be application/grpc or one of its kind.",
                httpStatus: 415)
        }
        guard seen.contains(.trailers) else {
            throw Refusal(
                .internal,
                "The header te: trailers is missing; a proxy may drop it and trailers as well.",
                httpStatus: 400)
        }
        if seen.contains(.badTimeout) {
            throw Refusal(.internal, "The grpc-timeout must be one to eight digits and a unit.")
        }
        guard let route else {
            throw Refusal(.unimplemented, "This server has no such method.")
        }
        if seen.contains(.unknownEncoding) {
            throw Refusal(.unimplemented, "The grpc-encoding must be identity or gzip.")
        }
        return route
    }
}

extension UnsafeRawBufferPointer {
    /// Whether the bytes are those of the text.
    @inline(__always)
    func equals(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        for index in 0..<count where self[index] != text.utf8Start[index] { return false }
        return true
    }

    /// Whether the bytes are those of the array, compared eight at a time.
    @inline(__always)
    func equals(_ other: [UInt8]) -> Bool {
        guard count == other.count else { return false }
        return other.withUnsafeBytes { other in
            var index = 0
            while index + 8 <= count {
                let mine = loadUnaligned(fromByteOffset: index, as: UInt64.self)
                let theirs = other.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                if mine != theirs { return false }
                index += 8
            }
            while index < count {
                if self[index] != other[index] { return false }
                index += 1
            }
            return true
        }
    }

    /// Whether a list separated by commas holds the word.
    func hasToken(_ word: StaticString) -> Bool {
        split(separator: UInt8(ascii: ",")).contains { part in
            var token = part.drop { $0 == UInt8(ascii: " ") }
            while token.last == UInt8(ascii: " ") { token.removeLast() }
            return UnsafeRawBufferPointer(rebasing: token).equals(word)
        }
    }
}
