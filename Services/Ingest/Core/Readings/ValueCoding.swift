/// Measured values, bit for bit, in blocks of 64 (the last may be shorter).
///
/// Each block begins with a byte: its kind in the two low bits, an exponent above them.
/// - Kind 0, *raw*: the eight bytes of each value.
/// - Kind 1, *decimal*: each value is a whole number divided by ten to the exponent. The least
///   whole number as its distance to that of the decimal block before (0 before the first), signed;
///   the width in bits; what each is above the least, packed.
/// - Kind 2, *short decimal*: the same, and the quotient was rounded to 32 bits, as devices do that
///   measure in floats.
/// - Kind 3, *short*: the four bytes of each value as a float.
///
/// What is no number, infinite, or a zero below zero is raw.
enum ValueCoding {
    enum Kind: UInt8 {
        case raw, decimal, shortDecimal, short
    }

    static let exponentMax = 12
    /// Beyond it doubles are not whole and one apart.
    private static let wholeMax = 2_251_799_813_685_248.0
    private static let powers: [Double] = (0...exponentMax).map { exponent in
        (0..<exponent).reduce(1.0) { power, _ in power * 10 }
    }

    static func encode(_ values: [Double], into writer: inout ByteWriter) {
        values.withUnsafeBufferPointer { values in
            withUnsafeTemporaryAllocation(of: UInt64.self, capacity: LineCoding.blockCount) {
                var before: Int64 = 0
                for start in stride(from: 0, to: values.count, by: LineCoding.blockCount) {
                    let end = min(start + LineCoding.blockCount, values.count)
                    let block = UnsafeBufferPointer(rebasing: values[start..<end])
                    let space = UnsafeMutableBufferPointer(rebasing: $0[..<block.count])
                    encode(block, in: space, after: &before, into: &writer)
                }
            }
        }
    }

    private static func encode(
        _ block: UnsafeBufferPointer<Double>, in space: UnsafeMutableBufferPointer<UInt64>,
        after before: inout Int64, into writer: inout ByteWriter
    ) {
        for kind in [Kind.decimal, .shortDecimal] {
            guard let exponent = exponent(of: block, kind, in: space) else { continue }
            writer.byte(kind.rawValue | UInt8(exponent) << 2)
            var (least, most) = (Int64.max, Int64.min)
            for word in space {
                let whole = Int64(bitPattern: word)
                least = min(least, whole)
                most = max(most, whole)
            }
            writer.signed(least &- before)
            before = least
            writer.block(space, least, most)
            return
        }
        if block.allSatisfy({ Double(Float($0)).bitPattern == $0.bitPattern }) {
            writer.byte(Kind.short.rawValue)
            for value in block { writer.half(Float(value).bitPattern) }
        } else {
            writer.byte(Kind.raw.rawValue)
            for value in block { writer.word(value.bitPattern) }
        }
    }

    /// The exponent with which every value is a whole number, and these numbers in `space`.
    private static func exponent(
        of block: UnsafeBufferPointer<Double>, _ kind: Kind,
        in space: UnsafeMutableBufferPointer<UInt64>
    ) -> Int? {
        var exponent = 0
        var index = 0
        while index < block.count {
            if let whole = whole(block[index], powers[exponent], kind) {
                space[index] = UInt64(bitPattern: whole)
                index += 1
                continue
            }
            // Another exponent, and all of them once more.
            exponent += 1
            index = 0
            if exponent > exponentMax { return nil }
        }
        return exponent
    }

    @inline(__always)
    private static func whole(_ value: Double, _ power: Double, _ kind: Kind) -> Int64? {
        let scaled = value * power
        guard scaled.magnitude < wholeMax else { return nil }
        let whole = Int64(scaled + (scaled < 0 ? -0.5 : 0.5))
        guard self.value(whole, power, kind).bitPattern == value.bitPattern else { return nil }
        return whole
    }

    @inline(__always)
    private static func value(_ whole: Int64, _ power: Double, _ kind: Kind) -> Double {
        let quotient = Double(whole) / power
        return kind == .decimal ? quotient : Double(Float(quotient))
    }

    static func decode(
        _ count: Int, from reader: inout ByteReader
    ) throws(ByteReader.Malformed) -> [Double] {
        guard count <= reader.leftCount * 32 else { throw ByteReader.Malformed() }
        var values: [Double] = []
        values.reserveCapacity(count)
        var least: Int64 = 0
        let space = Space()
        defer { space.buffer.deallocate() }
        while values.count < count {
            let mark = try reader.byte()
            let exponent = Int(mark >> 2)
            guard let kind = Kind(rawValue: mark & 3), exponent <= exponentMax else {
                throw ByteReader.Malformed()
            }
            let blockCount = min(LineCoding.blockCount, count - values.count)
            switch kind {
            case .raw:
                for _ in 0..<blockCount { values.append(Double(bitPattern: try reader.word())) }
            case .short:
                for _ in 0..<blockCount {
                    values.append(Double(Float(bitPattern: try reader.half())))
                }
            case .decimal, .shortDecimal:
                least &+= try reader.signed()
                let width = Int(try reader.byte())
                let block = space.first(blockCount)
                try reader.packed(into: block, width: width)
                let power = powers[exponent]
                for offset in block {
                    values.append(value(least &+ Int64(bitPattern: offset), power, kind))
                }
            }
        }
        return values
    }
}
