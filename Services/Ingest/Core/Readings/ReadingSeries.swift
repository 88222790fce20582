import Domain

/// Readings of one point as columns of equal length.
package struct ReadingSeries: Sendable, Equatable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    package var measuredAt: [Int64]
    /// Milliseconds since 1970-01-01T00:00:00Z; empty if nobody asked for it.
    package var receivedAt: [Int64]
    package var value: [Double]
    /// Quality by its number on the wire; empty: all are good.
    package var quality: [UInt8]

    package init(
        measuredAt: [Int64] = [], receivedAt: [Int64] = [], value: [Double] = [],
        quality: [UInt8] = []
    ) {
        (self.measuredAt, self.receivedAt) = (measuredAt, receivedAt)
        (self.value, self.quality) = (value, quality)
    }

    package var count: Int { measuredAt.count }

    package func quality(at index: Int) -> UInt8 { quality.isEmpty ? 0 : quality[index] }

    package func reading(at index: Int) -> Reading {
        Reading(
            measuredAt: Instant(unixMilliseconds: measuredAt[index]),
            receivedAt: Instant(unixMilliseconds: receivedAt[index]), value: value[index],
            quality: quality(at: index))
    }

    package mutating func append(_ reading: Reading) {
        if reading.quality != 0, quality.isEmpty {
            quality = [UInt8](repeating: 0, count: count)
        }
        if reading.quality != 0 || !quality.isEmpty { quality.append(reading.quality) }
        measuredAt.append(reading.measuredAt.unixMilliseconds)
        receivedAt.append(reading.receivedAt.unixMilliseconds)
        value.append(reading.value)
    }

    package mutating func append(_ other: ReadingSeries) {
        if !quality.isEmpty || !other.quality.isEmpty {
            quality += [UInt8](repeating: 0, count: count - quality.count)
            quality += other.quality
            quality += [UInt8](repeating: 0, count: count + other.count - quality.count)
        }
        measuredAt += other.measuredAt
        receivedAt += other.receivedAt
        value += other.value
    }

    /// Some of the readings, in order.
    package func slice(_ range: Range<Int>) -> ReadingSeries {
        ReadingSeries(
            measuredAt: Array(measuredAt[range]),
            receivedAt: receivedAt.isEmpty ? [] : Array(receivedAt[range]),
            value: Array(value[range]), quality: quality.isEmpty ? [] : Array(quality[range]))
    }

    /// Oldest first; what was measured at the same time stays in the order that it has.
    package var inOrderOfMeasuring: ReadingSeries {
        let isInOrder = measuredAt.withUnsafeBufferPointer { times in
            times.indices.dropFirst().allSatisfy { times[$0 - 1] <= times[$0] }
        }
        if isInOrder { return self }
        let order = measuredAt.indices.sorted {
            (measuredAt[$0], $0) < (measuredAt[$1], $1)
        }
        return ReadingSeries(
            measuredAt: order.map { measuredAt[$0] },
            receivedAt: receivedAt.isEmpty ? [] : order.map { receivedAt[$0] },
            value: order.map { value[$0] },
            quality: quality.isEmpty ? [] : order.map { quality[$0] })
    }
}
