import NotificationChannels
import Runtime
import Synchronization
import Testing

/// Keeps what a channel reports.
final class Reports: Sendable {
    private let kept = Mutex<[ChannelReport]>([])
    private let refusals: Mutex<Int>
    private let news = HeadSignal()

    /// Refuses the first `refusals` reports, as a full disk would.
    init(refusing refusals: Int = 0) { self.refusals = Mutex(refusals) }

    struct FullDisk: Error {}

    var all: [ChannelReport] { kept.withLock { $0 } }

    func take(_ report: ChannelReport) throws {
        let isRefused = refusals.withLock { left in
            left -= 1
            return left >= 0
        }
        if isRefused { throw FullDisk() }
        news.advance(
            to: kept.withLock { kept in
                kept.append(report)
                return UInt64(kept.count)
            })
    }

    /// Waits until there are so many.
    func wait(
        count: Int = 1, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> [ChannelReport] {
        let end = ContinuousClock.now + .seconds(240)
        while true {
            let seen = news.head
            if all.count >= count { return all }
            guard ContinuousClock.now < end else { break }
            _ = try await news.news(past: seen, within: end - .now)
        }
        try #require(
            Bool(false), "\(count) reports were awaited: \(all)", sourceLocation: sourceLocation)
        return []
    }
}
