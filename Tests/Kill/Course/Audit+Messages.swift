import Contracts
import Domain
import SimKit

/// What telephones were given, as the SMSC has it on record.
extension Audit {
    /// One text that one telephone showed.
    private struct Copy {
        var at: Int64
        var ids: String
        /// When the last of its parts was answered, to somebody who was there; nil: not all were.
        var answeredAt: Int64?
    }

    private struct Key: Hashable {
        var telephone, text: String
    }

    /// Each notice arrived, and twice only if it was not on record that it was taken.
    mutating func checkMessages(_ smsc: ForeignPeer) {
        let copies = Self.copies(smsc)
        let losses = smsc.events("gone").compactMap { Int64($0["at"]) }
        var notices: [Key: [NotificationV1.Notice]] = [:]
        for notice in records.notices.values.sorted(by: { $0.id < $1.id }) {
            guard let telephone = KillPlant.telephones[notice.personID],
                ["sms", "smsBackup"].contains(notice.channel)
            else { continue }
            notices[Key(telephone: telephone, text: notice.text), default: []].append(notice)
        }
        let takenAt = takenAt()
        for key in Set(copies.keys).union(notices.keys) {
            let (sent, arrived) = (notices[key] ?? [], copies[key] ?? [])
            put { figures in
                figures.messages += sent.count
                figures.copies += arrived.count
                figures.unanswered += sent.reduce(0) { $0 + Int($1.unanswered) }
                for notice in sent {
                    figures.states[Self.word(notice.state), default: 0] += 1
                }
            }
            check(key, sent, arrived, losses)
            guard sent.count == 1, let id = sent.first?.id, let taken = takenAt[id] else {
                continue
            }
            if let late = arrived.first(where: { $0.at > taken }) {
                complain(
                    "notice \(id) came at \(late.at), after it was on record at \(taken) that it "
                        + "was taken")
            }
        }
    }

    private mutating func check(
        _ key: Key, _ sent: [NotificationV1.Notice], _ arrived: [Copy], _ losses: [Int64]
    ) {
        let must = sent.count { notice in
            switch notice.state {
            case .sent, .unknown, .delivered, .seen, .confirmed: true
            // Of one whose telephone is gone, a part is enough to say so.
            case _: false
            }
        }
        if arrived.count < must {
            let ends = sent.map { "\($0.id) \($0.channel) \(Self.word($0.state))" }
            complain(
                "\(ends) at \(key.telephone): \(must) taken, arrived "
                    + "\(arrived.map { ($0.at, $0.ids) })")
        }
        let most = sent.reduce(0) { $0 + 1 + Int($1.unanswered) }
        if arrived.count > most {
            complain(
                "\(sent.map(\.id)) arrived \(arrived.count) times at \(key.telephone); the "
                    + "service counts \(most) at most")
        }
        let extra = arrived.count - sent.count
        guard extra > 0 else { return }
        let unanswered = arrived.count { $0.answeredAt == nil }
        let lost = min(extra, unanswered)
        put { $0.doublesUnanswered += lost }
        // The rest was answered, and the connection or the service was gone before it was written
        // down.
        let answers = arrived.compactMap(\.answeredAt).sorted().prefix(extra - lost)
        for answer in answers {
            guard let loss = losses.first(where: { $0 >= answer }) else {
                complain(
                    "\(sent.map(\.id)) was answered at \(answer), no connection was lost, and it "
                        + "was sent again")
                continue
            }
            put { $0.doublesCutOff.append(loss - answer) }
        }
    }

    private static func word(_ state: NotificationV1.DeliveryState) -> String {
        (try? Delivery(state)).map { "\($0)" } ?? "\(state.rawValue)"
    }

    private static func copies(_ smsc: ForeignPeer) -> [Key: [Copy]] {
        var answers: [String: Int64] = [:]
        for event in smsc.events("response") where event["heard"] == "yes" {
            answers[event["id"]] = Int64(event["at"])
        }
        var copies: [Key: [Copy]] = [:]
        for event in smsc.events("message") {
            let parts = event["ids"].split(separator: " ").map { answers[String($0)] }
            let times = parts.compactMap(\.self)
            let copy = Copy(
                at: Int64(event["at"]) ?? 0, ids: event["ids"],
                answeredAt: times.count == parts.count ? times.max() : nil)
            copies[Key(telephone: event["to"], text: event["text"]), default: []].append(copy)
        }
        return copies
    }

    /// When it was first on record of each notice that its provider has it.
    private func takenAt() -> [String: Int64] {
        var all: [String: Int64] = [:]
        for entry in records.entries {
            guard case .delivery(let notice) = entry.line, all[notice.id] == nil else { continue }
            switch notice.state {
            case .sent, .delivered, .seen, .confirmed: all[notice.id] = entry.at
            case _: break
            }
        }
        return all
    }
}
