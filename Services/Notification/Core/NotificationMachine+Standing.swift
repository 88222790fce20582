package import Domain
import Policy

/// What a city must not lose sight of: lists that stand until they are worked off (002-J 一).
extension NotificationMachine {
    package enum StandingList: CaseIterable, Sendable {
        /// Warnings that are not over, by their age 长时间未处理.
        case unhandledWarnings
        /// Enterprises offline of which something is still owed, by their age 未确认.
        case unconfirmedOutages
        /// What was found, or is over, and of which no result was fed back, since it is owed 未反馈.
        case missingFeedback
    }

    /// What is owed in the cases of a list at `node` and under it, the oldest first; no drills.
    package func standing(_ list: StandingList, under node: NodeID) -> [Due] {
        let all = openCases.filter { list.holds($0) && !$0.isDrill }.flatMap { one in
            due(of: one.id).filter { $0.state != .pending }.map { due in
                var due = due
                if list != .missingFeedback { due.since = one.openedAt }
                return due
            }
        }.filter { node.text.isEmpty || tree.stands($0.node, under: node) }
        return all.sorted { $0.place(in: list) < $1.place(in: list) }
    }
}

extension NotificationMachine.StandingList {
    fileprivate func holds(_ one: Case) -> Bool {
        switch (self, one.kind) {
        case (.unhandledWarnings, .warning): one.clearedAt == nil
        case (.missingFeedback, .warning): one.clearedAt != nil
        case (.unconfirmedOutages, .offline), (.missingFeedback, .finding): true
        case (.unhandledWarnings, _), (.unconfirmedOutages, _), (.missingFeedback, _): false
        }
    }
}
