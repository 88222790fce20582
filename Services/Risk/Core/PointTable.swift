import Domain

/// What judging a reading needs of its point, side by side in one array.
///
/// A limit that is absent stands at infinity, where no finite value reaches it.
struct PointSlot: Sendable {
    var lowLow: Double
    var low: Double
    var high: Double
    var highHigh: Double
    /// The latest measured time of a good reading.
    var latest: Int64
    /// True while no alarm stands.
    var isQuiet: Bool

    init(_ limits: Limits) {
        (lowLow, low, high, highHigh) = (0, 0, 0, 0)
        (latest, isQuiet) = (Int64.min, true)
        set(limits)
    }

    mutating func set(_ limits: Limits) {
        lowLow = limits.lowLow ?? -.infinity
        low = limits.low ?? -.infinity
        high = limits.high ?? .infinity
        highHigh = limits.highHigh ?? .infinity
    }

    /// True if `value` is inside all limits.
    func isInside(_ value: Double) -> Bool {
        value > low && value < high && value > lowLow && value < highHigh
    }
}

/// All points by index, and the way from an id to its index.
struct PointTable: Sendable {
    /// The number of points whose latest times are stored as one part: a batch of one gateway
    /// touches few parts, and a part is written in microseconds.
    static let chunkCount = 64

    var slots: [PointSlot] = []
    private(set) var points: [RegistryFact.Point] = []
    private var indices: [PointID: Int] = [:]
    /// By chunk: true if a latest time in it has changed since it was last handed over.
    private var isChunkChanged: [Bool] = []

    // The tables of the batches seen last, by their first point, with what they stand for.
    private var mappings: [PointID: (table: [PointID], indices: [Int])] = [:]
    private static let mappingsMax = 1_024

    func index(of point: PointID) -> Int? { indices[point] }

    /// Puts a point in its place, or changes it; a new one gets the next index.
    mutating func put(_ point: RegistryFact.Point) -> Int {
        if let index = indices[point.id] {
            points[index] = point
            slots[index].set(point.limits)
            return index
        }
        restore(point, index: points.count)
        mappings = [:]
        return points.count - 1
    }

    /// Puts a point back at its index; the indices before it may still be on their way.
    mutating func restore(_ point: RegistryFact.Point, index: Int) {
        while points.count <= index {
            points.append(point)
            slots.append(PointSlot(point.limits))
        }
        while isChunkChanged.count * Self.chunkCount < points.count { isChunkChanged.append(false) }
        points[index] = point
        slots[index].set(point.limits)
        indices[point.id] = index
    }

    /// Takes a point out; its index stays taken for good. Nil: it is not there.
    mutating func remove(_ point: PointID) -> Int? {
        guard let index = indices.removeValue(forKey: point) else { return nil }
        mappings = [:]
        return index
    }

    /// Keeps the index of a point that was removed from being given out anew: the latest times
    /// stand by index.
    mutating func reserve(_ index: Int) {
        let none = RegistryFact.Point(
            id: PointID(""), device: DeviceID(""), name: "", unit: "", limits: Limits())
        if index < points.count { return }
        restore(none, index: index)
        indices[none.id] = nil
    }

    /// The index of each point of `table`; -1 for those that are not known.
    ///
    /// Gateways send the same table over and over: it is looked up once and then compared.
    mutating func indices(of table: [PointID]) -> [Int] {
        guard let first = table.first else { return [] }
        if let known = mappings[first], known.table == table { return known.indices }
        let found = table.map { indices[$0] ?? -1 }
        if !found.contains(-1) {
            if mappings.count >= Self.mappingsMax { mappings = [:] }
            mappings[first] = (table, found)
        }
        return found
    }

    mutating func markChanged(_ index: Int) {
        isChunkChanged[index / Self.chunkCount] = true
    }

    /// The chunks that changed since the last call, each with its times.
    mutating func takeChangedChunks() -> [(chunk: Int, times: [Int64])] {
        var changed: [(chunk: Int, times: [Int64])] = []
        for chunk in isChunkChanged.indices where isChunkChanged[chunk] {
            let from = chunk * Self.chunkCount
            let to = min(from + Self.chunkCount, slots.count)
            changed.append((chunk, slots[from..<to].map(\.latest)))
            isChunkChanged[chunk] = false
        }
        return changed
    }

    /// Puts back the latest times of a chunk, after its points: parts come in key order.
    mutating func restore(latest times: [Int64], chunk: Int) {
        let from = chunk * Self.chunkCount
        for (offset, time) in times.enumerated() where from + offset < slots.count {
            slots[from + offset].latest = time
        }
    }
}
