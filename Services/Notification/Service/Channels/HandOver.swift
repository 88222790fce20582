import Foundation
package import NotificationCore
package import Storage

/// A notice that is to be handed to its channel, as it waits in the outbox.
package struct HandOver: Codable, Equatable, Sendable {
    package var notice: Notice
    /// The how many-th attempt it is, from 1.
    package var attempt: Int

    package static let kind = "message"

    package init(notice: Notice, attempt: Int) {
        (self.notice, self.attempt) = (notice, attempt)
    }

    package init(_ row: OutboxRow) throws {
        self = try JSONDecoder().decode(HandOver.self, from: Data(row.body))
    }

    /// The row: each person has a lane, so that nobody waits for another's message.
    package var draft: OutboxDraft {
        guard let body = try? JSONEncoder().encode(self) else {
            preconditionFailure("A notice holds nothing that JSON could not say.")
        }
        return OutboxDraft(
            key: notice.outboxKey(attempt: attempt), lane: "\(notice.channel.rawValue)/\(lane)",
            kind: Self.kind,
            body: [UInt8](body), priority: notice.priority)
    }

    private var lane: String {
        switch notice.holder {
        case .person(let id, _, _, _): id.text
        case .body(let id, _): id.text
        case .nobody: ""
        }
    }
}
