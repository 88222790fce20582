import NIOCore

/// What the headers or trailers of a response say.
struct ResponseHead {
    private(set) var httpStatus: Int?
    private(set) var isGRPC = false
    private(set) var encoding: MessageEncoding? = .identity
    private(set) var isTooLarge = false
    private var code: Int?
    private var message: [UInt8] = []
    private var details: [UInt8]?
    private var listBytes = 0

    var isInformational: Bool { httpStatus.map { (100..<200).contains($0) } ?? false }

    /// Takes a header; false means that the server goes too far.
    mutating func add(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer,
        metadata: inout MetadataCollector, limit: Int
    ) -> Bool {
        listBytes += name.count + value.count + 32
        guard listBytes <= limit else {
            isTooLarge = true
            return listBytes <= limit * Limits.headerListAbuseFactor
        }
        switch name.count {
        case 7 where name.equals(":status"):
            httpStatus = Self.number(value)
        case 12 where name.equals("content-type"):
            isGRPC = value.starts(with: "application/grpc".utf8)
        case 13 where name.equals("grpc-encoding"):
            encoding = value.equals("gzip") ? .gzip : value.equals("identity") ? .identity : nil
        case 11 where name.equals("grpc-status"):
            code = Self.number(value)
        case 12 where name.equals("grpc-message"):
            message = Array(value)
        case 23 where name.equals("grpc-status-details-bin"):
            details = Base64.decode(value)
        case 20 where name.equals("grpc-accept-encoding"):
            break
        default:
            metadata.add(name, value)
        }
        return true
    }

    private static func number(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard (1...9).contains(bytes.count) else { return nil }
        var number = 0
        for byte in bytes {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            number = number * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return number
    }

    /// The status in the trailers; nil when there is none.
    var status: RPCStatus? {
        guard let code else { return nil }
        let known = RPCStatus.Code(rawValue: code) ?? .unknown
        if known == .ok { return .ok }
        return RPCStatus(
            known, PercentEncoding.decode(message), details: details.map(StatusDetails.decode) ?? []
        )
    }

    /// What is wrong with headers that should begin a response.
    var problem: RPCStatus? {
        if isTooLarge {
            return RPCStatus(.resourceExhausted, "The response has too much metadata.")
        }
        guard let httpStatus, httpStatus == 200 else {
            let number = httpStatus ?? 0
            return RPCStatus(
                StatusMapping.code(httpStatus: number),
                "The server answered with HTTP status \(number) instead of gRPC.")
        }
        if !isGRPC {
            return RPCStatus(.unknown, "The server's content-type is not that of gRPC.")
        }
        if encoding == nil {
            return RPCStatus(.internal, "The server compresses in a way that was not offered.")
        }
        return nil
    }
}
