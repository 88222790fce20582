import Storage

/// The order in which the outbox is worked off: within a lane one after another, lanes apart.
struct Lanes: Sendable {
    private var waiting: [String: [OutboxRow]] = [:]
    private var busy: [String: OutboxRow] = [:]
    // Lanes that have something to do and nothing under way, in the order in which they got so.
    private var ready: [String] = []
    private var laneByKey: [String: String] = [:]
    private let atOnceMax: Int

    init(atOnceMax: Int) { self.atOnceMax = atOnceMax }

    var isIdle: Bool { waiting.isEmpty && busy.isEmpty }
    var underWayCount: Int { busy.count }
    var waitingCount: Int { laneByKey.count }

    mutating func add(_ row: OutboxRow) {
        if waiting[row.lane] == nil && busy[row.lane] == nil { ready.append(row.lane) }
        waiting[row.lane, default: []].append(row)
        laneByKey[row.key] = row.lane
    }

    /// Takes out a row that has not been started; one that has been is let finish.
    mutating func drop(key: String) {
        guard let lane = laneByKey[key], var rows = waiting[lane] else { return }
        laneByKey[key] = nil
        rows.removeAll { $0.key == key }
        waiting[lane] = rows.isEmpty ? nil : rows
        if rows.isEmpty { ready.removeAll { $0 == lane } }
    }

    /// The next row to start; nil if all lanes are busy or empty, or enough is under way.
    mutating func next() -> OutboxRow? {
        guard busy.count < atOnceMax, !ready.isEmpty else { return nil }
        let lane = ready.removeFirst()
        guard var rows = waiting[lane], !rows.isEmpty else { return nil }
        let row = rows.removeFirst()
        waiting[lane] = rows.isEmpty ? nil : rows
        busy[lane] = row
        laneByKey[row.key] = nil
        return row
    }

    mutating func finish(_ row: OutboxRow) {
        busy[row.lane] = nil
        if waiting[row.lane] != nil { ready.append(row.lane) }
    }

    mutating func removeAll() {
        (waiting, busy, ready, laneByKey) = ([:], [:], [], [:])
    }
}
