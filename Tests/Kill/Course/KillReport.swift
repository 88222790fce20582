/// What a run has seen.
package struct KillReport: Sendable, CustomStringConvertible {
    package var kills = 0
    package var restarts = 0
    package var downMilliseconds: [Int64] = []
    package var changes = 0, cases = 0, closed = 0, obligations = 0, documents = 0
    package var deeds = 0, refusals = 0, repeats = 0
    /// Notices over SMS, what telephones showed of them, and what the service counts as unanswered.
    package var messages = 0, copies = 0, unanswered = 0
    package var receipts = 0, replies = 0
    /// Doubles: the SMSC had not answered.
    package var doublesUnanswered = 0
    /// Doubles: it had, so long before the connection was gone, and that was not on disk yet.
    package var doublesCutOff: [Int64] = []
    /// How late what time alone brings about was, the time of being away taken off.
    package var lateness: [Int64] = []
    package var journalEntries: UInt64 = 0
    package var mistakes: [String] = []
    /// What went to those telephones, and happened in those cases, of which a mistake speaks.
    package var trace: [String] = []
    var states: [String: Int] = [:]

    init() {}

    package var doubles: Int { doublesUnanswered + doublesCutOff.count }

    package var description: String {
        """
        kills \(kills), among them \(kills - restarts) while it was starting; away \
        \(spread(downMilliseconds)) ms
        levels changed \(changes), cases \(cases) (closed \(closed)), records of obligations \
        \(obligations), documents \(documents), journal \(journalEntries) entries
        deeds acknowledged \(deeds), refused \(refusals), said again for want of an answer \
        \(repeats)
        notices over SMS \(messages), shown by telephones \(copies), receipts \(receipts), \
        replies \(replies)
        doubled \(doubles): \(doublesUnanswered) not answered by the SMSC, \
        \(doublesCutOff.count) answered at most \(doublesCutOff.max() ?? 0) ms before the \
        connection \
        was lost or the service killed; \
        the service counts \(unanswered) that may be
        fired by time \(lateness.count), late beyond the time away by \(spread(lateness)) ms
        notices over SMS in the end: \(ends)
        mistakes \(mistakes.count)
        """
    }

    private var ends: String {
        states.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }

    private func spread(_ values: [Int64]) -> String {
        let sorted = values.sorted()
        func quantile(_ perMille: Int) -> Int64 {
            sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, sorted.count * perMille / 1_000)]
        }
        return "p50 \(quantile(500)), p99 \(quantile(990)), most \(sorted.last ?? 0)"
    }
}
