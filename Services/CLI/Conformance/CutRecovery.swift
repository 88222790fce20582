import Domain
import IngestCore

/// What comes after a cut: the backlog, and what is measured meanwhile.
struct CutRecovery: Sendable {
    let every: Interval
    /// When the line was cut, and when the first batch was taken after it.
    var beganAt: Instant?
    var endedAt: Instant?
    /// Measured times of the point with the most readings, and by point the last of the backlog.
    private var times: [PointID: [Int64]] = [:]
    private var lastOfBacklog: [PointID: Int64] = [:]
    private(set) var backlogCount = 0
    private(set) var liveCount = 0
    /// The first that came out of order.
    private(set) var disorder: String?
    /// How long live data waited at most.
    private(set) var latest = Interval(milliseconds: 0)

    init(every: Interval) { self.every = every }

    mutating func take(_ columns: ReadingColumns, at now: Instant) {
        guard let endedAt else { return }
        let border = (endedAt - every * 2).unixMilliseconds
        var newest = Int64.min
        for index in columns.point.indices {
            let (time, id) = (
                columns.measuredAt[index], columns.pointIDs[Int(columns.point[index])]
            )
            times[id, default: []].append(time)
            newest = max(newest, time)
            guard time < border else { continue }
            backlogCount += 1
            if let last = lastOfBacklog[id], time < last, disorder == nil {
                let back = TimeText.text(Interval(milliseconds: last - time))
                disorder = "a reading of \(id) measured \(back) before what came earlier"
            }
            lastOfBacklog[id] = time
        }
        if newest >= endedAt.unixMilliseconds {
            liveCount += 1
            latest = max(latest, now - Instant(unixMilliseconds: newest))
        }
    }

    /// The longest time without a reading of any point from the cut to its end.
    var longestGap: Interval? {
        guard let beganAt, let endedAt else { return nil }
        let (from, to) = (beganAt.unixMilliseconds, endedAt.unixMilliseconds)
        var longest: Int64 = 0
        for id in times.keys.sorted() {
            let inside = (times[id] ?? []).filter { from...to ~= $0 }.sorted()
            let marks = [from] + inside + [to]
            longest = max(longest, zip(marks, marks.dropFirst()).map { $1 - $0 }.max() ?? 0)
        }
        return times.isEmpty ? nil : Interval(milliseconds: longest)
    }

    /// The longest wait or gap that is none, at the pace of the gateway.
    var gapMax: Interval { Interval(milliseconds: every.milliseconds * 3 + 1_000) }

    /// All of the cut is there, and live data for a while.
    var isDone: Bool {
        guard let longestGap else { return false }
        return liveCount >= 8 && longestGap <= gapMax
    }
}

extension GatewayTrial {
    /// What the recovery shows.
    mutating func judgeRecovery() {
        if let gap = recovery.longestGap {
            let words =
                "at most \(TimeText.text(gap)) without a reading in a cut of "
                + TimeText.text(plan.cut)
            if gap <= recovery.gapMax { prove(.complete, words) } else { fail(.complete, words) }
        }
        // What did not come cannot come in order.
        if recovery.backlogCount == 0 { return }
        if let disorder = recovery.disorder {
            fail(.order, disorder)
        } else {
            prove(.order, "\(recovery.backlogCount) readings of the backlog in order")
        }
        if recovery.liveCount == 0 { return }
        let words = "live data at most \(TimeText.text(recovery.latest)) old beside the backlog"
        if recovery.latest <= recovery.gapMax { prove(.live, words) } else { fail(.live, words) }
    }
}
