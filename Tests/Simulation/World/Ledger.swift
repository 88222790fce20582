import Domain
import Ingest
import IngestCore
import NotificationCore

/// What the platform has acknowledged, kept outside of it: all of that is found again at the end.
struct Ledger {
    private struct Batch {
        var columns: ReadingColumns
        /// The gateway had heard of all up to this position when it sent the batch.
        var after: Int
    }

    /// Something that a table of notification must say from now on.
    private struct Claim {
        var key: String
        /// What it may say, as other things may have happened since; empty: anything.
        var states: [String]
        var words: String

        func allows(_ state: String) -> Bool { states.isEmpty || states.contains(state) }
    }

    private var batches: [GatewayID: [UInt64: Batch]] = [:]
    /// The entries that were sent for each key, and the last of them that was acknowledged.
    private var sent: [String: [RegistryEntry]] = [:]
    private var acknowledged: [String: Int] = [:]
    private var claims: [Claim] = []
    private(set) var count = 0

    // MARK: Readings

    mutating func acknowledge(
        _ sequence: UInt64, from gateway: GatewayID, _ columns: ReadingColumns, after: Int
    ) {
        // The first word counts.
        guard batches[gateway]?[sequence] == nil else { return }
        count += 1
        batches[gateway, default: [:]][sequence] = Batch(columns: columns, after: after)
    }

    /// Every batch that was acknowledged is on the disk once, as it was, and in its order.
    func check(_ disk: ReadingsDisk) throws {
        var found: [GatewayID: [UInt64: Int]] = [:]
        for (index, batch) in disk.batches.enumerated() {
            let name = "batch \(batch.sequence) of \(batch.gateway)"
            let before = found[batch.gateway, default: [:]].updateValue(
                index + 1, forKey: batch.sequence)
            try require(before == nil, "\(name) is stored twice")
        }
        for (gateway, all) in batches {
            for (sequence, batch) in all where batch.columns.count > 0 {
                let name = "batch \(sequence) of \(gateway)"
                guard let position = found[gateway]?[sequence] else {
                    throw Violation("\(name) was acknowledged and is lost")
                }
                try require(
                    disk.batches[position - 1].columns == batch.columns,
                    "\(name) is stored otherwise than it was acknowledged")
                try require(
                    position > batch.after, "\(name) stands before what was known when it was sent")
            }
        }
    }

    // MARK: Registry

    /// A file is sent in; the number of each of its entries among those of the same key.
    mutating func send(_ entries: [RegistryEntry]) -> [Int] {
        entries.map { entry in
            sent[entry.partKey, default: []].append(entry)
            return (sent[entry.partKey]?.count ?? 1) - 1
        }
    }

    mutating func acknowledge(_ numbers: [Int], _ entries: [RegistryEntry]) {
        count += 1
        for (number, entry) in zip(numbers, entries) { acknowledged[entry.partKey] = number }
    }

    /// Each entry is as acknowledged last, or as it was sent after that.
    func check(_ parts: [String: IngestPart]) throws {
        for (key, number) in acknowledged {
            guard case .registry(.entry(let part))? = parts[key], let all = sent[key] else {
                throw Violation("\(key) was acknowledged and is not registered")
            }
            try require(
                all[number...].contains(part), "\(key) is not as it was acknowledged: \(part)")
        }
    }

    // MARK: What people and providers say

    mutating func acknowledge(_ event: NotificationEvent, in machine: NotificationMachine) {
        let before = claims.count
        switch event {
        case .opened(let request, _):
            claim("case/\(request.id)", ["open", "cleared", "closed"], "opened")
        case .fulfilled(let id, let number, _, _, let who):
            claim("obligation/\(id)#\(number)", ["met", "late"], "done by \(who.subject)")
        case .declared(let id, let declaration, _, _, let who):
            claim("declared/\(id)/\(declaration)", [], "declared by \(who.subject)")
        case .cleared(let id, _): claim("case/\(id)", ["cleared", "closed"], "cleared")
        case .closed(let id, _): claim("case/\(id)", ["closed"], "closed")
        case .confirmed(let id, _): claim("notice/\(id)", ["confirmed"], "confirmed")
        case .attempted(let id, _, .taken):
            claim(
                "notice/\(id)",
                ["sent", "unknown", "delivered", "seen", "confirmed", "failed", "merged"],
                "taken by its provider")
        case .receipt(.notice(let id), .delivered):
            claim("notice/\(id)", ["delivered", "seen", "confirmed"], "delivered")
        case .delivered(let ids), .seen(let ids):
            for id in ids where machine.notice(id) != nil {
                claim("notice/\(id)", ["delivered", "seen", "confirmed"], "shown")
            }
        case .adopted, .registered, .levelChanged, .attempted, .interrupted, .receipt, .replied:
            break
        }
        count += claims.count > before ? 1 : 0
    }

    private mutating func claim(_ key: String, _ states: [String], _ words: String) {
        claims.append(Claim(key: key, states: states, words: words))
    }

    /// What somebody was told is done, lately or ever, stands in the tables.
    func check(_ tables: [String: String], lately count: Int = .max) throws {
        for claim in claims.suffix(count) {
            // An obligation may come again: any of its rounds is the one that was done.
            let rounds = claim.key.hasPrefix("obligation/")
            let found =
                rounds
                ? (1...400).lazy.compactMap { tables["\(claim.key).\($0)"] }
                    .first { claim.allows($0) }
                : tables[claim.key]
            try require(
                found.map { claim.allows($0) } ?? false,
                "\(claim.key) was acknowledged as \(claim.words), and says "
                    + (found ?? "nothing"))
        }
    }
}
