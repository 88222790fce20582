package import Domain
package import Runtime
package import Storage

extension Engine<Ledger>.Shell {
    /// The shell of the ledger; `send` does a reminder and says whether it was delivered.
    ///
    /// Each account has a lane of its own, or all have one, where the order of answers matters;
    /// `priority` is that of an account's reminders.
    package static func ledger(
        retryAfter: Interval = .seconds(10), isOneLane: Bool = false,
        priority: @escaping @Sendable (_ account: String) -> Int = { _ in OutboxDraft.usual },
        send: @escaping @Sendable (OutboxRow) async throws -> Bool
    ) -> Engine<Ledger>.Shell {
        Engine<Ledger>.Shell {
            Ledger(retryAfter: retryAfter)
        } plan: { effect, _ in
            switch effect {
            case .note(let kind, let account, let amount):
                [
                    .journal(
                        JournalDraft(
                            kind: kind, subject: account, node: NodeID("toy"),
                            body: Array("\(amount)".utf8)))
                ]
            case .send(let key, let account):
                [
                    .act(
                        OutboxDraft(
                            key: key, lane: isOneLane ? "all" : account, kind: "toy.remind",
                            body: [], priority: priority(account)))
                ]
            case .settle(let key):
                [.settled(key: key)]
            }
        } perform: { row in
            .told(key: row.key, isDelivered: try await send(row))
        }
    }
}
