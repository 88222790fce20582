import NIOCore

/// The five bytes before each message: a compression flag and the length, big-endian.
enum MessageFrame {
    static let prefixBytes = 5

    struct Prefix: Equatable {
        let isCompressed: Bool
        let length: Int
    }

    enum Problem: Error, Equatable {
        /// The sender says that it will send more than we take.
        case tooLarge(length: Int, limit: Int)
        /// The flag is neither 0 nor 1.
        case malformed(flag: UInt8)

        var status: RPCStatus {
            switch self {
            case .tooLarge(let length, let limit):
                RPCStatus(
                    .resourceExhausted,
                    "A message of \(length) bytes is larger than the limit of \(limit).")
            case .malformed(let flag):
                RPCStatus(.internal, "A message begins with flag \(flag); only 0 and 1 are known.")
            }
        }
    }

    /// Reads the prefix at an offset; there must be five bytes.
    @inline(__always)
    static func prefix(
        _ bytes: UnsafeRawBufferPointer, at offset: Int, limit: Int
    ) throws(Problem) -> Prefix {
        let flag = bytes[offset]
        guard flag <= 1 else { throw .malformed(flag: flag) }
        let length = Int(
            UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset + 1, as: UInt32.self)))
        guard length <= limit else { throw .tooLarge(length: length, limit: limit) }
        return Prefix(isCompressed: flag == 1, length: length)
    }
}
