import Domain

/// The number that stands for each point in segments and chunks; given once, and for ever.
struct PointNumbers {
    private(set) var ids: [PointID] = []
    private var numbers: [PointID: UInt32] = [:]
    /// Given, and not on disk yet.
    private var pending: [UInt32] = []
    /// By the address of the ids.
    private var recent: [UInt: Table] = [:]
    private var recentCount = 0

    /// A table of a stream comes with each of its batches; its points are looked up once.
    private struct Table {
        /// Held, so that nothing else can have the address.
        var ids: [PointID]
        var numbers: [UInt32]
    }

    /// Points in tables that are remembered: some 10 MB.
    private static let recentMax = 500_000

    func number(of point: PointID) -> UInt32? { numbers[point] }

    func id(_ number: UInt32) -> PointID? {
        Int(number) < ids.count ? ids[Int(number)] : nil
    }

    /// The numbers of points in their order; new points get theirs.
    mutating func numbers(of points: [PointID]) -> [UInt32] {
        let address = points.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
        if let table = recent[address], table.ids.count == points.count {
            return table.numbers
        }
        let found = points.map { number(for: $0) }
        if recentCount + points.count > Self.recentMax {
            recent = [:]
            recentCount = 0
        }
        if !points.isEmpty, points.count <= Self.recentMax {
            recentCount += points.count - (recent[address]?.ids.count ?? 0)
            recent[address] = Table(ids: points, numbers: found)
        }
        return found
    }

    private mutating func number(for point: PointID) -> UInt32 {
        if let number = numbers[point] { return number }
        let number = UInt32(ids.count)
        ids.append(point)
        numbers[point] = number
        pending.append(number)
        return number
    }

    /// Takes over a number that is on disk; false if it cannot be.
    mutating func restore(_ number: Int64, _ point: PointID) -> Bool {
        if number < ids.count { return number >= 0 && ids[Int(number)] == point }
        guard number == ids.count, numbers[point] == nil else { return false }
        numbers[point] = UInt32(number)
        ids.append(point)
        return true
    }

    /// What has to go to the disk with the next commit; given back if that fails.
    mutating func takePending() -> [UInt32] {
        defer { pending = [] }
        return pending
    }

    mutating func giveBack(_ numbers: [UInt32]) { pending = numbers + pending }
}
