/// Writes numbers as bytes: the small ones that readings are made of take one or two.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    mutating func byte(_ byte: UInt8) { bytes.append(byte) }

    /// Seven bits a byte, the lowest first; the top bit says that more follow.
    mutating func number(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// A number of either sign: 0, -1, 1, -2 … are written as 0, 1, 2, 3 …
    mutating func signed(_ number: Int64) {
        self.number(UInt64(bitPattern: (number << 1) ^ (number >> 63)))
    }

    /// The eight bytes of each value, little-endian.
    mutating func doubles(_ values: [Double]) {
        for value in values {
            withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
        }
    }

    mutating func text(_ text: String) {
        number(UInt64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    /// Equal neighbours as one run: length, quality. Nothing at all if every reading is good.
    mutating func qualities(_ qualities: [UInt8]) {
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
}

/// Reads what `ByteWriter` wrote; bytes that it cannot have written are a failure, never a crash.
struct ByteReader {
    struct Malformed: Error {}

    private let bytes: UnsafeRawBufferPointer
    private var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { offset == bytes.count }

    mutating func byte() throws(Malformed) -> UInt8 {
        guard offset < bytes.count else { throw Malformed() }
        defer { offset += 1 }
        return bytes[offset]
    }

    mutating func number() throws(Malformed) -> UInt64 {
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
    mutating func count() throws(Malformed) -> Int {
        let count = try number()
        guard count <= UInt64(bytes.count - offset) else { throw Malformed() }
        return Int(count)
    }

    mutating func signed() throws(Malformed) -> Int64 {
        let number = try number()
        return Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
    }

    mutating func doubles(_ count: Int) throws(Malformed) -> [Double] {
        guard count <= (bytes.count - offset) / 8 else { throw Malformed() }
        defer { offset += count * 8 }
        return (0..<count).map { index in
            let pattern = bytes.loadUnaligned(fromByteOffset: offset + index * 8, as: UInt64.self)
            return Double(bitPattern: UInt64(littleEndian: pattern))
        }
    }

    mutating func text() throws(Malformed) -> String {
        let count = try count()
        defer { offset += count }
        return String(decoding: bytes[offset..<offset + count], as: UTF8.self)
    }

    mutating func qualities(_ count: Int) throws(Malformed) -> [UInt8] {
        var qualities: [UInt8] = []
        while qualities.count < count {
            let run = try number()
            let quality = try byte()
            guard run > 0, run <= UInt64(count - qualities.count), quality <= 2 else {
                throw Malformed()
            }
            qualities.append(contentsOf: repeatElement(quality, count: Int(run)))
        }
        return qualities
    }
}
