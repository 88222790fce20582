import Domain
import IngestCore

/// A gateway as it should be: it counts its batches, and keeps each until it was acknowledged.
struct SimulatedGateway {
    /// A batch with what the world knows of it.
    struct Kept {
        var sequence: UInt64
        var batch: IncomingBatch
        /// The readings in it that are no good, by their place.
        var flaws: [Int]
        /// All of this gateway that it had acknowledged when it sent this one first, by position.
        var after: Int?
    }

    let id: GatewayID
    let enterprise: EnterpriseID
    let sources: [Int]
    /// The points that its batches count in; the last two are not its own.
    let table: [PointID]
    var nextSequence: UInt64 = 1
    var kept: [UInt64: Kept] = [:]
    var isAway = false
    var clockOffset = Interval(milliseconds: 0)
    var isResendPlanned = false
    /// The highest position of its batches that it knows to be stored.
    var acknowledged = 0

    init(_ index: Int) {
        let works = City.works[index]
        id = GatewayID("g-\(works.name)")
        enterprise = EnterpriseID(works.name)
        sources = City.owners.indices.filter { City.owners[$0] == index }
        table =
            sources.flatMap { City.points(of: $0) }
            + [PointID("nowhere"), City.points(of: (index + 1) % City.works.count)[0]]
    }
}

/// A point as it is: its state, and the one before.
struct SimulatedPoint {
    var state = LimitState.normal
    var before = LimitState.normal
    var since = Instant.distantPast

    func state(at instant: Instant) -> LimitState { instant < since ? before : state }

    mutating func change(to new: LimitState, at now: Instant) {
        if new != state { (before, state, since) = (state, new, now) }
    }
}
