import Contracts
import Domain
import Ingest
import IngestCore
import Kernel
import NotificationCore
import Risk
import RiskCore
import Runtime
import Storage

/// A machine with what its service does about its effects.
protocol Simulated: Machine {
    /// What waits in the outbox.
    associatedtype Row: Sendable

    static func deeds(of effect: Effect) -> [Deed<Row>]
}

/// What the store does for an effect.
enum Deed<Row: Sendable>: Sendable {
    case line(JournalDraft)
    case act(key: String, Row)
    case settled(key: String)
    /// A row of a table that people read, by its key, and what it says.
    case table(key: String, String)
}

/// What a service has on disk: all of it is written in one transaction or not at all.
struct Disk<M: Simulated> {
    private(set) var parts: [String: M.Part] = [:]
    var cursors: [String: Cursor] = [:]
    var now: Instant
    private(set) var lines: [JournalV1.Entry] = []
    private(set) var rows: [String: M.Row] = [:]
    private(set) var tables: [String: String] = [:]

    init(now: Instant) { self.now = now }

    mutating func put(_ changes: [PartChange<M.Part>], keepsOld: Bool) {
        for change in changes where !keepsOld || change.part != nil {
            parts[change.key] = change.part
        }
    }

    mutating func put(_ effects: [M.Effect], at now: Instant, settles: Bool) {
        for effect in effects {
            for deed in M.deeds(of: effect) {
                switch deed {
                case .line(let draft):
                    lines.append(
                        JournalV1.Entry(
                            seq: UInt64(lines.count + 1), atUnixMs: now.unixMilliseconds,
                            kind: draft.kind, subject: draft.subject, nodeID: draft.node.text,
                            body: draft.body))
                case .act(let key, let row): rows[key] = row
                case .settled(let key): if settles { rows[key] = nil }
                case .table(let key, let text): tables[key] = text
                }
            }
        }
    }

    /// Writes every part as the store does, and reads it again.
    mutating func recode() throws {
        for key in parts.keys.sorted() {
            guard let part = parts[key] else { continue }
            parts[key] = try PartCoding.decode(M.Part.self, PartCoding.encode(part), key: key)
        }
    }
}

// MARK: The machines

extension IngestMachine: Simulated {
    typealias Row = Never

    static func deeds(of effect: Effect) -> [Deed<Never>] { effect.plans.compactMap(\.line) }
}

extension RiskMachine: Simulated {
    typealias Row = Never

    static func deeds(of effect: RiskEffect) -> [Deed<Never>] {
        effect.plans.compactMap(\.line)
    }
}

extension EffectPlan {
    /// Of the books of ingest and of risk others only hear the journal.
    fileprivate var line: Deed<Never>? {
        switch self {
        case .journal(let draft): .line(draft)
        case .act, .settled, .table: nil
        }
    }
}

/// A message that is to be handed over.
struct HandingOver: Sendable {
    var notice: Notice
    var attempt: Int
}

extension NotificationMachine: Simulated {
    typealias Row = HandingOver

    // Nobody follows its journal: what is read of it are the tables.
    static func deeds(of effect: NotificationEffect) -> [Deed<HandingOver>] {
        switch effect {
        case .publishCase(let one, let news):
            [.table(key: "case/\(one.id)", news == .closed ? "closed" : state(of: one))]
        case .showCase(let one): [.table(key: "case/\(one.id)", state(of: one))]
        case .publishObligation(let record):
            [.table(key: "obligation/\(record.id)", record.state.rawValue)]
        case .publishDocument(let record):
            [.table(key: "document/\(record.id)", record.serial)]
        case .publishDeclaration(let record):
            [.table(key: "declared/\(record.caseID)/\(record.declaration)", record.by.subject)]
        case .publishProfile: []
        case .publishNotice(let notice), .publishDelivery(let notice):
            [.table(key: "notice/\(notice.id)", notice.state.rawValue)]
        case .handOver(let notice, let attempt):
            [
                .act(
                    key: notice.outboxKey(attempt: attempt),
                    HandingOver(notice: notice, attempt: attempt))
            ]
        case .settleHandOver(let key): [.settled(key: key)]
        }
    }

    private static func state(of one: Case) -> String {
        one.closedAt != nil ? "closed" : one.clearedAt != nil ? "cleared" : "open"
    }
}
