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
/// hold it back. Rows that are not urgent never take the last places, so that a flood of them
/// which waits for the world outside does not hold back an urgent one.
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

    private var lanes: [String: Lane] = [:]
    /// By key.
    private var waiting: [String: Waiting] = [:]
    private var ready = Heap<Place>()
    private(set) var underWayCount = 0
    private var usualUnderWayCount = 0
    private let atOnceMax: Int
    private let usualAtOnceMax: Int

    /// As many as `keptForUrgent` of the places are taken by urgent rows only.
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
        while underWayCount < atOnceMax, let place = ready.min {
            guard lanes[place.lane]?.place == place else {
                ready.removeMin()
                continue
            }
            let isUrgent = place.priority <= OutboxDraft.urgent
            // All that are behind it are no more urgent.
            if !isUrgent && usualUnderWayCount >= usualAtOnceMax { return nil }
            ready.removeMin()
            if let row = start(place.lane, isUrgent: isUrgent) { return row }
        }
        return nil
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
        underWayCount += 1
        if !isUrgent { usualUnderWayCount += 1 }
        return row
    }

    mutating func finish(_ row: OutboxRow) {
        // After `removeAll` nothing is known of it.
        guard let underWay = lanes[row.lane]?.underWay, underWay.ordinal == row.ordinal else {
            return
        }
        underWayCount -= 1
        if !underWay.isUrgent { usualUnderWayCount -= 1 }
        change(row.lane) { $0.underWay = nil }
    }

    mutating func removeAll() {
        (lanes, waiting, ready) = ([:], [:], [])
        (underWayCount, usualUnderWayCount) = (0, 0)
    }

    /// Changes a lane and gives it the place that it has then.
    private mutating func change(_ name: String, _ body: (inout Lane) -> Void) {
        // Taken out meanwhile, so that its rows are not copied.
        var lane = lanes.removeValue(forKey: name) ?? Lane()
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
            if place != before { ready.insert(place) }
        }
        lanes[name] = lane
        // Places of the past must not outnumber those that count for long.
        if ready.count > 2 * lanes.count + 64 { ready = Heap(lanes.values.compactMap(\.place)) }
    }
}
