import Contracts
import Domain
import Foundation
import GRDB
import Policy
import SimKit
import Storage

/// What the services have on disk, read from their files without any code of theirs.
struct Records: Sendable {
    /// One line of notification's journal.
    enum Line: Sendable {
        case opened(NotificationV1.Case), moved(NotificationV1.Case)
        case cleared(NotificationV1.Case), closed(NotificationV1.Case)
        case obligation(NotificationV1.Obligation)
        case drafted(NotificationV1.Document), issued(NotificationV1.Document)
        case declared(NotificationV1.Declaration)
        case queued(NotificationV1.Notice), delivery(NotificationV1.Notice)
    }

    struct Entry: Sendable {
        var seq: UInt64
        var at: Int64
        var line: Line
    }

    /// A change of a level, as risk has it on record.
    struct Change: Sendable {
        var seq: UInt64
        var source: String
        var level: WarningLevel
        var changedAt: Int64
        var knownAt: Int64
    }

    var entries: [Entry] = []
    var changes: [Change] = []
    /// The last word on each notice, by id.
    var notices: [String: NotificationV1.Notice] = [:]

    init(_ folder: TemporaryFolder) throws {
        for entry in try Self.journal("risk", folder) where entry.kind == "risk.level_changed" {
            let warning = try RiskV1.Warning(serialized: entry.body)
            changes.append(
                Change(
                    seq: entry.seq, source: warning.hazardSourceID,
                    level: try WarningLevel(warning.level), changedAt: warning.changedAtUnixMs,
                    knownAt: warning.knownAtUnixMs == 0
                        ? warning.changedAtUnixMs : warning.knownAtUnixMs))
        }
        for entry in try Self.journal("notification", folder) {
            guard let kind = JournalKind(rawValue: entry.kind),
                let line = try Self.line(kind, entry.body)
            else { continue }
            entries.append(Entry(seq: entry.seq, at: entry.at.unixMilliseconds, line: line))
            switch line {
            case .queued(let notice), .delivery(let notice): notices[notice.id] = notice
            case _: break
            }
        }
    }

    private static func line(_ kind: JournalKind, _ body: [UInt8]) throws -> Line? {
        switch kind {
        case .caseOpened: .opened(try .init(serialized: body))
        case .caseLevelChanged: .moved(try .init(serialized: body))
        case .caseCleared: .cleared(try .init(serialized: body))
        case .caseClosed: .closed(try .init(serialized: body))
        case .obligationChanged: .obligation(try .init(serialized: body))
        case .documentDrafted: .drafted(try .init(serialized: body))
        case .documentIssued: .issued(try .init(serialized: body))
        case .declared: .declared(try .init(serialized: body))
        case .noticeQueued: .queued(try .init(serialized: body))
        case .noticeDelivery: .delivery(try .init(serialized: body))
        case _: nil
        }
    }

    static func path(_ service: String, _ folder: TemporaryFolder) -> String {
        folder.file("\(service)/\(service).sqlite")
    }

    private static func journal(
        _ service: String, _ folder: TemporaryFolder
    ) throws -> [JournalEntry] {
        try ReadOnlyFile.read(path: path(service, folder)) { db in
            var entries: [JournalEntry] = []
            var after: UInt64 = 0
            while true {
                let page = try Journal.page(after: after, in: db)
                entries += page.entries
                if page.isLast { return entries }
                after = page.coveredSeq
            }
        }
    }

    /// What is on record of the cases that `mistakes` name, a line each.
    func story(named mistakes: [String]) -> [String] {
        let words = Set(mistakes.flatMap { $0.split { " :#".contains($0) } })
        return entries.compactMap { entry in
            let (id, text): (String, String) =
                switch entry.line {
                case .opened(let one): (one.id, "opened \(one.level.rawValue)")
                case .moved(let one): (one.id, "moved \(one.level.rawValue)")
                case .cleared(let one): (one.id, "cleared")
                case .closed(let one): (one.id, "closed")
                case .declared(let one): (one.caseID, "declared \(one.declaration)")
                case .obligation(let one):
                    (
                        one.caseID,
                        "#\(one.number) \(one.rule) \(one.ownerRole) round \(one.round) "
                            + "\(one.state) by \(one.by) at \(one.stateAtUnixMs)"
                    )
                case .drafted, .issued, .queued, .delivery: ("", "")
                }
            guard words.contains(id[...]) else { return nil }
            return "\(entry.seq) \(entry.at) \(id) \(text)"
        }
    }

    // MARK: While it runs

    /// What notification has still to do; empty: nothing but people can change anything.
    static func unfinished(_ folder: TemporaryFolder) throws -> [String] {
        let head = try ReadOnlyFile.read(path: path("risk", folder)) { db in
            try UInt64.fetchOne(
                db,
                sql: """
                    select coalesce(max(seq), 0) from journal where kind = 'risk.level_changed'
                    """) ?? 0
        }
        return try ReadOnlyFile.read(path: path("notification", folder)) { db in
            var rest: [String] = []
            let heard = try Cursors.all(in: db)["risk.journal"]?.seq ?? 0
            if heard < head { rest.append("risk's entry \(head) is not heard, only \(heard)") }
            let rows = try Int.fetchOne(db, sql: "select count(*) from outbox") ?? 0
            if rows > 0 { rest.append("\(rows) effects wait") }
            let queued =
                try String.fetchAll(
                    db, sql: "select id from notices where state = 'queued' limit 3")
            if !queued.isEmpty { rest.append("notices wait: \(queued)") }
            let bodies = try Data.fetchAll(
                db, sql: "select body from records where kind = 'obligation'")
            for body in bodies {
                let one = try NotificationV1.Obligation(serialized: [UInt8](body))
                if one.state == .open, one.dueAtUnixMs != 0 {
                    rest.append("\(one.id) (\(one.rule)) falls due yet")
                    break
                }
            }
            return rest
        }
    }
}
