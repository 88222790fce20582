import Domain
import GRDB
import SimKit
import Testing

@testable import Storage

@Suite struct JournalTests {
    @Test func entriesAreNumberedFromOneAndChained() throws {
        let store = try TemporaryStore().open()
        let entries = try store.write { db in
            try Journal.append([.number(1), .number(2), .number(3)], at: .t0, in: db)
        }
        #expect(entries.map(\.seq) == [1, 2, 3])
        #expect(entries[0].previousHash == JournalHash.zero)
        #expect(entries[1].previousHash == entries[0].hash)
        #expect(entries[2].previousHash == entries[1].hash)
        let page = try store.read { try Journal.page(after: 0, in: $0) }
        #expect(page.entries == entries)
        #expect(try store.read { try Journal.head(in: $0) }.hash == entries[2].hash)
    }

    @Test func pagesFollowEachOtherWithoutGapOrRepeat() throws {
        let store = try TemporaryStore().open()
        try store.append(25)
        var seqs: [UInt64] = []
        var position: UInt64 = 0
        var pageCount = 0
        while true {
            let page = try store.read { try Journal.page(after: position, entriesMax: 10, in: $0) }
            seqs += page.entries.map(\.seq)
            position = page.coveredSeq
            pageCount += 1
            if page.isLast { break }
        }
        #expect(seqs == Array(1...25))
        #expect(pageCount == 3)
    }

    @Test func aPageEndsWhereItsBytesDo() throws {
        let store = try TemporaryStore().open()
        try store.append(5)
        let page = try store.read { try Journal.page(after: 0, bytesMax: 12, in: $0) }
        #expect(page.entries.map(\.seq) == [1, 2])
        #expect(page.coveredSeq == 2)
        #expect(!page.isLast)
    }

    static let filters: [(prefixes: [String], subject: String?, seqs: [UInt64])] = [
        ([], nil, [1, 2, 3, 4, 5, 6]),
        (["risk."], nil, [1, 3, 4, 6]),
        (["risk.alarm"], nil, [1, 4]),
        (["risk.level", "ingest."], nil, [2, 3, 5, 6]),
        (["risk", "risk.alarm"], nil, [1, 3, 4, 6]),
        (["risk.alarm_raised2"], nil, []),
        (["risk.", ""], nil, [1, 2, 3, 4, 5, 6]),
        ([], "a", [1, 3, 5]),
        (["risk."], "a", [1, 3]),
        (["risk."], "c", []),
    ]

    @Test(arguments: filters)
    func filtersLetThroughWhatMatches(
        row: (prefixes: [String], subject: String?, seqs: [UInt64])
    ) throws {
        let store = try Self.mixed()
        let filter = JournalFilter(kindPrefixes: row.prefixes, subject: row.subject)
        for entriesMax in [1, 2, 100] {
            var seqs: [UInt64] = []
            var position: UInt64 = 0
            while true {
                let page = try store.read { db in
                    try Journal.page(
                        after: position, filter: filter, entriesMax: entriesMax, in: db)
                }
                seqs += page.entries.map(\.seq)
                position = page.coveredSeq
                if page.isLast { break }
            }
            #expect(seqs == row.seqs, "pages of \(entriesMax)")
            #expect(position == 6, "what does not match is covered too")
        }
    }

    /// Six entries of three kinds about two subjects.
    private static func mixed() throws -> Store {
        let store = try TemporaryStore().open()
        let rows = [
            ("risk.alarm_raised", "a"), ("ingest.point_put", "b"), ("risk.level_changed", "a"),
            ("risk.alarm_cleared", "b"), ("ingest.point_put", "a"), ("risk.level_changed", "b"),
        ]
        for (kind, subject) in rows { try store.append(1, kind: kind, subject: subject) }
        return store
    }

    @Test func afterTheEndComesNothing() throws {
        let store = try TemporaryStore().open()
        try store.append(2)
        for after in [UInt64(2), 3, .max] {
            let page = try store.read { try Journal.page(after: after, in: $0) }
            #expect(page.entries == [])
            #expect(page.coveredSeq == after)
        }
    }

    @Test(arguments: Journal.Query.every)
    func noQuestionScansTheJournal(sql: String) throws {
        let store = try TemporaryStore().open()
        try store.append(3)
        let count = sql.count { $0 == "?" }
        let plan = try store.read { db in
            try Row.fetchAll(
                db, sql: "explain query plan " + sql,
                arguments: StatementArguments(Array(repeating: 1, count: count)))
        }.map { row -> String in row["detail"] }
        #expect(!plan.isEmpty)
        #expect(plan.allSatisfy { $0.hasPrefix("SEARCH journal") }, "\(plan)")
    }

    @Test func aJournalThatLostItsEndIsNotWrittenOn() throws {
        let temporary = try closedJournal(3)
        try tamper(temporary.path, "delete from journal where seq = 3")
        let store = try temporary.open()
        #expect {
            try store.append(1)
        } throws: { error in
            guard case .journalTampered = error as? StoreFailure else { return false }
            return "\(error)".contains("hazwatch audit verify")
        }
        #expect(try store.read { try Journal.head(in: $0).seq } == 2)
    }
}

@Suite struct JournalHashTests {
    @Test func theWorkedExampleOfTheDocumentHolds() {
        let draft = JournalDraft(
            kind: "risk.level_changed", subject: "tank-7", node: NodeID("works-1"),
            body: [0x0a, 0x03, 0x61, 0x62, 0x63])
        let layout = JournalHash.layout(
            previous: JournalHash.zero, seq: 1, at: .t0, draft: draft)
        let hash = JournalHash.hash(previous: JournalHash.zero, seq: 1, at: .t0, draft: draft)
        let document = documentText()
        #expect(document.contains(JournalHash.hexadecimal(hash)))
        #expect(document.contains(JournalHash.hexadecimal(layout)))
    }

    @Test func everyFieldCounts() {
        let previous = [UInt8](repeating: 1, count: 32)
        let draft = JournalDraft(kind: "k", subject: "s", node: NodeID("n"), body: [1])
        var others = [draft, draft, draft, draft]
        others[0].kind = "kk"
        others[1].subject = "t"
        others[2].node = NodeID("m")
        others[3].body = [1, 0]
        var hashes = Set(
            others.map { JournalHash.hash(previous: previous, seq: 1, at: .t0, draft: $0) })
        hashes.insert(JournalHash.hash(previous: previous, seq: 1, at: .t0, draft: draft))
        hashes.insert(JournalHash.hash(previous: previous, seq: 2, at: .t0, draft: draft))
        hashes.insert(
            JournalHash.hash(
                previous: previous, seq: 1, at: .t0 + Interval(milliseconds: 1), draft: draft))
        hashes.insert(JournalHash.hash(previous: JournalHash.zero, seq: 1, at: .t0, draft: draft))
        #expect(hashes.count == 8)
    }

    @Test func lettersCannotMoveFromOneFieldToTheNext() {
        let left = JournalDraft(kind: "ab", subject: "c", node: NodeID(""), body: [])
        let right = JournalDraft(kind: "a", subject: "bc", node: NodeID(""), body: [])
        #expect(
            JournalHash.hash(previous: JournalHash.zero, seq: 1, at: .t0, draft: left)
                != JournalHash.hash(previous: JournalHash.zero, seq: 1, at: .t0, draft: right))
    }

    @Test func aHeadIsReadAsItIsWritten() {
        let head = JournalHead(seq: 7, hash: (0..<32).map { UInt8($0) })
        #expect(JournalHead(head.description) == head)
        for text in ["", "7", "7:", ":00", "x:\(JournalHash.hexadecimal(head.hash))", "7:zz"] {
            #expect(JournalHead(text) == nil, "\(text)")
        }
    }
}
