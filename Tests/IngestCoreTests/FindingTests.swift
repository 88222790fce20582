import Domain
import Foundation
import IngestCore
import Testing

/// Findings from the first sight to the verified correction.
@Suite struct FindingTests {
    private let point = EntryKey(.point, "t1")

    private func sighting(
        _ kind: FindingKind, at: Instant = t0, clue: String = "20"
    ) -> Sighting {
        Sighting(
            kind, point, node: NodeID("e1"), firstAt: at, lastAt: at, clues: [Clue("value", clue)])
    }

    private func task(_ text: String = "检查变送器") -> FindingRecord.Assignment {
        .init(text: text, dueAt: t0 + .hours(24), by: "county", at: t0)
    }

    private func correction(by: String = "a1") -> FindingRecord.Correction {
        .init(text: "已更换变送器", by: by, at: t0 + .hours(2))
    }

    /// ING-12, ING-18: a finding has evidence, a first and a last time, and lasts as one.
    @Test func whatIsSeenAgainIsTheSameFinding() throws {
        var book = FindingBook()
        let opened = book.sighted(sighting(.flatLine), at: t0)
        guard case .opened(let record)? = opened.first else {
            Issue.record("nothing was opened")
            return
        }
        #expect(record.id == "flatLine/point/t1/1")
        #expect(record.clues == [Clue("value", "20")])
        #expect(record.key.kind.clause.text == "002-DQ §8")
        #expect(book.sighted(sighting(.flatLine), at: t0).isEmpty)
        let later = book.sighted(
            sighting(.flatLine, at: t0 + .hours(1), clue: "21"), at: t0 + .hours(1))
        #expect(later.count == 1)
        let now = try #require(book[record.key])
        #expect(now.firstAt == t0 && now.lastAt == t0 + .hours(1))
        let ended = book.ended(record.key, at: t0 + .hours(2))
        #expect(ended.count == 1 && book.all.isEmpty)
        #expect(book.ended(record.key, at: t0 + .hours(3)).isEmpty)
        // The next one is another one.
        guard case .opened(let second)? = book.sighted(sighting(.flatLine), at: t0).first else {
            Issue.record("nothing was opened")
            return
        }
        #expect(second.number == 2)
    }

    /// CON-47: finding, task, correction, verification; each by another hand.
    @Test func aFindingWithATaskEndsWithAVerifiedCorrection() throws {
        var book = FindingBook()
        _ = book.sighted(sighting(.flatLine), at: t0)
        let key = FindingKey(.flatLine, point)
        #expect(throws: FindingRefusal.notYet("\(key)/1", state: "open", needed: "assigned")) {
            try book.correct(key, correction())
        }
        _ = try book.assign(key, task())
        _ = try book.correct(key, correction())
        #expect(throws: FindingRefusal.stillThere("\(key)/1", lastAt: t0)) {
            try book.verify(key, accepted: true, text: "", by: "county", at: t0 + .hours(3))
        }
        // It has gone, and stays until somebody has verified why.
        _ = book.ended(key, at: t0 + .hours(3))
        #expect(book[key]?.state.name == "corrected")
        #expect(throws: FindingRefusal.ownCorrection("\(key)/1", subject: "a1")) {
            try book.verify(key, accepted: true, text: "", by: "a1", at: t0 + .hours(4))
        }
        _ = try book.verify(
            key, accepted: false, text: "照片不清", by: "county", at: t0 + .hours(4))
        #expect(book[key]?.state.task?.text == "照片不清")
        _ = try book.correct(key, correction())
        let closed = try book.verify(
            key, accepted: true, text: "", by: "county", at: t0 + .hours(5))
        guard case .closed(let record)? = closed.first else {
            Issue.record("it was not closed")
            return
        }
        #expect(record.state == .verified(by: "county", at: t0 + .hours(5)))
        #expect(book[key] == nil)
    }

    /// ING-18: what may be forbidden brings an inspection with it, which somebody has to answer.
    @Test func aFindingOfTruthIsInspected() throws {
        var book = FindingBook(inspectWithin: .hours(24))
        _ = book.sighted(sighting(.flatLine), at: t0)
        _ = book.sighted(sighting(.clockSkew), at: t0)
        let task = try #require(book[FindingKey(.flatLine, point)]?.state.task)
        #expect(task.dueAt == t0 + .hours(24))
        #expect(book[FindingKey(.clockSkew, point)]?.state == .open)
        for key in book.all.map(\.key) { _ = book.ended(key, at: t0 + .hours(1)) }
        #expect(book.all.map(\.key.kind) == [.flatLine])
        #expect(book.all.first?.goneAt == t0 + .hours(1))
    }

    /// A refusal changes nothing.
    @Test func badTasksAreRefused() throws {
        var book = FindingBook()
        _ = book.sighted(sighting(.flatLine), at: t0)
        let key = FindingKey(.flatLine, point)
        let before = book
        var past = task()
        past.dueAt = t0
        #expect(throws: FindingRefusal.self) { try book.assign(key, past) }
        #expect(throws: FindingRefusal.self) { try book.assign(key, task("")) }
        let long = String(repeating: "长", count: FindingLimits.textMax + 1)
        #expect(throws: FindingRefusal.self) { try book.assign(key, task(long)) }
        let unknown = FindingKey(.clockSkew, point)
        #expect(throws: FindingRefusal.unknown("clockSkew/point/t1")) {
            try book.assign(unknown, task())
        }
        #expect(book == before)
    }

    /// ING-18: each forbidden act has a manual record, which stays until it is verified.
    @Test(arguments: FindingKind.allCases.filter { $0.origin == .act })
    func anActIsWrittenDownByHand(kind: FindingKind) throws {
        var book = FindingBook()
        _ = try book.record(
            sighting(kind, clue: "现场所见"), by: "county", in: try registered(), at: t0)
        let key = FindingKey(kind, point)
        #expect(book[key]?.recordedBy == "county")
        #expect(book.ended(key, at: t0 + .hours(1)).isEmpty)
        #expect(book[key] != nil)
        #expect(kind.isIntegrity)
    }

    @Test func onlyActsAtWhatIsRegisteredAreWrittenDown() throws {
        var book = FindingBook()
        let registry = try registered()
        #expect(throws: FindingRefusal.notManual("flatLine")) {
            try book.record(sighting(.flatLine), by: "county", in: registry, at: t0)
        }
        #expect(throws: FindingRefusal.unknownEntry(point)) {
            try book.record(sighting(.cameraBlocked), by: "county", in: Registry(), at: t0)
        }
        #expect(throws: FindingRefusal.self) {
            try book.record(sighting(.cameraBlocked, clue: ""), by: "county", in: registry, at: t0)
        }
        #expect(book.all.isEmpty)
    }

    /// A restart in the middle changes nothing.
    @Test func storedFindingsAreTheWholeState() throws {
        var book = FindingBook()
        _ = book.sighted(sighting(.flatLine), at: t0)
        _ = book.ended(FindingKey(.flatLine, point), at: t0)
        _ = book.sighted(sighting(.clockSkew), at: t0)
        var again = FindingBook()
        for part in book.takeChanged() { again.restore(part) }
        #expect(again.all == book.all)
        let next = sighting(.flatLine)
        #expect(again.sighted(next, at: t0) == book.sighted(next, at: t0))
        #expect(again.all.map(\.number) == [1, 2])
    }

    /// Each kind has a title of its own and a clause, and each quality is that of some kind.
    @Test func everyKindIsNamed() {
        let kinds = FindingKind.allCases
        #expect(Set(kinds.map(\.title)).count == kinds.count)
        #expect(kinds.allSatisfy { !$0.clause.text.isEmpty })
        #expect(Set(kinds.map(\.quality)) == Set(FindingKind.Quality.allCases))
    }

    // MARK: The registry

    private func found(_ change: (inout Point) -> Void, packs: Packs = .none) throws -> [Sighting] {
        var registry = try registered()
        var point = try #require(registry.points[PointID("t1")])
        change(&point)
        registry.put(.point(point))
        return registry.sightings(by: packs, at: t0)
    }

    /// 002-DQ §5: unit, device, name and limits; ING-14.
    @Test func whatTheRegistryLacksIsFound() throws {
        #expect(try found { _ in }.isEmpty)
        #expect(try found { $0.unit = "" }.map(\.key.kind) == [.noUnit])
        #expect(try found { $0.device = DeviceID("gone") }.map(\.key.kind) == [.noDevice])
        let twin = try found { $0.name = "液位" }
        #expect(twin.map(\.key.description) == ["duplicateName/point/x1"])
        #expect(twin.first?.clues.contains(Clue("twin", "t1")) == true)
        var pack = Pack(
            id: "p", version: try #require(CalendarDay("2021-11-01")), title: "", standards: [])
        pack.vagueNames = ["点位"]
        let vague = try found({ $0.name = "点位" }, packs: Packs([pack]))
        #expect(vague.map(\.key.kind) == [.vagueName])
    }

    static let limits: [(limits: Limits, lacks: [String])] = [
        (Limits(lowLow: 0, low: 10, high: 60, highHigh: 80), []),
        (Limits(low: 60, high: 10), ["low"]),
        (Limits(high: 80, highHigh: 60), ["high"]),
        (Limits(high: 60, highHigh: 60), ["high"]),
        (Limits(high: 201), ["high"]),
        (Limits(lowLow: -21, highHigh: 300), ["lowLow", "highHigh"]),
        (Limits(lowLow: 90, highHigh: 80), ["lowLow"]),
        (Limits(), []),
    ]

    /// Limits in order and inside the range.
    @Test(arguments: limits)
    func limitsThatMakeNoSenseAreFound(row: (limits: Limits, lacks: [String])) throws {
        let found = try found { $0.limits = row.limits }
        #expect(found.flatMap(\.clues).map(\.name) == row.lacks)
        #expect(found.allSatisfy { $0.key.kind == .illogicalLimits })
    }

    /// What a new import puts right is closed; what it does not is not opened again.
    @Test func theNextImportEndsWhatItPutsRight() throws {
        var book = FindingBook()
        let both = try found {
            $0.unit = ""
            $0.limits = Limits(low: 60, high: 10)
        }
        #expect(book.reconcile(both, at: t0).count == 2)
        let later = both.map { sighting in
            var copy = sighting
            (copy.firstAt, copy.lastAt) = (t0 + .hours(1), t0 + .hours(1))
            return copy
        }
        #expect(book.reconcile(later, at: t0 + .hours(1)).isEmpty)
        let one = try found { $0.unit = "" }
        let effects = book.reconcile(one, at: t0 + .hours(2))
        #expect(effects.count == 1)
        #expect(book.all.map(\.key.kind) == [.noUnit])
        #expect(book.all.map(\.firstAt) == [t0])
    }

    // MARK: Moved limits

    static let moves: [(from: String, to: String, kinds: [FindingKind])] = [
        ("high=60", "high=70", [.limitsMoved]), (" high=60", "", [.limitsMoved]),
        ("high=60", "high=50", []), ("low=0", "low=-5", [.limitsMoved]), ("low=0", "low=5", []),
        ("rangeHigh=200", "rangeHigh=100", [.rangeMoved]),
        ("rangeLow=-20", "rangeLow=-30", [.rangeMoved]), ("unit=°C", "unit=K", [.rangeMoved]),
        ("name=温度", "name=温度一", []),
    ]

    /// ING-18: a limit or range that is moved without a filing is found, with what it was.
    @Test(arguments: moves)
    func movedLimitsAreFound(row: (from: String, to: String, kinds: [FindingKind])) throws {
        var machine = RegistryMachine()
        let first = try machine.handle(
            .importSent(cityDocument, scope: nil, by: "admin"), at: t0)
        // What is new was not moved.
        #expect(first.flatMap { self.found(in: $0) }.isEmpty)
        let line = city[10].replacingOccurrences(of: row.from, with: row.to)
        let effects = try machine.handle(
            .importSent(document(line), scope: nil, by: "admin"), at: t0)
        let found = effects.flatMap { self.found(in: $0) }
        #expect(found.map(\.key.kind) == row.kinds)
        #expect(found.allSatisfy { $0.clues.contains(Clue("by", "admin")) })
        #expect(found.allSatisfy { $0.node == NodeID("e1") })
        // A request that another has reviewed is a filing; one's own review is none.
        #expect(effects.flatMap { self.found(in: $0, reviewedBy: ["county"]) }.isEmpty)
        #expect(
            effects.flatMap { self.found(in: $0, reviewedBy: ["admin"]) }.map(\.key.kind)
                == row.kinds)
    }

    private func found(
        in effect: RegistryMachine.Effect, reviewedBy: [String] = []
    ) -> [Sighting] {
        guard case .recorded(var record, let node) = effect else { return [] }
        record.reviewedBy = reviewedBy
        return record.sightings(node: node, at: t0)
    }
}
