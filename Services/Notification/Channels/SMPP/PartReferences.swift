import Synchronization

/// What joins the parts of a long message at a telephone (3GPP TS 23.040, 9.2.3.24.1).
///
/// It has 256 values, and a telephone that is still without a part of one message mixes it with
/// the next one of the same value. So they are counted by telephone, over all gateways: one
/// sequence for all telephones comes round within a second of a burst.
package final class PartReferences: Sendable {
    private let last = Mutex<[String: UInt8]>([:])
    private let start: UInt8
    private let capacity: Int

    /// `start` is the one before the first to each telephone. By the clock's seconds, a process
    /// that follows a killed one goes on beyond what that one gave, as long as a telephone is sent
    /// less than one message a second.
    package init(start: UInt8, capacity: Int = ChannelLimits.messagesRememberedMax) {
        (self.start, self.capacity) = (start, capacity)
    }

    package func next(to telephone: String) -> UInt8 {
        last.withLock { last in
            if last.count >= capacity, last[telephone] == nil { last = [:] }
            let next = (last[telephone] ?? start) &+ 1
            last[telephone] = next
            return next
        }
    }
}
