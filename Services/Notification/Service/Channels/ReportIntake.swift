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

    func take(_ report: ChannelReport) async throws {
        guard let submit = submit.withLock({ $0 }) else { throw ReportRefusal.tooEarly }
        guard let event = NotificationEvent(report) else { return }
        do {
            try await submit(event)
        } catch NotificationRefusal.receiptTooEarly {
            throw ReportRefusal.tooEarly
        } catch is NotificationRefusal {
            throw ReportRefusal.unknownMessage
        }
    }
}

extension NotificationEvent {
    /// Nil for what the machine does not listen to.
    init?(_ report: ChannelReport) {
        switch report {
        case .delivered(let subject):
            self = .receipt(ReceiptSubject(subject), .delivered)
        case .undeliverable(let subject, let reason):
            self = .receipt(ReceiptSubject(subject), .failed(reason))
        case .read, .reply: return nil
        }
    }
}

extension ReceiptSubject {
    init(_ subject: ChannelReport.Subject) {
        switch subject {
        case .message(let id): self = .notice(NoticeID(id))
        case .provider(let id): self = .provider(id)
        }
    }
}
