import Domain
import Kernel
import NotificationCore

// What happens to messages: they are handed over, and the provider tells what became of them.

extension World {
    /// What is on disk to be handed over is begun, once by each process.
    mutating func startRows() throws {
        if desk.shell.disk.rows.isEmpty { return }
        for key in desk.shell.disk.rows.keys.sorted() where !begun.contains(key) {
            guard let row = desk.shell.disk.rows[key] else { continue }
            begun.insert(key)
            try provider.willHandOver(row.notice.id)
            let slow = strikes(.providerSlow, of: 4)
            let wait = Interval(milliseconds: random.integer(in: 1...(slow ? 30_000 : 50)))
            agenda.add(.arrive(key: key, row, life: desk.life), at: now + wait)
        }
    }

    /// A message is on its way to the provider; it goes on even if our process has ended.
    mutating func arrive(_ key: String, _ row: HandingOver, from sender: Int) throws {
        guard sender == desk.life || random.chance(1, of: 2) else { return }
        let (notice, attempt) = (row.notice, row.attempt)
        if strikes(.providerDown, of: 150) { isProviderDown = true }
        if isProviderDown, random.chance(1, of: 200) { isProviderDown = false }
        let outcome: AttemptOutcome
        switch random.integer(in: 1...20) {
        case _ where isProviderDown: outcome = .failedForNow("down")
        case 1...6 where faults.has(.providerFails):
            figures.count(.providerFails)
            outcome = failure(of: notice)
        case _: outcome = .taken(providerIDs: takeOver(notice))
        }
        let wait = Interval(milliseconds: random.integer(in: 1...50))
        agenda.add(.answer(notice.id, attempt, outcome, life: sender), at: now + wait)
    }

    private mutating func failure(of notice: Notice) -> AttemptOutcome {
        switch random.integer(in: 1...6) {
        case 1...3: return .failedForNow("busy")
        case 4: return .failed("no such number")
        case _:
            // It may have taken the message, and its answer is lost.
            if random.chance(1, of: 2) { _ = takeOver(notice) }
            return .unknown("no answer")
        }
    }

    private mutating func takeOver(_ notice: Notice) -> [String] {
        provider.take(notice.id)
        let count = random.chance(1, of: 4) ? 2 : 1
        let ids = (1...count).map { "p-\(provider.takenCount)-\($0)" }
        for id in ids {
            if strikes(.receiptsLost, of: 4) { continue }
            let isEarly = strikes(.receiptsEarly, of: 4)
            let wait = isEarly ? Interval(milliseconds: 1) : .seconds(random.integer(in: 1...1_200))
            let receipt: Receipt = random.chance(1, of: 12) ? .failed("off") : .delivered
            agenda.add(.receipt(.provider(id, notice.channel), receipt), at: now + wait)
            if strikes(.receiptsDoubled, of: 4) {
                let later = wait + .seconds(random.integer(in: 1...60))
                agenda.add(.receipt(.provider(id, notice.channel), receipt), at: now + later)
            }
        }
        return ids
    }

    mutating func answer(_ id: NoticeID, _ attempt: Int, _ outcome: AttemptOutcome) throws {
        // An answer that was not stored is taken in again by the same process.
        if try say(.attempted(id, attempt: attempt, outcome)) {
            if case .taken = outcome { provider.isAnswered(id) }
        } else if desk.isUp {
            agenda.add(.answer(id, attempt, outcome, life: desk.life), at: now + .seconds(1))
        }
    }

    mutating func receipt(_ subject: ReceiptSubject, _ receipt: Receipt) throws {
        let told = try submit(desk, .receipt(subject, receipt))
        let isEarly = told.refusals.contains { refusal in
            if case .receiptTooEarly = refusal { return true }
            return false
        }
        if told.isDone, !isEarly {
            if told.refusals.isEmpty {
                ledger.acknowledge(.receipt(subject, receipt), in: desk.shell.machine)
            }
            return
        }
        // The provider sends again what was not acknowledged.
        if now < end + .hours(24) {
            agenda.add(.receipt(subject, receipt), at: now + .seconds(30))
        }
    }

    /// Somebody tells notification something; true if it was taken in and acknowledged.
    mutating func say(_ event: NotificationEvent) throws -> Bool {
        let told = try submit(desk, event)
        guard told.isDone, told.refusals.isEmpty else { return false }
        ledger.acknowledge(event, in: desk.shell.machine)
        return true
    }
}
