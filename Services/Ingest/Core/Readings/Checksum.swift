/// CRC-32C: what tells stored bytes from damaged ones.
///
/// The polynomial of Castagnoli, as file systems use it: each error of up to five bits in a chunk
/// of ours is found, and of others all but one in four thousand million. Eight bytes a step, from
/// tables: nothing to install, and fast enough beside the packing.
package struct Checksum {
    private var state: UInt32 = 0xFFFF_FFFF

    package init() {}

    package var value: UInt32 { state ^ 0xFFFF_FFFF }

    package static func of(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        var sum = Checksum()
        sum.take(bytes)
        return sum.value
    }

    /// The eight bytes of a number, little-endian.
    package mutating func take(_ number: UInt64) {
        withUnsafeBytes(of: number.littleEndian) { take($0) }
    }

    package mutating func take(_ bytes: UnsafeRawBufferPointer) {
        state = tables.withUnsafeBufferPointer { table in
            var state = state
            var offset = 0
            while offset + 8 <= bytes.count {
                let word = UInt64(
                    littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                let mixed = word ^ UInt64(state)
                state = 0
                for index in 0..<8 {
                    let byte = Int(truncatingIfNeeded: mixed &>> UInt64(index * 8)) & 0xFF
                    state ^= table[(7 - index) * 256 + byte]
                }
                offset += 8
            }
            while offset < bytes.count {
                let index = Int((state ^ UInt32(bytes[offset])) & 0xFF)
                state = table[index] ^ (state &>> 8)
                offset += 1
            }
            return state
        }
    }
}

/// Table `k` at `k * 256`: what a byte does to the sum with `k` bytes behind it.
private let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
        var sum = UInt32(byte)
        for _ in 0..<8 { sum = (sum & 1 == 1) ? (sum >> 1) ^ 0x82F6_3B78 : sum >> 1 }
        tables[byte] = sum
    }
    for index in 256..<tables.count {
        let before = tables[index - 256]
        tables[index] = tables[Int(before & 0xFF)] ^ (before >> 8)
    }
    return tables
}()
