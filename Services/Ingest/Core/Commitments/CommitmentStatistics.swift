package import Domain

/// How a day of an enterprise ended.
package enum CommitmentStanding: String, CaseIterable, Codable, Sendable {
    case inTime, late, missed
}

/// How long a time statistics look at.
package enum CommitmentPeriod: String, CaseIterable, Codable, Sendable {
    case day, month, quarter, year

    /// The name of the period that a day is in: `2021-11-01`, `2021-11`, `2021-Q4`, `2021`.
    package func name(of day: CalendarDay) -> String {
        switch self {
        case .day: return day.text
        case .month: return String(day.text.prefix(7))
        case .quarter:
            let month = Int(day.text.dropFirst(5).prefix(2)) ?? 1
            return String(day.text.prefix(4)) + "-Q\((month + 2) / 3)"
        case .year: return String(day.text.prefix(4))
        }
    }
}

/// How many commitments were due, and how they came 承诺统计 (CON-17).
///
/// *Rate* is in time over due; what came late is shown apart.
package struct CommitmentTally: Hashable, Sendable {
    package var inTime = 0
    package var late = 0
    package var missed = 0

    package var due: Int { inTime + late + missed }

    package init() {}

    package mutating func add(_ count: Int, _ standing: CommitmentStanding) {
        switch standing {
        case .inTime: inTime += count
        case .late: late += count
        case .missed: missed += count
        }
    }
}

/// What the statistics count by.
package enum CommitmentGrouping: Hashable, Sendable {
    case enterprise
    /// The body of this kind above each enterprise.
    case area(NodeKind)
}

/// So many days of one enterprise in one period that ended alike.
package struct CommitmentCount: Hashable, Sendable {
    package var enterprise: EnterpriseID
    package var period: String
    package var standing: CommitmentStanding
    package var count: Int

    package init(
        enterprise: EnterpriseID, period: String, standing: CommitmentStanding, count: Int
    ) {
        (self.enterprise, self.period) = (enterprise, period)
        (self.standing, self.count) = (standing, count)
    }
}

/// One line of the statistics.
package struct CommitmentStatistic: Hashable, Sendable {
    package var period: String
    /// The enterprise, or the body of the area.
    package var node: NodeID
    package var tally: CommitmentTally
}

extension Registry {
    /// Adds up counts by enterprise or area, by period and node.
    ///
    /// An enterprise with no body of that kind above it is left out of areas.
    package func statistics(
        of counts: [CommitmentCount], by grouping: CommitmentGrouping
    ) -> [CommitmentStatistic] {
        struct Line: Hashable {
            var period: String
            var node: NodeID
        }
        var tallies: [Line: CommitmentTally] = [:]
        for count in counts {
            let own = NodeID(count.enterprise.text)
            let node: NodeID?
            switch grouping {
            case .enterprise: node = own
            case .area(let kind): node = body(above: own, kinds: [kind])
            }
            guard let node else { continue }
            let line = Line(period: count.period, node: node)
            var tally = tallies[line] ?? CommitmentTally()
            tally.add(count.count, count.standing)
            tallies[line] = tally
        }
        return tallies.map { CommitmentStatistic(period: $0.period, node: $0.node, tally: $1) }
            .sorted { ($0.period, $0.node) < ($1.period, $1.node) }
    }
}
