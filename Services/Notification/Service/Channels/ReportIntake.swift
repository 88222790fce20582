import Domain
import Domain
import NotificationChannels
import NotificationCore
import Runtime
import Synchronization

/// Hands what channels hear on to the engine, which is made after them.
final class ReportIntake: Sendable {
    typealias Submit = @Sendable (NotificationEvent) async throws -> Void

    private let submit = Mutex<Submit?>(nil)

    func open(_ submit: @escaping Submit) {
        self.submit.withLock { $0 = submit }
    }

    func take(_ report: ChannelReport, from channel: Channel) async throws {
        guard let submit = submit.withLock({ $0 }) else { throw ReportRefusal.tooEarly }
        do {
            try await submit(NotificationEvent(report, from: channel))
        } catch NotificationRefusal.unknownReply {
            // Whatever it was, sending it again helps nobody.
        } catch NotificationRefusal.receiptTooEarly {
            throw ReportRefusal.tooEarly
        } catch is NotificationRefusal {
            throw ReportRefusal.unknownMessage
        }
    }
}

extension NotificationEvent {
    init(_ report: ChannelReport, from channel: Channel) {
        switch report {
        case .delivered(let subject):
            self = .receipt(ReceiptSubject(subject, channel), .delivered)
        case .undeliverable(let subject, let reason):
            self = .receipt(ReceiptSubject(subject, channel), .failed(reason))
        case .read(let subject): self = .receipt(ReceiptSubject(subject, channel), .read)
        case .reply(let telephone, let text):
            self = .replied(telephone: telephone, text: text)
        }
    }
}

extension ReceiptSubject {
    init(_ subject: ChannelReport.Subject, _ channel: Channel) {
        switch subject {
        case .message(let id): self = .notice(NoticeID(id))
        case .provider(let id): self = .provider(id, channel)
        }
    }
}
