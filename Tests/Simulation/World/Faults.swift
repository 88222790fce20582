import Domain
import Kernel

/// What goes wrong in a run; each kind may be off altogether, so that the others can show.
package struct Faults: Sendable, CustomStringConvertible {
    package enum Kind: String, CaseIterable, Sendable {
        /// A process is killed between any two statements, and is away for a while.
        case kills
        /// Items of a stream come late, again, or not before the next connection.
        case lateNews, doubledNews, lostNews
        /// An upstream does not answer for longer than the platform waits.
        case silence
        /// A gateway has no line for hours, and sends afterwards what it kept.
        case gatewayAway
        /// Batches of a gateway get lost, come again or late; so the later ones may come first.
        case pushLost, pushDoubled, pushLate
        /// A gateway loses a batch before it was sent: its number is never used.
        case numbersSkipped
        /// Readings that are no good: bad sensors, unknown points, no numbers.
        case badReadings
        /// The clock of a gateway is wrong.
        case deviceClock
        case providerDown, providerSlow, providerFails
        case receiptsLost, receiptsDoubled, receiptsEarly
        case diskFull
        case clockBack, clockAhead
    }

    /// In the order of the kinds.
    package private(set) var on: [Kind]

    init(_ random: inout SeededRandom) {
        // An eighth of the runs has none at all.
        let isQuiet = random.chance(1, of: 8)
        on = Kind.allCases.filter { _ in random.chance(1, of: 2) && !isQuiet }
    }

    package init(_ on: [Kind]) { self.on = on }

    /// Everything goes wrong.
    package static let all = Faults(Kind.allCases)

    func has(_ kind: Kind) -> Bool { on.contains(kind) }

    mutating func end() { on = [] }

    package var description: String {
        on.isEmpty ? "none" : on.map(\.rawValue).joined(separator: " ")
    }
}

/// A fault of the simulated shell itself, made on purpose: the inspection must find each.
package enum Breakage: String, CaseIterable, Sendable {
    /// A process that was killed finds its store without the last commit.
    case forgetsCommit
    /// The place in the upstreams is not stored together with what came from there.
    case forgetsCursor
    /// Parts that are taken out of the machine's state are left in the store.
    case keepsOldParts
    /// A batch of readings is acknowledged before it is on disk.
    case answersEarly
    /// A follower leaves out an item now and then.
    case skipsNews
    /// What waits for news is done at once.
    case hearsNobody
    /// What waits for news is done only when they come, however long that takes.
    case waitsForEver
    /// A machine is not woken when its time has come.
    case oversleeps
    /// The time of a service goes back with its clock.
    case timeGoesBack
    /// What was handed over stays in the outbox, although the answer of the provider is stored.
    case sendsAgain
    /// What people did is answered before it is stored, and a full disk loses it.
    case believesTooSoon
}
