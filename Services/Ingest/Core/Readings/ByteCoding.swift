/// Writes numbers as bytes: the small ones that readings are made of take one or two.
package struct ByteWriter {
    package private(set) var bytes: [UInt8] = []

    package init(capacity: Int) { bytes.reserveCapacity(capacity) }

    package mutating func byte(_ byte: UInt8) { bytes.append(byte) }

    /// Seven bits a byte, the lowest first; the top bit says that more follow.
    package mutating func number(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// A number of either sign: 0, -1, 1, -2 … are written as 0, 1, 2, 3 …
    package mutating func signed(_ number: Int64) {
        self.number(UInt64(bitPattern: (number << 1) ^ (number >> 63)))
    }

    /// Eight bytes, little-endian.
    package mutating func word(_ word: UInt64) {
        withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// Four bytes, little-endian.
    package mutating func half(_ half: UInt32) {
        withUnsafeBytes(of: half.littleEndian) { bytes.append(contentsOf: $0) }
    }

    package mutating func text(_ text: String) {
        number(UInt64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    package mutating func append(_ more: [UInt8]) { bytes.append(contentsOf: more) }

    /// Equal neighbours as one run: length, quality.
    package mutating func qualities(_ qualities: [UInt8]) {
        var index = 0
        while index < qualities.count {
            let quality = qualities[index]
            var end = index + 1
            while end < qualities.count, qualities[end] == quality { end += 1 }
            number(UInt64(end - index))
            byte(quality)
            index = end
        }
    }

    /// Each value in `width` bits, the lowest bit first, without space between them; none may
    /// need more bits. The last byte is filled up with zeros.
    mutating func packed(_ values: UnsafeMutableBufferPointer<UInt64>, width: Int) {
        if width == 0 { return }
        let size = (values.count * width + 7) / 8
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: values.count + 1) { words in
            var word: UInt64 = 0
            var filled = 0
            var next = 0
            for value in values {
                word |= value &<< UInt64(filled)
                filled += width
                if filled < 64 { continue }
                words[next] = word.littleEndian
                next += 1
                filled -= 64
                word = filled == 0 ? 0 : value &>> UInt64(width - filled)
            }
            words[next] = word.littleEndian
            bytes.append(contentsOf: UnsafeRawBufferPointer(words).prefix(size))
        }
    }

    /// Puts the checksum of `key` and of all bytes but its own four into the four at `offset`.
    package mutating func seal(at offset: Int, key: UInt64) {
        let sum = bytes.withUnsafeBytes { checksum(of: $0, at: offset, key: key) }
        withUnsafeBytes(of: sum.littleEndian) { sum in
            for index in 0..<4 { bytes[offset + index] = sum[index] }
        }
    }
}

/// Reads what `ByteWriter` wrote; bytes that it cannot have written are a failure, never a crash.
package struct ByteReader {
    package struct Malformed: Error {}

    private let bytes: UnsafeRawBufferPointer
    private var offset = 0

    package init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    package var isAtEnd: Bool { offset == bytes.count }

    package var leftCount: Int { bytes.count - offset }

    package mutating func byte() throws(Malformed) -> UInt8 {
        guard offset < bytes.count else { throw Malformed() }
        defer { offset += 1 }
        return bytes[offset]
    }

    package mutating func number() throws(Malformed) -> UInt64 {
        var result: UInt64 = 0
        var shift: UInt64 = 0
        while shift < 64 {
            let next = try byte()
            result |= UInt64(next & 0x7F) << shift
            if next < 0x80 { return result }
            shift += 7
        }
        throw Malformed()
    }

    /// A number of things of which each takes at least one byte of what is left.
    package mutating func count() throws(Malformed) -> Int {
        let count = try number()
        guard count <= UInt64(leftCount) else { throw Malformed() }
        return Int(count)
    }

    package mutating func signed() throws(Malformed) -> Int64 {
        let number = try number()
        return Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
    }

    package mutating func word() throws(Malformed) -> UInt64 {
        guard leftCount >= 8 else { throw Malformed() }
        defer { offset += 8 }
        return UInt64(
            littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    package mutating func half() throws(Malformed) -> UInt32 {
        guard leftCount >= 4 else { throw Malformed() }
        defer { offset += 4 }
        return UInt32(
            littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    package mutating func text() throws(Malformed) -> String {
        let count = try count()
        defer { offset += count }
        return String(decoding: bytes[offset..<offset + count], as: UTF8.self)
    }

    package mutating func qualities(_ count: Int) throws(Malformed) -> [UInt8] {
        var qualities: [UInt8] = []
        while qualities.count < count {
            let run = try number()
            let quality = try byte()
            guard run > 0, run <= UInt64(count - qualities.count) else { throw Malformed() }
            qualities.append(contentsOf: repeatElement(quality, count: Int(run)))
        }
        return qualities
    }

    /// As many values as `out` has room for, of `width` bits each.
    mutating func packed(
        into out: UnsafeMutableBufferPointer<UInt64>, width: Int
    ) throws(Malformed) {
        let size = (out.count * width + 7) / 8
        guard width <= 64, size <= leftCount else { throw Malformed() }
        defer { offset += size }
        if width == 0 {
            out.update(repeating: 0)
            return
        }
        let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
        if rest.count >= size + 16 {
            unpack(rest, width: width, into: out)
            return
        }
        // The end of the bytes: what is read in words of eight may not go beyond it.
        withUnsafeTemporaryAllocation(byteCount: size + 16, alignment: 8) { space in
            _ = space.initializeMemory(as: UInt8.self, repeating: 0)
            space.copyMemory(from: UnsafeRawBufferPointer(rebasing: rest[..<size]))
            unpack(UnsafeRawBufferPointer(space), width: width, into: out)
        }
    }
}

private func unpack(
    _ bytes: UnsafeRawBufferPointer, width: Int, into out: UnsafeMutableBufferPointer<UInt64>
) {
    let mask: UInt64 = width == 64 ? .max : (1 << UInt64(width)) - 1
    var bit = 0
    for index in out.indices {
        let at = bit >> 3
        let shift = bit & 7
        let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
        var value = word &>> UInt64(shift)
        if shift + width > 64 { value |= UInt64(bytes[at + 8]) &<< UInt64(64 - shift) }
        out[index] = value & mask
        bit += width
    }
}

/// The checksum of `key` and of all bytes but the four at `offset`, where it is kept.
func checksum(of bytes: UnsafeRawBufferPointer, at offset: Int, key: UInt64) -> UInt32 {
    var sum = Checksum()
    sum.take(key)
    sum.take(UnsafeRawBufferPointer(rebasing: bytes[..<offset]))
    sum.take(UnsafeRawBufferPointer(rebasing: bytes[(offset + 4)...]))
    return sum.value
}
