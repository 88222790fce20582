/// What a channel hears after it has handed a message over.
package enum ChannelReport: Sendable, Codable, Equatable {
    /// Which message it speaks of.
    package enum Subject: Sendable, Codable, Hashable {
        /// The id that we gave it.
        case message(String)
        /// A name of `HandOverOutcome.taken`: the channel itself was restarted in between, or the
        /// provider's receipts bear only its own names.
        case provider(String)
    }

    /// The whole message is on the telephone.
    case delivered(Subject)
    /// It, or a part of it, never will be.
    case undeliverable(Subject, reason: String)
    case read(Subject)
    /// Somebody answered.
    case reply(telephone: String, text: String)
}

/// Takes a report; whoever throws is told again, if the provider can.
package typealias TakeReport = @Sendable (ChannelReport) async throws -> Void
