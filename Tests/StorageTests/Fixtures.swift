import Domain
import GRDB
import SimKit
import Storage

extension JournalDraft {
    /// A draft that differs visibly from others: `number` is in its subject and its body.
    static func number(
        _ number: Int, kind: String = "risk.level_changed", subject: String? = nil
    ) -> JournalDraft {
        JournalDraft(
            kind: kind, subject: subject ?? "source-\(number)", node: NodeID("works"),
            body: Array("body \(number)".utf8))
    }
}

extension Store {
    /// Appends `count` entries, one a second.
    func append(_ count: Int, kind: String = "risk.level_changed", subject: String? = nil) throws {
        for index in 0..<count {
            let seq = try read { try Journal.head(in: $0).seq } + 1
            try write { db in
                _ = try Journal.append(
                    [.number(Int(seq), kind: kind, subject: subject)],
                    at: .t0 + .seconds(Int64(index)), in: db)
            }
        }
    }
}

/// A journal of `count` entries in a closed file, to be tampered with.
func closedJournal(_ count: Int) throws -> TemporaryStore {
    let temporary = try TemporaryStore()
    let store = try temporary.open()
    try store.append(count)
    try store.close()
    return temporary
}

/// Does what somebody with a SQLite shell could do to the file.
func tamper(_ path: String, _ sql: String) throws {
    try DatabaseQueue(path: path).writeWithoutTransaction { db in
        // Who tampers keeps to no rule of the tables.
        try db.execute(sql: "pragma ignore_check_constraints = on")
        try db.execute(sql: sql)
    }
}
