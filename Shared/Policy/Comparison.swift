package import Domain

/// One warning under several profiles, side by side: a row for each time, a column for each of
/// them.
package struct Comparison: Equatable, Sendable {
    package struct Row: Equatable, Sendable {
        /// Such as `发出` or `1小时`.
        package var name: String
        /// For each profile what happens then.
        package var cells: [[String]]
    }

    package var rows: [Row]

    package init(
        _ profiles: [PolicyProfile], level: WarningLevel, _ placement: Placement,
        from start: Instant
    ) {
        let timelines = profiles.map {
            Timeline($0, level: level, placement, from: start, isIssuing: true)
        }
        rows = [
            Row(
                name: "通知",
                cells: timelines.map { $0.entries.filter { $0.what == .told }.map(\.who) }),
            Row(
                name: "跟踪",
                cells: profiles.map { profile in
                    profile.tracking.filter { $0.level == level && $0.placement == placement }
                        .compactMap { profile.role($0.role)?.name }
                }),
        ]
        for after in timelines.flatMap({ $0.entries.map(\.after) }).distinct.sorted() {
            let cells = timelines.map { timeline in
                timeline.entries.filter { $0.after == after && $0.round == 1 }.compactMap(\.cell)
                    .distinct
            }
            let name = after.milliseconds == 0 ? "发出时" : after.words
            if cells.contains(where: { !$0.isEmpty }) { rows.append(Row(name: name, cells: cells)) }
        }
        rows.append(
            Row(
                name: "消警后",
                cells: profiles.map { $0.cells(at: level, placement, from: .cleared) }))
        rows.append(
            Row(
                name: "闭环后",
                cells: profiles.map { $0.cells(at: level, placement, from: .closed) }))
        rows.removeAll { $0.cells.allSatisfy(\.isEmpty) }
    }
}

extension Timeline.Entry {
    /// What the table shows of it; nil for what it shows already.
    fileprivate var cell: String? {
        let again = repeats.map { "，\($0.words)" } ?? ""
        switch what {
        case .told: return nil
        case .owed:
            // A document is issued at once, and shows as issued.
            return isDocument ? nil : "\(title)（\(who)）"
        case .issued: return "\(title)（\(who)→\(to)\(again)）"
        case .missed: return "到期：\(title)（\(who)）"
        }
    }
}

extension PolicyProfile {
    /// What `fact` starts, with its time.
    fileprivate func cells(
        at level: WarningLevel, _ placement: Placement, from fact: Fact
    ) -> [String] {
        RuleReach(self, level: level, placement).rules.filter { rule in
            rule.starts.contains { $0.fact == fact }
        }.map { rule in
            let who = rule.owners.map { role($0)?.name ?? $0.text }.joined(separator: "、")
            let due = rule.due.map { "，\($0.words)内" } ?? ""
            return "\(rule.title)（\(who.isEmpty ? "系统" : who)\(due)）"
        }
    }
}
