import Domain
import Kernel

/// What goes wrong in a run; each kind may be off altogether, so that the others can show.
package struct Faults: Sendable, CustomStringConvertible {
    package enum Kind: String, CaseIterable, Sendable {
        /// The process is killed between any two statements, and is away for a while.
        case kills
        /// Entries of the journal come late, again, or not before the next connection.
        case lateNews, doubledNews, lostNews
        /// The upstream does not answer for longer than the platform waits.
        case silence
        /// Risk itself was late: levels that it knew of earlier.
        case lateRisk
        case providerDown, providerSlow, providerFails
        case receiptsLost, receiptsDoubled, receiptsEarly
        case diskFull
        case clockBack, clockAhead
    }

    private var on: [Kind]

    init(_ random: inout SeededRandom) {
        // An eighth of the runs has none at all.
        let isQuiet = random.chance(1, of: 8)
        on = Kind.allCases.filter { _ in random.chance(1, of: 2) && !isQuiet }
    }

    package init(_ on: [Kind]) { self.on = on }

    func has(_ kind: Kind) -> Bool { on.contains(kind) }

    mutating func end() { on = [] }

    package var description: String {
        on.isEmpty ? "none" : on.map(\.rawValue).joined(separator: " ")
    }
}
