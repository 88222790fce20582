import Domain
import Foundation
package import GRDB

/// Which entries a reader wants.
package struct JournalFilter: Hashable, Sendable {
    /// Only kinds that start with one of these; empty: all.
    package var kindPrefixes: [String]
    /// Only this subject; nil: all.
    package var subject: String?

    package init(kindPrefixes: [String] = [], subject: String? = nil) {
        (self.kindPrefixes, self.subject) = (kindPrefixes, subject)
    }

    package static let all = JournalFilter()

    package func matches(kind: String) -> Bool {
        kindPrefixes.isEmpty || kindPrefixes.contains { kind.hasPrefix($0) }
    }
}

/// Some entries in order, and how far they reach.
package struct JournalPage: Hashable, Sendable {
    package var entries: [JournalEntry]
    /// Every entry that matches, up to this number, has been handed over with this page.
    package var coveredSeq: UInt64
    /// Where the journal ended when the page was read.
    package var head: JournalHead

    package var headSeq: UInt64 { head.seq }

    /// True if nothing that was stored is left to read.
    package var isLast: Bool { coveredSeq >= headSeq }
}

extension Journal {
    /// The next entries after `after` that match.
    package static func page(
        after: UInt64, filter: JournalFilter = .all,
        entriesMax: Int = StorageLimits.pageEntriesMax,
        bytesMax: Int = StorageLimits.pageBytesMax, in db: Database
    ) throws -> JournalPage {
        let head = try head(in: db)
        if after >= head.seq { return JournalPage(entries: [], coveredSeq: after, head: head) }
        let after = Int64(clamping: after)
        let seqs = try matching(after: after, filter: filter, limit: entriesMax, in: db)
        var page = JournalPage(entries: [], coveredSeq: head.seq, head: head)
        var bytes = 0
        let read = try db.cachedStatement(sql: Query.one)
        for seq in seqs {
            guard let row = try Row.fetchOne(read, arguments: [seq]) else { continue }
            let entry = entry(row)
            bytes += entry.body.count
            page.entries.append(entry)
            if bytes >= bytesMax && seq != seqs.last {
                page.coveredSeq = entry.seq
                return page
            }
        }
        if seqs.count == entriesMax, let last = seqs.last { page.coveredSeq = UInt64(last) }
        return page
    }

    /// The entry at `seq`.
    package static func entry(at seq: UInt64, in db: Database) throws -> JournalEntry? {
        let read = try db.cachedStatement(sql: Query.one)
        return try Row.fetchOne(read, arguments: [Int64(clamping: seq)]).map { entry($0) }
    }

    // The numbers come from an index alone; only the rows of the page are read whole.
    private static func matching(
        after: Int64, filter: JournalFilter, limit: Int, in db: Database
    ) throws -> [Int64] {
        if let subject = filter.subject {
            return try ofSubject(subject, after: after, filter: filter, limit: limit, in: db)
        }
        if filter.kindPrefixes.isEmpty {
            return try Int64.fetchAll(
                db.cachedStatement(sql: Query.all), arguments: [after, limit])
        }
        var seqs: [Int64] = []
        for kind in try kinds(filter, in: db) {
            seqs += try Int64.fetchAll(
                db.cachedStatement(sql: Query.ofKind), arguments: [kind, after, limit])
        }
        return Array(seqs.sorted().prefix(limit))
    }

    private static func ofSubject(
        _ subject: String, after: Int64, filter: JournalFilter, limit: Int, in db: Database
    ) throws -> [Int64] {
        let rows = try Row.fetchCursor(
            db.cachedStatement(sql: Query.ofSubject), arguments: [subject, after])
        var seqs: [Int64] = []
        while seqs.count < limit, let row = try rows.next() {
            if filter.matches(kind: row[1]) { seqs.append(row[0]) }
        }
        return seqs
    }

    // A journal has some dozen kinds: each is found by one step in the index.
    private static func kinds(_ filter: JournalFilter, in db: Database) throws -> [String] {
        var kinds: Set<String> = []
        for prefix in filter.kindPrefixes.prefix(StorageLimits.kindPrefixesMax) {
            let next = try db.cachedStatement(sql: Query.kindFrom)
            var from = prefix
            while let kind = try String.fetchOne(next, arguments: [from]), kind.hasPrefix(prefix) {
                kinds.insert(kind)
                // The smallest text after `kind`.
                from = kind + "\u{1}"
            }
        }
        return kinds.sorted()
    }

    /// The questions that are asked of the journal; none may scan it.
    enum Query {
        static let one = "select \(columns) from journal where seq = ?"
        static let all = "select seq from journal where seq > ? order by seq limit ?"
        static let ofKind =
            "select seq from journal where kind = ? and seq > ? order by seq limit ?"
        static let ofSubject =
            "select seq, kind from journal where subject = ? and seq > ? order by seq"
        static let kindFrom = "select kind from journal where kind >= ? order by kind limit 1"

        static let every = [one, all, ofKind, ofSubject, kindFrom]
    }
}
