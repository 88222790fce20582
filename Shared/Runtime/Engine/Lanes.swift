import DequeModule
import HeapModule
import Storage

/// The order in which the outbox is worked off: within a lane one after another, lanes apart, and
/// of all lanes the most urgent first, then the one that has waited longest.
///
/// *What it owns*: the rows that wait, by lane, and how many are under way. It costs a few steps a
/// row, however many wait.
/// *How it moves*: a lane with rows and nothing under way is ready, with its place in a heap. When
/// its place changes, the new one is added; the old one is passed over when it comes up.
/// *The odd case*: a lane is as urgent as the most urgent row in it, because those before that row
/// hold it back. Places are counted by group, which is what a lane's name says before its `/`, such
/// as a channel: one that lets all wait takes none of another's. In each group rows that are not
/// urgent never take the last places, so that a flood of them does not hold back an urgent one.
struct Lanes: Sendable {
    /// Of a lane among those that are ready.
    private struct Place: Comparable, Sendable {
        var priority: Int
        /// Of its first row.
        var ordinal: Int64
        var lane: String

        static func < (left: Place, right: Place) -> Bool {
            (left.priority, left.ordinal) < (right.priority, right.ordinal)
        }
    }

    private struct Lane: Sendable {
        /// In order, among them some that have been dropped; never the first.
        var rows = Deque<OutboxRow>()
        var countByPriority: [Int: Int] = [:]
        /// Nil unless it is ready.
        var place: Place?
        /// What is under way, and whether it was urgent when it was started.
        var underWay: (ordinal: Int64, isUrgent: Bool)?

        /// A row of this priority does not wait any more.
        mutating func forget(_ priority: Int) {
            guard let count = countByPriority[priority] else { return }
            countByPriority[priority] = count == 1 ? nil : count - 1
        }
    }

    private struct Waiting: Sendable {
        var lane: String
        var ordinal: Int64
        var priority: Int
    }

    /// What shares its places.
    private struct Group: Sendable {
        var ready = Heap<Place>()
        var laneCount = 0
        var underWayCount = 0
        var usualUnderWayCount = 0
    }

    private var lanes: [String: Lane] = [:]
    private var groups: [Substring: Group] = [:]
    /// By key.
    private var waiting: [String: Waiting] = [:]
    private(set) var underWayCount = 0
    private let atOnceMax: Int
    private let usualAtOnceMax: Int

    /// Each group has `atOnceMax` places; as many as `keptForUrgent` of them are taken by urgent
    /// rows only.
    init(atOnceMax: Int, keptForUrgent: Int = 0) {
        precondition(keptForUrgent < atOnceMax, "A place must be left for what is not urgent.")
        (self.atOnceMax, usualAtOnceMax) = (atOnceMax, atOnceMax - keptForUrgent)
    }

    var isIdle: Bool { waiting.isEmpty && underWayCount == 0 }
    var waitingCount: Int { waiting.count }

    mutating func add(_ row: OutboxRow) {
        let priority = row.draft.priority
        waiting[row.key] = Waiting(lane: row.lane, ordinal: row.ordinal, priority: priority)
        change(row.lane) { lane in
            lane.rows.append(row)
            lane.countByPriority[priority, default: 0] += 1
        }
    }

    /// Takes out a row that has not been started; one that has been is let finish.
    mutating func drop(key: String) {
        guard let row = waiting.removeValue(forKey: key) else { return }
        change(row.lane) { $0.forget(row.priority) }
    }

    /// The next row to start; nil if all lanes are busy or empty, or enough is under way.
    mutating func next() -> OutboxRow? {
        while let place = groups.keys.compactMap({ firstReady(in: $0) }).min() {
            groups[Self.group(of: place.lane)]?.ready.removeMin()
            let isUrgent = place.priority <= OutboxDraft.urgent
            if let row = start(place.lane, isUrgent: isUrgent) { return row }
        }
        return nil
    }

    /// The lane of a group that comes first and has a place.
    private mutating func firstReady(in name: Substring) -> Place? {
        // No copy of the group is kept meanwhile: taking a place out of it would copy them all.
        while let place = groups[name]?.ready.min {
            guard lanes[place.lane]?.place == place else {
                groups[name]?.ready.removeMin()
                continue
            }
            let isUrgent = place.priority <= OutboxDraft.urgent
            let (all, usual) = (underWay(in: name), usualUnderWay(in: name))
            // All that are behind it are no more urgent.
            return all < atOnceMax && (isUrgent || usual < usualAtOnceMax) ? place : nil
        }
        return nil
    }

    private func underWay(in name: Substring) -> Int { groups[name]?.underWayCount ?? 0 }
    private func usualUnderWay(in name: Substring) -> Int { groups[name]?.usualUnderWayCount ?? 0 }

    private static func group(of lane: String) -> Substring {
        lane.contains("/") ? lane.prefix { $0 != "/" } : ""
    }

    private mutating func start(_ name: String, isUrgent: Bool) -> OutboxRow? {
        var started: OutboxRow?
        change(name) { lane in
            guard let row = lane.rows.popFirst() else { return }
            lane.forget(row.draft.priority)
            lane.underWay = (row.ordinal, isUrgent)
            started = row
        }
        guard let row = started else { return nil }
        waiting[row.key] = nil
        count(1, in: name, isUrgent: isUrgent)
        return row
    }

    mutating func finish(_ row: OutboxRow) {
        // After `removeAll` nothing is known of it.
        guard let underWay = lanes[row.lane]?.underWay, underWay.ordinal == row.ordinal else {
            return
        }
        count(-1, in: row.lane, isUrgent: underWay.isUrgent)
        change(row.lane) { $0.underWay = nil }
    }

    mutating func removeAll() {
        (lanes, groups, waiting, underWayCount) = ([:], [:], [:], 0)
    }

    private mutating func count(_ change: Int, in lane: String, isUrgent: Bool) {
        underWayCount += change
        groups[Self.group(of: lane)]?.underWayCount += change
        if !isUrgent { groups[Self.group(of: lane)]?.usualUnderWayCount += change }
    }

    /// Changes a lane and gives it the place that it has then.
    private mutating func change(_ name: String, _ body: (inout Lane) -> Void) {
        let group = Self.group(of: name)
        // Taken out meanwhile, so that its rows are not copied.
        let known = lanes.removeValue(forKey: name)
        if known != nil { groups[group]?.laneCount -= 1 }
        var lane = known ?? Lane()
        body(&lane)
        while let first = lane.rows.first, waiting[first.key]?.ordinal != first.ordinal {
            lane.rows.removeFirst()
        }
        let before = lane.place
        lane.place = nil
        if lane.underWay == nil {
            guard let first = lane.rows.first, let priority = lane.countByPriority.keys.min()
            else { return }
            let place = Place(priority: priority, ordinal: first.ordinal, lane: name)
            lane.place = place
            if place != before { groups[group, default: Group()].ready.insert(place) }
        }
        lanes[name] = lane
        groups[group, default: Group()].laneCount += 1
        tidy(group)
    }

    /// Places of the past must not outnumber those that count for long.
    private mutating func tidy(_ name: Substring) {
        let (places, laneCount) = (groups[name]?.ready.count ?? 0, groups[name]?.laneCount ?? 0)
        guard places > 2 * laneCount + 64 else { return }
        let current = lanes.values.compactMap(\.place).filter { Self.group(of: $0.lane) == name }
        groups[name]?.ready = Heap(current)
    }
}
