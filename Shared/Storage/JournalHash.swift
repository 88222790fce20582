import Crypto
package import Domain

/// The chain rule of the journal; docs/JOURNAL.md states it for others.
package enum JournalHash {
    /// What stands before the first entry.
    package static let zero = [UInt8](repeating: 0, count: 32)

    /// True if these bytes can be a hash of the chain.
    static func isHash(_ bytes: [UInt8]) -> Bool { bytes.count == zero.count }

    /// SHA-256 over `layout`.
    package static func hash(
        previous: [UInt8], seq: UInt64, at: Instant, draft: JournalDraft
    ) -> [UInt8] {
        [UInt8](SHA256.hash(data: layout(previous: previous, seq: seq, at: at, draft: draft)))
    }

    /// The bytes that are hashed: fixed fields big-endian, then each text and the body with its
    /// length in four bytes before it, so that no two entries share a layout.
    package static func layout(
        previous: [UInt8], seq: UInt64, at: Instant, draft: JournalDraft
    ) -> [UInt8] {
        precondition(isHash(previous), "A hash in the chain has 32 bytes.")
        var bytes: [UInt8] = previous
        bytes.reserveCapacity(128 + draft.body.count)
        append(seq, to: &bytes)
        append(UInt64(bitPattern: at.unixMilliseconds), to: &bytes)
        append(Array(draft.kind.utf8), to: &bytes)
        append(Array(draft.subject.utf8), to: &bytes)
        append(Array(draft.node.text.utf8), to: &bytes)
        append(draft.body, to: &bytes)
        return bytes
    }

    private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }

    private static func append(_ field: [UInt8], to bytes: inout [UInt8]) {
        withUnsafeBytes(of: UInt32(field.count).bigEndian) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: field)
    }

    /// Lower-case hexadecimal.
    package static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The 32 bytes of a hash written in hexadecimal; nil if `text` is not one.
    package static func bytes(hexadecimal text: some StringProtocol) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count == 64 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: 64, by: 2) {
            guard let high = value(digits[index]), let low = value(digits[index + 1]) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
