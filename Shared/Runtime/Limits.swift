package import Domain

/// What the runtime holds back from growing without bound, with the reason of each number.
package enum RuntimeLimits {
    /// Submissions that wait for the one writer; some seconds of work, then senders are told.
    package static let submissionsWaitingMax = 10_000

    /// Submissions in one transaction: enough to share a disk flush, few enough to stay quick.
    package static let submissionsPerCommitMax = 512

    /// Parts that wait to be decoded at a start: work for all cores, and little room.
    package static let partsDecodedAtOnce = 4_096

    /// Rows of the outbox that are being done at once, in each group of lanes.
    package static let effectsAtOnceMax = 64

    /// Of these, the places that only urgent rows take: a provider that lets every message wait for
    /// its whole timeout must not hold back a red one behind yellow ones.
    package static let effectsKeptForUrgent = 16

    /// Wakes in a row at one time before the machine is held to be broken.
    package static let wakesInARowMax = 1_000

    /// Items that a follower has read ahead of the writer.
    package static let itemsReadAheadMax = 512

    /// Bytes that a follower has read ahead of the writer.
    package static let bytesReadAheadMax = 8 << 20

    /// Tokens whose check is remembered; each some 500 bytes.
    package static let verifiedTokensMax = 10_000

    /// Characters of a token: ours have some 250.
    package static let tokenCharactersMax = 4_096

    /// Subscribers of one journal at once.
    package static let subscribersMax = 1_000

    /// How far a cursor that nothing depends on may stay behind in the store.
    package static let cursorFlushEvery = Interval.seconds(1)

    /// A clock that is so little behind is not spoken of: it has caught up within a minute.
    package static let clockLagUnnoticed = Interval.seconds(1)

    /// How long calls under way may take to finish when the service stops.
    package static let drainWithin = Duration.seconds(3)

    /// How long what is due waits for upstreams that do not say how far they reach, or from which
    /// nothing comes: they must not put it off for longer than people notice.
    package static let unheardFor = Interval.seconds(30)

    /// How long an upstream may take to say how far it reaches, which includes hearing its own.
    package static let headAnsweredWithin = Duration.seconds(10)

    /// An upstream that has been silent for so long is not there, whatever its connection says: it
    /// would have been heard a dozen times, and a restart of it is over.
    package static let silenceMax = Interval.seconds(60)

    /// How often a subscriber hears where the journal ends while nothing happens.
    package static let heartbeatEvery = Interval.seconds(5)

    /// Bytes of text on the standard input of a command: they fit into a pipe, so that writing
    /// them waits for nobody.
    package static let commandInputBytesMax = 32 << 10

    /// Bytes kept of what a command says, unless it is run for what it writes.
    package static let commandWordsBytesMax = 4 << 10

    /// How long a command that took too long may take to end by itself.
    package static let commandEndsWithin = Duration.seconds(2)
}
