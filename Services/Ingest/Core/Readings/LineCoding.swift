/// Whole numbers that lie near a straight line, such as times of a regular measurement.
///
/// The first number and the step, signed; then in blocks of 64 (the last may be shorter) how far
/// each number is from `first + index * step`: the least of the block as its distance to the least
/// of the block before (0 before the first), signed; the width in bits; and what each is above the
/// least, packed in that width. Reckoned modulo 2^64, so that nothing is too large. No numbers take
/// no bytes.
enum LineCoding {
    static let blockCount = 64

    static func encode<Number: FixedWidthInteger>(
        _ numbers: [Number], into writer: inout ByteWriter
    ) {
        guard !numbers.isEmpty else { return }
        numbers.withUnsafeBufferPointer { numbers in
            let first = Int64(truncatingIfNeeded: numbers[0])
            let step = step(of: numbers)
            writer.signed(first)
            writer.signed(step)
            withUnsafeTemporaryAllocation(of: UInt64.self, capacity: blockCount) { space in
                var line = first
                var before: Int64 = 0
                for start in stride(from: 0, to: numbers.count, by: blockCount) {
                    let count = min(blockCount, numbers.count - start)
                    var (least, most) = (Int64.max, Int64.min)
                    for index in 0..<count {
                        let residual = Int64(truncatingIfNeeded: numbers[start + index]) &- line
                        line &+= step
                        space[index] = UInt64(bitPattern: residual)
                        least = min(least, residual)
                        most = max(most, residual)
                    }
                    writer.signed(least &- before)
                    before = least
                    writer.block(
                        UnsafeMutableBufferPointer(rebasing: space[..<count]), least, most)
                }
            }
        }
    }

    static func decode<Number: FixedWidthInteger>(
        _ count: Int, from reader: inout ByteReader, as type: Number.Type = Number.self
    ) throws(ByteReader.Malformed) -> [Number] {
        // A block of 64 takes two bytes at least.
        guard count > 0 else { return [] }
        guard count <= reader.leftCount * 32 else { throw ByteReader.Malformed() }
        var line = try reader.signed()
        let step = try reader.signed()
        var least: Int64 = 0
        var numbers: [Number] = []
        numbers.reserveCapacity(count)
        let space = Space()
        defer { space.buffer.deallocate() }
        while numbers.count < count {
            least &+= try reader.signed()
            let width = Int(try reader.byte())
            let block = space.first(min(blockCount, count - numbers.count))
            try reader.packed(into: block, width: width)
            for offset in block {
                let number = line &+ least &+ Int64(bitPattern: offset)
                guard let exact = Number(exactly: number) else { throw ByteReader.Malformed() }
                numbers.append(exact)
                line &+= step
            }
        }
        return numbers
    }

    /// What most neighbours are apart. Gaps and jumps do not count: with them the line would be
    /// far from everything.
    private static func step<Number: FixedWidthInteger>(
        of numbers: UnsafeBufferPointer<Number>
    ) -> Int64 {
        guard numbers.count > 1 else { return 0 }
        func difference(_ index: Int) -> Int64 {
            Int64(truncatingIfNeeded: numbers[index + 1])
                &- Int64(truncatingIfNeeded: numbers[index])
        }
        let last = numbers.count - 2
        let typical = (0...8).map { difference(last * $0 / 8) }.sorted()[4]
        let ends = (typical / 2, typical &+ typical / 2)
        let usual = min(ends.0, ends.1)...max(ends.0, ends.1)
        var (sum, count): (Int64, Int64) = (0, 0)
        for index in 0...last {
            let difference = difference(index)
            if usual.contains(difference) {
                sum &+= difference
                count += 1
            }
        }
        // To the nearest: half a millisecond off is 32 at the end of a block.
        guard count > 0 else { return 0 }
        let half = sum < 0 ? -(count / 2) : count / 2
        return (sum &+ half) / count
    }
}

/// Room for the numbers of a block.
struct Space {
    let buffer = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: LineCoding.blockCount)

    func first(_ count: Int) -> UnsafeMutableBufferPointer<UInt64> {
        UnsafeMutableBufferPointer(rebasing: buffer[..<count])
    }
}

extension ByteWriter {
    /// The width that the block needs, and what each number is above the least, packed.
    mutating func block(
        _ numbers: UnsafeMutableBufferPointer<UInt64>, _ least: Int64, _ most: Int64
    ) {
        let width = 64 - UInt64(bitPattern: most &- least).leadingZeroBitCount
        byte(UInt8(width))
        for index in numbers.indices { numbers[index] &-= UInt64(bitPattern: least) }
        packed(numbers, width: width)
    }
}
