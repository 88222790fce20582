import NIOCore

/// How the messages of one direction of a call are compressed, as `grpc-encoding` says.
enum MessageEncoding: Sendable, Equatable {
    case identity
    case gzip
}

/// Decodes framed messages, one after another.
///
/// It belongs to one reader; it is the only place where bytes of a peer become values.
struct MessageDecoder: Sendable {
    var encoding: MessageEncoding
    let limit: Int
    /// Framed messages, all complete.
    var batch = ByteBuffer()
    /// Whether the message decoded last came compressed.
    private(set) var wasCompressed = false
    private var decompressor: GzipDecompressor?

    init(encoding: MessageEncoding, limit: Int) {
        self.encoding = encoding
        self.limit = limit
    }

    /// Decodes the next message of the batch; nil when there is none.
    mutating func next<M: RPCMessage>(_ type: M.Type) throws(RPCStatus) -> M? {
        guard let flag = batch.readInteger(as: UInt8.self),
            let length = batch.readInteger(as: UInt32.self)
        else { return nil }
        let message = try Result<M, RPCStatus> { () throws(RPCStatus) in
            try batch.withUnsafeReadableBytes { (bytes) -> Result<M, RPCStatus> in
                let message = UnsafeRawBufferPointer(rebasing: bytes.prefix(Int(length)))
                return Result { () throws(RPCStatus) in
                    try decode(message, isCompressed: flag == 1)
                }
            }.get()
        }.get()
        batch.moveReaderIndex(forwardBy: Int(length))
        return message
    }

    /// Decodes one message from its bytes, which are used only during the call.
    mutating func decode<M: RPCMessage>(
        _ bytes: UnsafeRawBufferPointer, isCompressed: Bool
    ) throws(RPCStatus) -> M {
        wasCompressed = isCompressed
        guard isCompressed else { return try Self.parse(bytes) }
        guard encoding == .gzip else {
            throw RPCStatus(
                .internal, "A message is marked as compressed, but grpc-encoding names no codec.")
        }
        let plain = try decompress(bytes)
        return try Result<M, RPCStatus> { () throws(RPCStatus) in
            try plain.withUnsafeReadableBytes { (bytes) -> Result<M, RPCStatus> in
                Result { () throws(RPCStatus) in try Self.parse(bytes) }
            }.get()
        }.get()
    }

    private mutating func decompress(
        _ bytes: UnsafeRawBufferPointer
    ) throws(RPCStatus) -> ByteBuffer {
        guard let decompressor = decompressor ?? GzipDecompressor() else {
            throw RPCStatus(.resourceExhausted, "There is no memory to decompress a message.")
        }
        self.decompressor = decompressor
        var plain = ByteBuffer()
        do throws(GzipDecompressor.Failure) {
            try decompressor.decompress(bytes, limit: limit, into: &plain)
            return plain
        } catch {
            switch error {
            case .malformed:
                throw RPCStatus(.internal, "A compressed message is not valid gzip.")
            case .tooLarge:
                throw RPCStatus(
                    .resourceExhausted,
                    "A message is larger than the limit of \(limit) bytes when decompressed.")
            }
        }
    }

    static func parse<M: RPCMessage>(
        _ bytes: UnsafeRawBufferPointer
    ) throws(RPCStatus) -> M {
        do throws(MessageDecodingError) {
            return try M(serialized: bytes)
        } catch {
            switch error.reason {
            case .tooMuchMemory: throw RPCStatus(.resourceExhausted, error.description)
            case .malformed, .wireType, .notUTF8, .embeddedNUL, .tooDeep, .submessageRepeated:
                throw RPCStatus(.internal, error.description)
            }
        }
    }
}
