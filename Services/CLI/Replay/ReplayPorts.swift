import Domain

/// What a replay asks of the platform; every call waits for a service that is away, and may be
/// made twice without harm.
struct ReplayPorts: Sendable {
    typealias Push = @Sendable (ReplayBatch) async throws -> ReplayAnswer
    typealias Settle =
        @Sendable (ServiceName, [ReplayHead]) async throws -> ReplayStanding
    typealias Advance = @Sendable (ServiceName, Instant) async throws -> Void
    typealias Holds = @Sendable (PointID, Instant) async throws -> Bool

    /// Stores one batch; answers once it is on disk.
    var push: Push
    /// Waits until a service has worked off its upstreams up to the heads.
    var settle: Settle
    /// Moves the clock of a service forward.
    var advance: Advance
    /// Whether a reading of the point at that very time is stored.
    var holds: Holds

    init(
        push: @escaping Push, settle: @escaping Settle, advance: @escaping Advance,
        holds: @escaping Holds
    ) {
        (self.push, self.settle, self.advance, self.holds) = (push, settle, advance, holds)
    }
}

/// The readings of one row, with the sequence that makes a repeat harmless.
struct ReplayBatch: Sendable, Equatable {
    var gateway: GatewayID
    var sequence: UInt64
    var at: Instant
    var readings: [Reading]

    struct Reading: Sendable, Equatable {
        var point: PointID
        var value: Double
    }
}

/// What became of a batch.
struct ReplayAnswer: Sendable, Equatable {
    var stored: Int
    /// It had been stored before.
    var isRepeated: Bool
    var refused: [Refused]

    struct Refused: Sendable, Equatable {
        var index: Int
        var text: String

        init(index: Int, text: String) { (self.index, self.text) = (index, text) }
    }

    init(stored: Int, isRepeated: Bool = false, refused: [Refused] = []) {
        (self.stored, self.isRepeated, self.refused) = (stored, isRepeated, refused)
    }
}

/// How far something that a service gives out has come.
struct ReplayHead: Sendable, Equatable {
    var name: String
    var head: UInt64

    init(name: String, head: UInt64) { (self.name, self.head) = (name, head) }
}

/// Where a service stands after settling.
struct ReplayStanding: Sendable, Equatable {
    var heads: [ReplayHead]
    var nextDue: Instant?
    var now: Instant

    init(heads: [ReplayHead], nextDue: Instant?, now: Instant) {
        (self.heads, self.nextDue, self.now) = (heads, nextDue, now)
    }
}

/// What a replay did, for its last line.
struct ReplaySummary: Sendable, Equatable {
    var rows = 0
    var stored = 0
    var repeatedRows = 0
    var missing = 0
    /// The instants at which a deadline was met between or after the rows.
    var deadlines = 0

    init() {}
}
