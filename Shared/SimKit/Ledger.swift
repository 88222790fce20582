package import Domain
package import Kernel

/// A small machine for tests of the engine: accounts with a balance, and reminders that are sent
/// when they are due and again a while after each failure.
package struct Ledger: Machine {
    package enum Event: Hashable, Sendable {
        case deposit(account: String, amount: Int64)
        /// Refused if the balance does not cover it.
        case withdraw(account: String, amount: Int64)
        case remind(account: String, number: Int, after: Interval)
        /// How sending a reminder went.
        case told(key: String, isDelivered: Bool)
        /// Changes nothing.
        case look
    }

    package enum Effect: Hashable, Sendable {
        case note(kind: String, account: String, amount: Int64)
        case send(key: String, account: String)
        case settle(key: String)
    }

    package enum Refusal: Error, Hashable {
        case notCovered(balance: Int64)
    }

    package struct Account: Hashable, Codable, Sendable {
        package var balance: Int64 = 0
        /// By number.
        package var reminders: [String: Reminder] = [:]
    }

    package struct Reminder: Hashable, Codable, Sendable {
        package var attempt: Int
        /// Nil while it is being sent.
        package var dueAt: Instant?
    }

    package private(set) var accounts: [String: Account] = [:]
    private var deadlines = Deadlines<String>()
    private var changed: Set<String> = []
    private let retryAfter: Interval

    package init(retryAfter: Interval = .seconds(10)) {
        self.retryAfter = retryAfter
    }

    /// Reminders wait for news: an account may have been settled meanwhile.
    package func nextDue(heard: Instant) -> Instant? { deadlines.nextDue(by: heard) }

    package mutating func handle(_ event: Event, at now: Instant) throws(Refusal) -> [Effect] {
        switch event {
        case .deposit(let account, let amount):
            change(account) { $0.balance += amount }
            return [.note(kind: "toy.deposited", account: account, amount: amount)]
        case .withdraw(let account, let amount):
            let balance = accounts[account]?.balance ?? 0
            if balance < amount { throw .notCovered(balance: balance) }
            change(account) { $0.balance -= amount }
            return [.note(kind: "toy.withdrawn", account: account, amount: amount)]
        case .remind(let account, let number, let wait):
            let reminder = Reminder(attempt: 1, dueAt: now + wait)
            change(account) { $0.reminders["\(number)"] = reminder }
            deadlines.set("\(account)/\(number)", dueAt: now + wait)
            return [.note(kind: "toy.reminder_set", account: account, amount: Int64(number))]
        case .told(let key, let isDelivered):
            return told(key, isDelivered, at: now)
        case .look:
            return []
        }
    }

    package mutating func wake(at now: Instant, heard: Instant) -> [Effect] {
        var effects: [Effect] = []
        while let due = deadlines.popDue(at: min(now, heard)) {
            let (account, number) = Self.pieces(due.key)
            guard let reminder = accounts[account]?.reminders[number] else { continue }
            change(account) { $0.reminders[number]?.dueAt = nil }
            effects.append(.note(kind: "toy.reminder_due", account: account, amount: 0))
            effects.append(.send(key: "\(due.key)/\(reminder.attempt)", account: account))
        }
        return effects
    }

    private mutating func told(_ key: String, _ isDelivered: Bool, at now: Instant) -> [Effect] {
        let (account, number) = Self.pieces(key)
        guard let reminder = accounts[account]?.reminders[number],
            key == "\(account)/\(number)/\(reminder.attempt)"
        else { return [.settle(key: key)] }
        if isDelivered {
            change(account) { $0.reminders[number] = nil }
            return [
                .settle(key: key), .note(kind: "toy.reminded", account: account, amount: 0),
            ]
        }
        let next = Reminder(attempt: reminder.attempt + 1, dueAt: now + retryAfter)
        change(account) { $0.reminders[number] = next }
        deadlines.set("\(account)/\(number)", dueAt: now + retryAfter)
        return [.settle(key: key), .note(kind: "toy.reminder_failed", account: account, amount: 0)]
    }

    private static func pieces(_ key: String) -> (account: String, number: String) {
        let pieces = key.split(separator: "/").map { String($0) }
        precondition(pieces.count >= 2, "A reminder's key is ACCOUNT/NUMBER.")
        return (pieces[0], pieces[1])
    }

    private mutating func change(_ account: String, _ body: (inout Account) -> Void) {
        body(&accounts[account, default: Account()])
        changed.insert(account)
    }

    package mutating func takeChanges() -> [PartChange<Account>] {
        defer { changed = [] }
        return changed.sorted().map { PartChange(key: $0, part: accounts[$0]) }
    }

    package mutating func restore(_ part: Account, key: String) {
        accounts[key] = part
        for (number, reminder) in part.reminders.sorted(by: { $0.key < $1.key }) {
            if let dueAt = reminder.dueAt { deadlines.set("\(key)/\(number)", dueAt: dueAt) }
        }
    }
}
