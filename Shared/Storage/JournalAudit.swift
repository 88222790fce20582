import Domain
import Foundation
import GRDB

/// One thing that is wrong with a journal.
package enum AuditFinding: Hashable, Sendable, CustomStringConvertible {
    /// The fields of an entry do not give its hash.
    case edited(seq: UInt64)
    /// Entries are missing in the middle.
    case dropped(first: UInt64, last: UInt64)
    /// An entry was put in or written anew: the next does not follow from it.
    case replaced(seq: UInt64)
    /// Entries stand after the end that the store noted.
    case inserted(first: UInt64, last: UInt64)
    /// The end is missing.
    case truncated(expected: JournalHead, found: JournalHead)
    /// The end is there with another hash: all from some entry on was written anew.
    case rewritten(expected: JournalHead, found: JournalHead)
    /// The note of where the journal ends is gone.
    case headMissing(found: JournalHead)
    /// Somebody who follows the journal has heard more of it than there is.
    case heardFurther(by: String, heard: UInt64, found: JournalHead)
    /// Somebody who follows the journal has heard another entry than stands there.
    case heardAnother(by: String, heard: JournalHead, found: JournalHead)
    /// The folder of the service is there, and its store is not.
    case storeMissing

    package var description: String {
        switch self {
        case .edited(let seq):
            "entry \(seq) was edited: its fields do not give its hash"
        case .dropped(let first, let last):
            first == last
                ? "entry \(first) is missing" : "entries \(first) to \(last) are missing"
        case .replaced(let seq):
            "entry \(seq) was put in or written anew: the entry after it follows from another"
        case .inserted(let first, let last):
            first == last
                ? "entry \(first) stands after the recorded end"
                : "entries \(first) to \(last) stand after the recorded end"
        case .truncated(let expected, let found):
            "the end is missing: entry \(expected.seq) was written, the last is \(found.seq)"
        case .rewritten(let expected, let found):
            "entry \(expected.seq) has the hash \(JournalHash.hexadecimal(found.hash)), expected "
                + "\(JournalHash.hexadecimal(expected.hash)): it or entries before it were "
                + "written anew"
        case .headMissing(let found):
            "the note of where the journal ends is gone; the last entry is \(found.seq)"
        case .heardFurther(let follower, let heard, let found):
            "\(follower) has heard entry \(heard), the last is \(found.seq): the end is missing, "
                + "or this is an older copy"
        case .heardAnother(let follower, let heard, let found):
            "\(follower) has heard entry \(heard.seq) with the hash "
                + "\(JournalHash.hexadecimal(heard.hash)), here it has "
                + "\(JournalHash.hexadecimal(found.hash)): this is an older copy that has grown "
                + "since, or was written anew"
        case .storeMissing:
            "the store with the journal is gone"
        }
    }
}

/// What an audit of a journal found.
package struct AuditReport: Hashable, Sendable {
    package var entryCount: UInt64
    package var head: JournalHead
    package var findings: [AuditFinding]
    /// True if there were more findings than are listed.
    package var isCutOff: Bool

    package init(
        entryCount: UInt64, head: JournalHead, findings: [AuditFinding], isCutOff: Bool
    ) {
        (self.entryCount, self.head) = (entryCount, head)
        (self.findings, self.isCutOff) = (findings, isCutOff)
    }

    package var isClean: Bool { findings.isEmpty }
}

/// Checks the chain of a journal; docs/JOURNAL.md says what it can see and what it cannot.
package enum JournalAudit {
    /// Reads the file without changing it, also while its service runs.
    ///
    /// `expected` is a head that someone else wrote down earlier: the only proof against a writer
    /// who makes the whole chain anew.
    package static func verify(path: String, expected: JournalHead? = nil) throws -> AuditReport {
        try ReadOnlyFile.read(path: path) { db in
            guard try db.tableExists("journal") else {
                throw StoreFailure.cannotOpen(path: path, reason: "it has no journal")
            }
            var walk = Walk()
            let rows = try Row.fetchCursor(
                db, sql: "select \(Journal.columns) from journal order by seq")
            while let row = try rows.next() {
                walk.take(Journal.entry(row), expected: expected)
            }
            walk.finish(recorded: try Journal.recordedHead(in: db), expected: expected)
            return walk.report
        }
    }

    /// How far the journals of others were heard by the store at `path`, by the name of their
    /// service.
    package static func heard(path: String) throws -> [String: Cursor] {
        let suffix = ".journal"
        let cursors = try ReadOnlyFile.read(path: path) { try Cursors.all(in: $0) }
        let journals = cursors.filter { $0.key.hasSuffix(suffix) }
            .map { (String($0.key.dropLast(suffix.count)), $0.value) }
        return Dictionary(uniqueKeysWithValues: journals)
    }

    /// The entry at a number as a head; nil if there is none.
    package static func entry(at seq: UInt64, path: String) throws -> JournalHead? {
        try ReadOnlyFile.read(path: path) { try Journal.entry(at: seq, in: $0) }
            .map { JournalHead(seq: $0.seq, hash: $0.hash) }
    }

    /// All entries about a subject, in order.
    package static func entries(subject: String, path: String) throws -> [JournalEntry] {
        try ReadOnlyFile.read(path: path) { db in
            var entries: [JournalEntry] = []
            var after: UInt64 = 0
            while true {
                let page = try Journal.page(
                    after: after, filter: JournalFilter(subject: subject), in: db)
                entries += page.entries
                if page.isLast { return entries }
                after = page.coveredSeq
            }
        }
    }

    private struct Walk {
        var report = AuditReport(entryCount: 0, head: .empty, findings: [], isCutOff: false)
        private var expectedFound: JournalHead?
        // True if the entry before is already known to be wrong.
        private var isEdited = false

        mutating func take(_ entry: JournalEntry, expected: JournalHead?) {
            let head = report.head
            let right =
                JournalHash.isHash(entry.previousHash)
                ? JournalHash.hash(
                    previous: entry.previousHash, seq: entry.seq, at: entry.at, draft: entry.draft)
                : nil
            if entry.seq > head.seq + 1 {
                find(.dropped(first: head.seq + 1, last: entry.seq - 1))
            }
            if right != entry.hash {
                find(.edited(seq: entry.seq))
            } else if entry.seq == head.seq + 1 && entry.previousHash != head.hash && !isEdited {
                // This entry is whole, so it is the one before that is not what it follows from.
                find(.replaced(seq: max(head.seq, 1)))
            }
            isEdited = right != entry.hash
            report.head = JournalHead(seq: entry.seq, hash: entry.hash)
            report.entryCount += 1
            if entry.seq == expected?.seq { expectedFound = report.head }
        }

        mutating func finish(recorded: JournalHead?, expected: JournalHead?) {
            let found = report.head
            if let recorded {
                if recorded.seq > found.seq {
                    find(.truncated(expected: recorded, found: found))
                } else if recorded.seq < found.seq {
                    find(.inserted(first: recorded.seq + 1, last: found.seq))
                } else if recorded.hash != found.hash {
                    find(.rewritten(expected: recorded, found: found))
                }
            } else {
                find(.headMissing(found: found))
            }
            guard let expected, expected.seq > 0 else { return }
            if let expectedFound {
                if expectedFound.hash != expected.hash {
                    find(.rewritten(expected: expected, found: expectedFound))
                }
            } else if expected.seq > found.seq {
                find(.truncated(expected: expected, found: found))
            }
        }

        private mutating func find(_ finding: AuditFinding) {
            if report.findings.contains(finding) { return }
            if report.findings.count < StorageLimits.findingsMax {
                report.findings.append(finding)
            } else {
                report.isCutOff = true
            }
        }
    }
}
