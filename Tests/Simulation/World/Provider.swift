import Domain
import Kernel
import NotificationCore

/// The provider of short messages, as the world knows it: what it took, and whether we know.
struct Provider {
    /// How often it took each notice.
    private var taken: [NoticeID: Int] = [:]
    /// Notices of which the platform has on record that they were taken.
    private var answered: Set<NoticeID> = []
    private(set) var takenCount = 0
    private(set) var doubleCount = 0

    /// We begin to hand a message over: only if nobody on our side knows that it was taken.
    func willHandOver(_ id: NoticeID) throws(Violation) {
        try require(
            !answered.contains(id), "notice \(id) is handed over again after it was taken")
    }

    /// It takes a message; a second time if its first answer was lost.
    mutating func take(_ id: NoticeID) {
        taken[id, default: 0] += 1
        takenCount += 1
        if taken[id, default: 0] > 1 { doubleCount += 1 }
    }

    /// The platform has stored that it was taken.
    mutating func isAnswered(_ id: NoticeID) { answered.insert(id) }
}
