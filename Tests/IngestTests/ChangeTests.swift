import Contracts
import Domain
import Ingest
import IngestCore
import Kernel
import Policy
import RPC
import Runtime
import Testing

/// Changes wait for a reviewer, and what weakens the watch for two (ING-25).
@Suite struct ChangeTests {
    /// ING-25: a change is pending until the district reviews it; the old value stays in force.
    @Test func aChangeIsInForceOnceItIsReviewed() throws {
        var desk = try Desk()
        try desk.propose("r1", .point, "t1", [("high", "55")])
        #expect(desk.limits?.high == 60)
        #expect(desk.request("r1")?.state == .pending)
        let effects = try desk.review("r1", .accept, by: "district", at: "d1")
        #expect(desk.limits?.high == 55)
        #expect(desk.request("r1")?.state == .accepted)
        guard case .recorded(let record, let node)? = effects.last else {
            Issue.record("no record: \(effects)")
            return
        }
        #expect(node == NodeID("e1"))
        #expect(record.change.fields == [FieldChange("high", before: "60", after: "55")])
        #expect(record.by == "works" && record.reviewedBy == ["district"])
        #expect(record.origin == "r1" && record.reason == "现场核定")
        // A tighter limit needs no second person; the part of the point is stored.
        #expect(desk.machine.takeChanges().map(\.key) == ["change/r1", "point/t1"])
    }

    @Test func aRefusedChangeChangesNothing() throws {
        var desk = try Desk()
        try desk.propose("r1", .point, "t1", [("high", "55")])
        #expect(throws: RegistryRefusal.self) {
            try desk.review("r1", .refuse, reason: "", by: "district", at: "d1")
        }
        try desk.review("r1", .refuse, reason: "无依据", by: "district", at: "d1")
        #expect(desk.request("r1")?.state == .refused)
        #expect(desk.limits?.high == 60)
        #expect(throws: RegistryRefusal.change(.decided(ChangeID("r1"), .refused))) {
            try desk.review("r1", .accept, by: "other", at: "d1")
        }
    }

    /// ING-25: only a body that the profile names, above the entry, reviews; never who proposed.
    @Test func theReviewerIsABodyAboveAndAnotherPerson() throws {
        var desk = try Desk()
        try desk.propose("r1", .point, "t1", [("high", "55")])
        for node in ["d2", "c1", "e1", ""] {
            #expect(throws: RegistryRefusal.self) {
                try desk.review("r1", .accept, by: "somebody", at: node)
            }
        }
        #expect(throws: RegistryRefusal.change(.ownRequest(ChangeID("r1"), subject: "works"))) {
            try desk.review("r1", .accept, by: "works", at: "d1")
        }
        #expect(desk.limits?.high == 60)
    }

    static let weaker: [(field: String, text: String, because: String)] = [
        ("high", "70", "high is raised"), ("high", "", "high is taken away"),
        ("highHigh", "90", "highHigh is raised"), ("low", "-5", "low is lowered"),
        ("rangeHigh", "300", "the range is changed"), ("unit", "K", "the unit"),
    ]

    /// Threshold raises, range changes and removals need a second person.
    @Test(arguments: weaker)
    func whatWeakensTheWatchNeedsASecondPerson(
        row: (field: String, text: String, because: String)
    ) throws {
        var desk = try Desk()
        try desk.propose("r1", .point, "t1", [(row.field, row.text)])
        #expect(desk.request("r1")?.secondBecause.contains(row.because) == true)
        let before = desk.machine.registry
        try desk.review("r1", .accept, by: "first", at: "d1")
        #expect(desk.request("r1")?.state == .awaitingSecond)
        #expect(desk.machine.registry == before)
        // The first again is no second.
        #expect(try desk.review("r1", .accept, by: "first", at: "d1").isEmpty)
        #expect(desk.machine.registry == before)
        try desk.review("r1", .accept, by: "second", at: "c1")
        #expect(desk.request("r1")?.state == .accepted)
        #expect(desk.machine.registry != before)
    }

    /// ING-12: a point goes by a decision with a name and a reason, and two people.
    @Test func aPointIsRemovedByTwoPeople() throws {
        var desk = try Desk()
        try desk.propose("r1", .point, "t1", nil)
        try desk.review("r1", .accept, by: "first", at: "d1")
        #expect(desk.machine.registry.points[PointID("t1")] != nil)
        let effects = try desk.review("r1", .accept, by: "second", at: "d1")
        #expect(desk.machine.registry.points[PointID("t1")] == nil)
        guard case .recorded(let record, _)? = effects.last else {
            Issue.record("no record: \(effects)")
            return
        }
        #expect(record.isRemoval && record.reviewedBy == ["first", "second"])
        let parts = desk.machine.takeChanges()
        #expect(parts.first { $0.key == "point/t1" } == PartChange(key: "point/t1", part: nil))
    }

    @Test func whatOthersHangOnStays() throws {
        var desk = try Desk()
        #expect(
            throws: RegistryRefusal.change(
                .stillNeeded(
                    EntryKey(.device, "v1"), by: [EntryKey(.point, "t1"), EntryKey(.point, "x1")]))
        ) { try desk.propose("r1", .device, "v1", nil) }
        for (kind, id) in [(EntryKind.person, "a1"), (.enterprise, "e1"), (.hazardSource, "s1")] {
            #expect(throws: RegistryRefusal.self) { try desk.propose("r1", kind, id, nil) }
        }
        #expect(desk.machine.changes.all.isEmpty)
    }

    /// The same request twice is one; another under the same name is refused.
    @Test func aRequestSentTwiceIsOne() throws {
        var desk = try Desk()
        #expect(try desk.propose("r1", .point, "t1", [("high", "55")]).count == 1)
        #expect(try desk.propose("r1", .point, "t1", [("high", "55")]).isEmpty)
        #expect(throws: RegistryRefusal.change(.nameTaken(ChangeID("r1")))) {
            try desk.propose("r1", .point, "t1", [("high", "56")])
        }
        try desk.review("r1", .accept, by: "district", at: "d1")
        #expect(try desk.propose("r1", .point, "t1", [("high", "55")]).isEmpty)
        #expect(try desk.review("r1", .accept, by: "district", at: "d1").isEmpty)
    }

    /// What changed in between is not written over.
    @Test func aRequestThatIsTooOldIsNotApplied() throws {
        var desk = try Desk()
        try desk.propose("r1", .point, "t1", [("high", "55")])
        try desk.propose("r2", .point, "t1", [("high", "50")])
        try desk.review("r2", .accept, by: "district", at: "d1")
        #expect(throws: RegistryRefusal.change(.stale(ChangeID("r1"), fields: ["high"]))) {
            try desk.review("r1", .accept, by: "district", at: "d1")
        }
        #expect(desk.request("r1")?.state == .pending)
        #expect(desk.limits?.high == 50)
    }

    /// A request is checked like a file, and the mistakes are those of a file.
    @Test func aRequestWithMistakesIsRefused() throws {
        var desk = try Desk()
        for fields in [[("high", "500")], [("colour", "red")], [("device", "v9")]] {
            #expect(throws: RegistryRefusal.self) { try desk.propose("r1", .point, "t1", fields) }
        }
        #expect(throws: RegistryRefusal.change(.nothingChanges(EntryKey(.point, "t1")))) {
            try desk.propose("r1", .point, "t1", [("high", "60")])
        }
        #expect(throws: RegistryRefusal.self) {
            try desk.propose("bad id", .point, "t1", [("high", "55")])
        }
        #expect(
            throws: RegistryRefusal.change(
                .outside(scope: NodeID("e2"), entry: EntryKey(.point, "t1")))
        ) { try desk.propose("r1", .point, "t1", [("high", "55")], scope: "e2") }
        #expect(desk.machine.changes.all.isEmpty)
    }

    @Test func anEntryIsAddedByARequest() throws {
        var desk = try Desk()
        try desk.propose(
            "r1", .camera, "m1", [("hazardSource", "s1"), ("name", "罐区东"), ("purposes", "tank")])
        #expect(desk.machine.registry.cameras.count == 0)
        try desk.review("r1", .accept, by: "district", at: "d1")
        #expect(desk.machine.registry.cameras[CameraID("m1")]?.facts.text("purposes") == "tank")
    }

    /// A restart in the middle of a request goes on where it was.
    @Test func aRequestOutlivesARestart() throws {
        var desk = try Desk()
        try desk.propose("r1", .point, "t1", [("high", "70")])
        try desk.review("r1", .accept, by: "first", at: "d1")
        var again = RegistryMachine(packs: try PackSource.load(), review: .ours)
        for change in desk.machine.takeChanges() + desk.stored {
            again.restore(try #require(change.part), key: change.key)
        }
        #expect(again.changes.all == desk.machine.changes.all)
        #expect(again.registry == desk.machine.registry)
    }

    /// A regulation that names who reviews says it in its profile, with the clause.
    @Test func theProfileSaysWhoReviews() throws {
        let beijing = try ProfileSource.load("beijing").review
        #expect(beijing?.bodies == [.county] && beijing?.clause.text == "001 §6")
        let changzhou = try ProfileSource.load("changzhou-2020").review
        #expect(changzhou?.bodies.contains(.city) == true)
        #expect(changzhou?.clause.text == "000 §7")
        #expect(try ProfileSource.load("mem-2021").review == nil)
    }
}

/// A machine with the small city, and what people do at it.
private struct Desk {
    var machine: RegistryMachine
    var stored: [PartChange<RegistryPart>] = []

    init() throws {
        machine = RegistryMachine(packs: try PackSource.load(), review: .ours)
        let document = RegistryFormat.read(Array(cityYAML.utf8), fileName: "city.yaml")
        _ = try machine.handle(.importSent(document, scope: nil), at: t0)
        let point = """
            points:
              - {id: t1, device: v1, name: 温度, indicator: temperature, unit: °C, rangeLow: -20,
                 rangeHigh: 200, low: 0, high: 60, highHigh: 80}
            """
        let more = RegistryFormat.read(Array(point.utf8), fileName: "more.yaml")
        _ = try machine.handle(.importSent(more, scope: nil), at: t0)
        stored = machine.takeChanges()
    }

    var limits: Domain.Limits? { machine.registry.points[PointID("t1")]?.limits }

    func request(_ id: String) -> ChangeRequest? { machine.changes.requests[ChangeID(id)] }

    /// Fields that are nil: the entry is to go.
    @discardableResult
    mutating func propose(
        _ id: String, _ kind: EntryKind, _ entry: String, _ fields: [(String, String)]?,
        scope: String = "e1"
    ) throws -> [RegistryMachine.Effect] {
        let proposal = ChangeProposal(
            id: ChangeID(id), key: EntryKey(kind, entry), isRemoval: fields == nil,
            fields: (fields ?? []).map { ChangeProposal.FieldText($0.0, $0.1) }, reason: "现场核定")
        return try machine.handle(
            .proposed(proposal, by: "works", scope: NodeID(scope)), at: t0)
    }

    @discardableResult
    mutating func review(
        _ id: String, _ verdict: ChangeRequest.Review.Verdict, reason: String = "", by: String,
        at node: String
    ) throws -> [RegistryMachine.Effect] {
        try machine.handle(
            .reviewed(ChangeID(id), verdict, reason: reason, by: by, node: NodeID(node)), at: t0)
    }
}
