/// A part of a message that is handed over, from 1.
package struct PartKey: Hashable, Sendable {
    package var message: String
    package var number: Int

    package init(_ message: String, _ number: Int) {
        (self.message, self.number) = (message, number)
    }
}

/// Remembers what the SMSC calls the parts of each message, so that the last receipt of a message
/// is a report of the whole, and one that is tried again is not sent twice as far as it was taken.
///
/// It lives in memory only. So the receipt of each part is reported by the provider's name, to be
/// stored before it is acknowledged; what is not in the book is reported so as well.
package struct ReceiptBook: Sendable {
    private struct Entry {
        var reference: UInt8
        var providerIDs: [String?]
        /// Of parts that are not asked about nothing is heard; they count as delivered.
        var fates: [DeliveryReceipt.Fate?]

        var hasFailed: Bool {
            fates.contains { if case .failed = $0 { true } else { false } }
        }
    }

    /// What a receipt means.
    package enum Meaning: Equatable, Sendable {
        case report(ChannelReport)
        /// It is no news.
        case nothing
        /// No part has that name, but a response that may give it is awaited.
        case early
    }

    private var entries: [String: Entry] = [:]
    private var keys: [String: PartKey] = [:]
    // In the order in which they were begun, so that the oldest are forgotten first.
    private var order: [String] = []
    private var firstInOrder = 0
    /// Requests under way, of which nobody knows the name yet.
    private var underWay = 0
    private let capacity: Int

    package init(capacity: Int = ChannelLimits.messagesRememberedMax) {
        self.capacity = capacity
    }

    package var count: Int { entries.count }

    /// Begins a message, or goes on with it: its reference, and which parts are still to be sent.
    ///
    /// The reference is the same for every attempt, so that a telephone sees the same message. One
    /// that failed on its way is begun anew, under the `next` one. Receipts are awaited of the
    /// parts `asked`.
    package mutating func begin(
        _ message: String, parts: Int, next: () -> UInt8, asked: (Int) -> Bool = { _ in true }
    ) -> (reference: UInt8, missing: [Int]) {
        if let entry = entries[message], entry.providerIDs.count == parts, !entry.hasFailed {
            return (entry.reference, (1...parts).filter { entry.providerIDs[$0 - 1] == nil })
        }
        forget(message)
        let reference = parts > 1 ? next() : 0
        entries[message] = Entry(
            reference: reference, providerIDs: Array(repeating: nil, count: parts),
            fates: (1...parts).map { asked($0) ? nil : .delivered })
        order.append(message)
        if entries.count > capacity { forgetOldest() }
        return (reference, Array(1...parts))
    }

    /// A part goes out; `answered` must follow.
    package mutating func sending() { underWay += 1 }

    /// The SMSC has answered for a part; `id` is nil if it did not take it.
    package mutating func answered(_ key: PartKey, id: String?) {
        underWay -= 1
        if let id { accepted(key, id: id) }
    }

    /// The SMSC took a part after all.
    package mutating func accepted(_ key: PartKey, id: String) {
        guard entries[key.message]?.providerIDs.indices.contains(key.number - 1) == true else {
            return
        }
        entries[key.message]?.providerIDs[key.number - 1] = id
        if !id.isEmpty { keys[id] = key }
    }

    /// What the SMSC calls the parts of a message that was taken whole.
    package func providerIDs(of message: String) -> [String] {
        (entries[message]?.providerIDs ?? []).compactMap { $0 }
    }

    package mutating func receipt(_ receipt: DeliveryReceipt) -> Meaning {
        guard let key = keys[receipt.providerID], var entry = entries[key.message] else {
            if underWay > 0 { return .early }
            return Self.meaning(receipt.fate, .provider(receipt.providerID), part: "")
        }
        entry.fates[key.number - 1] = receipt.fate
        entries[key.message] = entry
        let isAll = entry.fates.allSatisfy { $0 == .delivered }
        // The rest is still on its way, and may come to another process.
        if receipt.fate == .delivered, !isAll {
            return Self.meaning(receipt.fate, .provider(receipt.providerID), part: "")
        }
        let part = entry.fates.count > 1 ? "part \(key.number) of \(entry.fates.count): " : ""
        return Self.meaning(receipt.fate, .message(key.message), part: part)
    }

    /// Whose message it is that has been read.
    package func subject(of providerID: String) -> ChannelReport.Subject {
        keys[providerID].map { .message($0.message) } ?? .provider(providerID)
    }

    /// The same when no response can give the name any more.
    package func unknown(_ receipt: DeliveryReceipt) -> Meaning {
        Self.meaning(receipt.fate, .provider(receipt.providerID), part: "")
    }

    private static func meaning(
        _ fate: DeliveryReceipt.Fate, _ subject: ChannelReport.Subject, part: String
    ) -> Meaning {
        switch fate {
        case .delivered: .report(.delivered(subject))
        case .failed(let reason): .report(.undeliverable(subject, reason: part + reason))
        case .pending: .nothing
        }
    }

    private mutating func forget(_ message: String) {
        guard let entry = entries.removeValue(forKey: message) else { return }
        for id in entry.providerIDs.compactMap({ $0 }) where keys[id]?.message == message {
            keys[id] = nil
        }
    }

    private mutating func forgetOldest() {
        while entries.count > capacity, firstInOrder < order.count {
            // One that was begun anew stands further back as well, and is forgotten early: once.
            forget(order[firstInOrder])
            firstInOrder += 1
        }
        if firstInOrder > 1_024, firstInOrder * 2 > order.count {
            order.removeFirst(firstInOrder)
            firstInOrder = 0
        }
    }
}
