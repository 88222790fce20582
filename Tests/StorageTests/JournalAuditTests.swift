import Domain
import Foundation
import GRDB
import SimKit
import Testing

@testable import Storage

@Suite struct JournalAuditTests {
    @Test(arguments: [0, 1, 2, 50])
    func anUntouchedJournalIsClean(count: Int) throws {
        let temporary = try closedJournal(count)
        let report = try JournalAudit.verify(path: temporary.path)
        #expect(report.findings == [])
        #expect(report.entryCount == UInt64(count))
        #expect(report.head.seq == UInt64(count))
    }

    static let edits = [
        "kind = 'risk.alarm_raised'", "subject = 'source-9'", "node = 'mill'", "body = x'00'",
        "at_unix_ms = at_unix_ms + 1", "hash = zeroblob(32)", "prev_hash = zeroblob(32)",
        "prev_hash = x'00'", "hash = x''",
    ]

    @Test(arguments: edits)
    func anEditOfAnyFieldIsFound(edit: String) throws {
        let temporary = try closedJournal(5)
        try tamper(temporary.path, "update journal set \(edit) where seq = 3")
        let report = try JournalAudit.verify(path: temporary.path)
        #expect(report.findings == [.edited(seq: 3)])
    }

    @Test func anEditOfTheFirstAndOfTheLastIsFound() throws {
        for seq in [1, 5] {
            let temporary = try closedJournal(5)
            try tamper(temporary.path, "update journal set body = x'00' where seq = \(seq)")
            #expect(
                try JournalAudit.verify(path: temporary.path).findings
                    == [.edited(seq: UInt64(seq))])
        }
    }

    @Test func anEditWithAFittingHashIsFound() throws {
        let temporary = try closedJournal(5)
        try rehash(temporary.path, from: 3, to: 3)
        #expect(
            try JournalAudit.verify(path: temporary.path).findings == [.replaced(seq: 3)])
    }

    @Test func aLastEntryWrittenAnewIsFound() throws {
        let temporary = try closedJournal(5)
        try rehash(temporary.path, from: 5, to: 5)
        let findings = try JournalAudit.verify(path: temporary.path).findings
        #expect(findings.count == 1)
        guard case .rewritten = findings.first else {
            Issue.record("\(findings)")
            return
        }
    }

    @Test func allWrittenAnewFromAnEntryOnIsFound() throws {
        let temporary = try closedJournal(5)
        try rehash(temporary.path, from: 3, to: 5)
        let findings = try JournalAudit.verify(path: temporary.path).findings
        guard findings.count == 1, case .rewritten(let expected, _) = findings.first else {
            Issue.record("\(findings)")
            return
        }
        #expect(expected.seq == 5)
    }

    @Test func aDroppedEntryIsFound() throws {
        let temporary = try closedJournal(5)
        try tamper(temporary.path, "delete from journal where seq in (2, 3)")
        #expect(
            try JournalAudit.verify(path: temporary.path).findings
                == [.dropped(first: 2, last: 3)])
    }

    @Test func aDroppedFirstEntryIsFound() throws {
        let temporary = try closedJournal(3)
        try tamper(temporary.path, "delete from journal where seq = 1")
        #expect(
            try JournalAudit.verify(path: temporary.path).findings
                == [.dropped(first: 1, last: 1)])
    }

    @Test func aDropHiddenByNewNumbersIsFound() throws {
        let temporary = try closedJournal(5)
        try tamper(
            temporary.path,
            "delete from journal where seq = 3; update journal set seq = seq - 1 where seq > 3")
        let findings = try JournalAudit.verify(path: temporary.path).findings
        #expect(findings.contains(.edited(seq: 3)))
    }

    @Test func aMissingEndIsFound() throws {
        let temporary = try closedJournal(5)
        try tamper(temporary.path, "delete from journal where seq > 3")
        let findings = try JournalAudit.verify(path: temporary.path).findings
        guard findings.count == 1, case .truncated(let expected, let found) = findings.first else {
            Issue.record("\(findings)")
            return
        }
        #expect(expected.seq == 5)
        #expect(found.seq == 3)
    }

    @Test func anEmptiedJournalIsFound() throws {
        let temporary = try closedJournal(5)
        try tamper(temporary.path, "delete from journal")
        #expect(try JournalAudit.verify(path: temporary.path).findings.count == 1)
    }

    @Test func entriesPutAfterTheEndAreFound() throws {
        let temporary = try closedJournal(3)
        try tamper(
            temporary.path,
            """
            insert into journal select 4, at_unix_ms, kind, subject, node, body, hash, hash
            from journal where seq = 3
            """)
        try rehash(temporary.path, from: 4, to: 4)
        #expect(
            try JournalAudit.verify(path: temporary.path).findings
                == [.inserted(first: 4, last: 4)])
    }

    @Test func aJournalRemovedWithItsNoteIsFound() throws {
        for count in [0, 5] {
            let temporary = try closedJournal(count)
            try tamper(
                temporary.path,
                "delete from journal; delete from meta where key = 'journal.head'")
            #expect(
                try JournalAudit.verify(path: temporary.path).findings
                    == [.headMissing(found: .empty)])
        }
    }

    @Test func aForgottenEndIsFound() throws {
        let temporary = try closedJournal(3)
        try tamper(temporary.path, "delete from meta where key = 'journal.head'")
        let findings = try JournalAudit.verify(path: temporary.path).findings
        guard findings.count == 1, case .headMissing(let found) = findings.first else {
            Issue.record("\(findings)")
            return
        }
        #expect(found.seq == 3)
    }

    /// The limit of a chain: who makes all of it anew, with the note of its end, shows only to
    /// one who wrote down a head before.
    @Test func aChainMadeAnewAsAWholeShowsOnlyAgainstAHeadFromOutside() throws {
        let temporary = try closedJournal(5)
        let before = try JournalAudit.verify(path: temporary.path).head
        try rehash(temporary.path, from: 2, to: 5)
        try noteEnd(temporary.path)
        #expect(try JournalAudit.verify(path: temporary.path).findings == [])
        let findings = try JournalAudit.verify(path: temporary.path, expected: before).findings
        guard findings.count == 1, case .rewritten(let expected, _) = findings.first else {
            Issue.record("\(findings)")
            return
        }
        #expect(expected == before)
    }

    @Test func aCutEndWithItsNoteShowsAgainstAHeadFromOutside() throws {
        let temporary = try closedJournal(5)
        let before = try JournalAudit.verify(path: temporary.path).head
        try tamper(temporary.path, "delete from journal where seq > 3")
        try noteEnd(temporary.path)
        #expect(try JournalAudit.verify(path: temporary.path).findings == [])
        let findings = try JournalAudit.verify(path: temporary.path, expected: before).findings
        guard findings.count == 1, case .truncated = findings.first else {
            Issue.record("\(findings)")
            return
        }
    }

    @Test func anOlderHeadFromOutsideFitsAJournalThatHasGrown() throws {
        let temporary = try closedJournal(3)
        let before = try JournalAudit.verify(path: temporary.path).head
        do {
            let store = try temporary.open()
            try store.append(3)
            #expect(try JournalAudit.verify(path: temporary.path, expected: before).isClean)
        }
    }

    @Test func aJournalIsCheckedWhileItsServiceWrites() throws {
        let temporary = try TemporaryStore()
        let store = try temporary.open()
        for count in 1...20 {
            try store.append(1)
            let report = try JournalAudit.verify(path: temporary.path)
            #expect(report.isClean)
            #expect(report.entryCount == UInt64(count))
        }
    }

    @Test func whatIsNoStoreIsRefusedInASentence() throws {
        let folder = try TemporaryFolder()
        let text = folder.file("text.sqlite")
        try Data(String(repeating: "no database ", count: 100).utf8)
            .write(to: URL(fileURLWithPath: text))
        for path in [folder.file("none.sqlite"), text] {
            #expect {
                try JournalAudit.verify(path: path)
            } throws: { error in
                error is StoreFailure && "\(error)".contains(path)
            }
        }
        #expect(!FileManager.default.fileExists(atPath: folder.file("none.sqlite")))
    }

    @Test func aListOfFindingsHasAnEnd() throws {
        let temporary = try closedJournal(StorageLimits.findingsMax + 5)
        try tamper(temporary.path, "update journal set body = x'00'")
        let report = try JournalAudit.verify(path: temporary.path)
        #expect(report.findings.count == StorageLimits.findingsMax)
        #expect(report.isCutOff)
    }

    // MARK: What a forger does

    /// Changes the bodies of the entries and gives each the hash that its fields then have.
    private func rehash(_ path: String, from first: UInt64, to last: UInt64) throws {
        try DatabaseQueue(path: path).write { db in
            for seq in first...last {
                guard var entry = try Journal.entry(at: seq, in: db) else { continue }
                entry.draft.body.append(0xff)
                let previous =
                    seq == 1 ? JournalHash.zero : try Journal.entry(at: seq - 1, in: db)?.hash
                entry.previousHash = previous ?? JournalHash.zero
                let hash = JournalHash.hash(
                    previous: entry.previousHash, seq: seq, at: entry.at, draft: entry.draft)
                try db.execute(
                    sql: "update journal set body = ?, prev_hash = ?, hash = ? where seq = ?",
                    arguments: [
                        Data(entry.body), Data(entry.previousHash), Data(hash), Int64(seq),
                    ])
            }
        }
    }

    private func noteEnd(_ path: String) throws {
        try DatabaseQueue(path: path).write { db in
            try Meta.put(Journal.headKey, try Journal.head(in: db).description, in: db)
        }
    }
}
