import Domain
import IngestCore
import Policy
import Testing

/// Presence and findings together, from a stored batch to a verified correction.
@Suite struct WatchBooksTests {
    private typealias Speaker = WatchEvent.Speaker
    private let county = Speaker("county-officer", node: NodeID("d1"))
    private let works = Speaker("a1", node: NodeID("e1"))
    private let point = FindingKey(.offline, EntryKey(.point, "t1"))
    private var first: FindingID { FindingID(point, number: 1) }

    private func seen(_ observations: [Observation]) -> WatchEvent {
        .observed(observations, listeningSince: t0)
    }

    private func follow() throws -> (books: WatchBooks, registry: Registry) {
        let registry = try registered()
        var books = WatchBooks()
        _ = books.follow(registry, packs: .none, records: [], at: t0)
        return (books, registry)
    }

    private func silent(_ books: inout WatchBooks, _ registry: Registry) throws {
        let all = books.presence.all.map { Observation.heard($0.subject, at: t0) }
        _ = try books.handle(seen(all), at: t0, registry: registry)
        let silence = Observation.silent(.point(PointID("t1")), since: t0)
        let now = t0 + PresenceRule.ours.pointOffline
        let effects = try books.handle(seen([silence]), at: now, registry: registry)
        #expect(effects.count == 2)
    }

    /// ING-18, CON-47: from silence to a correction that somebody verified.
    @Test func fromSilenceToCorrection() throws {
        let (followed, registry) = try follow()
        var books = followed
        try silent(&books, registry)
        let due = t0 + .hours(8)
        _ = try books.handle(
            .assigned(first, text: "恢复数据", dueAt: due, by: county), at: t0 + .hours(1),
            registry: registry)
        _ = try books.handle(
            .corrected(first, text: "已恢复", by: works), at: t0 + .hours(2), registry: registry)
        let back = t0 + .hours(3)
        _ = try books.handle(
            seen([.gap(.point(PointID("t1")), Span(t0, back))]), at: back,
            registry: registry)
        #expect(books.findings[point]?.state.name == "corrected")
        let closed = try books.handle(
            .verified(first, isAccepted: true, text: "", by: county), at: t0 + .hours(4),
            registry: registry)
        #expect(closed.count == 1)
        #expect(books.findings[point] == nil)
        // What is closed stays closed, also when the same is seen anew.
        let again = t0 + .hours(6)
        _ = try books.handle(
            seen([.silent(.point(PointID("t1")), since: back)]), at: again, registry: registry)
        #expect(books.findings[point]?.number == 2)
        #expect(throws: FindingRefusal.closed(first.description)) {
            try books.handle(
                .corrected(first, text: "已恢复", by: works), at: again, registry: registry)
        }
        let third = FindingID(point, number: 3)
        #expect(throws: FindingRefusal.unknown(third.description)) {
            try books.handle(
                .corrected(third, text: "已恢复", by: works), at: again, registry: registry)
        }
    }

    @Test(arguments: ["", "offline", "offline/point/t1", "offline/point/t1/0", "x/point/t1/1"])
    func whatIsNoNameOfAFindingIsNone(text: String) {
        #expect(FindingID(text) == nil)
        #expect(FindingID(first.description) == first)
    }

    /// Who stands elsewhere, and who is no body, changes nothing.
    @Test func onlyBodiesAboveGiveTasks() throws {
        let (followed, registry) = try follow()
        var books = followed
        try silent(&books, registry)
        let now = t0 + .hours(1)
        func give(_ by: Speaker) throws(FindingRefusal) -> [WatchEffect] {
            try books.handle(
                .assigned(first, text: "恢复数据", dueAt: now + .hours(1), by: by), at: now,
                registry: registry)
        }
        #expect(throws: FindingRefusal.outside(scope: NodeID("d2"), entry: point.entry)) {
            try give(Speaker("other", node: NodeID("d2")))
        }
        #expect(throws: FindingRefusal.notBody(subject: "a1", node: NodeID("e1"))) {
            try give(works)
        }
        #expect(try give(county).count == 1)
    }

    /// ING-18: a file that weakens a limit leaves a trace, and no task: it is an administrator's.
    @Test func aFileThatWeakensALimitLeavesATrace() throws {
        var machine = RegistryMachine()
        var books = WatchBooks()
        _ = try machine.handle(.importSent(cityDocument, scope: nil, by: "admin"), at: t0)
        _ = books.follow(machine.registry, packs: .none, records: [], at: t0)
        let line = city[10].replacing("high=60", with: "high=70")
        let effects = try machine.handle(
            .importSent(document(line), scope: nil, by: "admin"), at: t0)
        let records = effects.compactMap { effect -> (record: EntryRecord, node: NodeID)? in
            if case .recorded(let record, let node) = effect { return (record, node) }
            return nil
        }
        let followed = books.follow(machine.registry, packs: .none, records: records, at: t0)
        let states = followed.compactMap { effect -> FindingRecord.State? in
            guard case .finding(.closed(let record)) = effect else { return nil }
            #expect(record.key.description == "limitsMoved/point/t1")
            #expect(record.clues.first == Clue("high", "60 to 70"))
            return record.state
        }
        let origin = try #require(records.first?.record.origin)
        #expect(
            states == [
                .reviewed(by: "admin", reason: "reviewed by import: \(origin)", at: t0)
            ])
        #expect(followed.count == 2)
        #expect(books.findings.all.isEmpty)
        // The same again is the next of its kind.
        let more = books.follow(machine.registry, packs: .none, records: records, at: t0)
        let ids = more.compactMap { effect -> String? in
            guard case .finding(.closed(let record)) = effect else { return nil }
            return record.id
        }
        #expect(ids == ["limitsMoved/point/t1/2"])
    }

    /// ING-18: what nobody else reviewed is to be inspected.
    @Test func aChangeThatNobodyElseReviewedIsInspected() throws {
        let (followed, registry) = try follow()
        var books = followed
        let record = EntryRecord(
            change: EntryChange(
                kind: .point, id: "t1", name: "罐温", isNew: false,
                fields: [FieldChange("high", before: "60", after: "70")]),
            isRemoval: false, by: "a1", reviewedBy: ["a1"], reason: "", origin: "r1")
        _ = books.follow(
            registry, packs: .none, records: [(record: record, node: NodeID("e1"))], at: t0)
        let finding = try #require(books.findings.all.first)
        #expect(finding.key.description == "limitsMoved/point/t1")
        #expect(finding.state.task?.dueAt == t0 + DetectorRule.ours.inspectWithin)
        #expect(finding.recordedBy == "a1")
    }

    /// A restart in the middle changes nothing.
    @Test func storedPartsAreTheWholeState() throws {
        let (followed, registry) = try follow()
        var books = followed
        try silent(&books, registry)
        var again = WatchBooks()
        let parts = books.takeChanged()
        #expect(parts.map(\.key) == parts.map(\.key).sorted())
        for change in parts.reversed() { if let part = change.part { again.restore(part) } }
        #expect(again.presence.all == books.presence.all)
        #expect(again.findings.all == books.findings.all)
        #expect(again.nextDue == books.nextDue)
        #expect(books.takeChanged().isEmpty)
    }

    /// ING-13: each day is scored once, after its midnight, also those that were slept over.
    @Test func eachDayIsScoredOnce() {
        // 08:00 in Beijing.
        var days = ScoringDays(zone: .beijing)
        days.begin(at: t0)
        let midnight = t0 + .hours(16)
        #expect(days.nextDue == midnight)
        #expect(days.take(at: midnight - Interval(milliseconds: 1), max: 10).isEmpty)
        let first = days.take(at: midnight, max: 10)
        #expect(first.map { $0.day } == ["2021-11-01"])
        #expect(first.map { $0.window } == [Span(t0 - .hours(8), midnight)])
        #expect(days.take(at: midnight, max: 10).isEmpty)
        let later = days.take(at: midnight + .hours(73), max: 2)
        #expect(later.map { $0.day } == ["2021-11-02", "2021-11-03"])
        let last = days.take(at: midnight + .hours(73), max: 2)
        #expect(last.map { $0.day } == ["2021-11-04"])
        #expect(days.current(at: t0).day == "2021-11-01")
        #expect(days.current(at: t0).window == Span(t0 - .hours(8), t0))
    }
}
