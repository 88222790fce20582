import Domain
import IngestCore
import Policy
import Testing

/// What commitments and filings say about whether units run (ING-18).
@Suite struct DeclarationTests {
    private let e1 = EnterpriseID("e1")

    static let counts:
        [(units: Int64, running: Int64, standing: Int64, changes: Bool, says: Bool?)] = [
            (3, 0, 3, false, false), (3, 3, 0, false, true),
            // Counts name no unit: which two of three run is not said.
            (3, 2, 1, false, nil),
            // None is there, or not all are accounted for.
            (0, 0, 0, false, nil), (3, 0, 2, false, nil),
            // They are being started or stopped.
            (3, 0, 3, true, nil), (3, 3, 0, true, nil),
        ]

    /// Only all or none can be tied to sources.
    @Test(arguments: counts)
    func onlyAllOrNoneIsSaid(
        row: (units: Int64, running: Int64, standing: Int64, changes: Bool, says: Bool?)
    ) throws {
        var machine = try ingestMachine()
        try machine.commit(row.units, row.running, row.standing, changes: row.changes)
        let said = machine.declarations(at: t0).units[e1]
        #expect(said?.run == row.says)
        if let said {
            #expect(said.saying == .init(since: t0, by: "commitment 2021-11-01"))
            #expect(said.excepted.isEmpty)
        }
    }

    /// It holds for its day; a correction that says the same does not begin anew.
    @Test func itHoldsForItsDay() throws {
        var machine = try ingestMachine()
        try machine.commit(3, 0, 3)
        let later = t0 + .hours(1)
        try machine.commit(4, 0, 4, correcting: "漏报", at: later)
        #expect(machine.declarations(at: later).units[e1]?.saying.since == t0)
        // 08:00 in Beijing, so the day has sixteen hours left.
        #expect(machine.declarations(at: t0 + .hours(16)).units.isEmpty)
        try machine.commit(3, 3, 0, correcting: "开车", at: later)
        let turned = machine.declarations(at: later).units[e1]
        #expect(turned?.run == true && turned?.saying.since == later)
    }

    /// From the start of a declared start or stop on nothing is said of its source, or of any.
    @Test func aDeclaredStartExceptsItsSource() throws {
        for (device, left) in [("v1", ["s1"]), (nil, nil)] as [(String?, [String]?)] {
            var machine = try ingestMachine()
            let work = DeclaredWork(
                kind: "change", place: "东区", device: device.map { DeviceID($0) },
                from: t0 + .hours(2), to: t0 + .hours(3))
            try machine.commit(3, 0, 3, works: [work])
            #expect(machine.declarations(at: t0 + .hours(1)).units[e1]?.excepted == [])
            let after = machine.declarations(at: t0 + .hours(2)).units[e1]
            #expect(after?.excepted.map(\.text) == left)
        }
    }

    /// Only a stop says that something stands, and only while its filing is in force.
    @Test(arguments: OutageFiling.Cause.allCases)
    func aFilingSaysOnlyThatSomethingStands(cause: OutageFiling.Cause) throws {
        var machine = try ingestMachine()
        var draft = FilingDraft(
            id: FilingID("f1"), enterprise: e1, cause: cause, reason: "停", startAt: t0,
            endAt: t0 + .hours(5))
        draft.devices = [DeviceID("v1")]
        _ = try machine.handle(.filing(.sent(draft, by: "a1")), at: t0)
        #expect(machine.declarations(at: t0).stopped.isEmpty)
        let verdict = FilingVerdict(
            id: FilingID("f1"), verdict: .confirm, method: .onSite, finding: "属实",
            evidence: [Evidence(name: "单.pdf", digest: String(repeating: "0a", count: 32))])
        let confirmed = FilingEvent.verified(verdict, by: "county-1", node: NodeID("d1"))
        _ = try machine.handle(.filing(confirmed), at: t0 + .hours(1))
        let said = machine.declarations(at: t0 + .hours(1)).stopped
        let expected = Declarations.Saying(since: t0, by: "filing f1")
        #expect(
            said == (cause == .shutdown ? [PointID("t1"): expected, PointID("x1"): expected] : [:]))
        _ = machine.wake(at: t0 + .hours(5), heard: .distantFuture)
        #expect(machine.declarations(at: t0 + .hours(5)).stopped.isEmpty)
    }
}

extension IngestMachine {
    fileprivate mutating func commit(
        _ units: Int64, _ running: Int64, _ standing: Int64, changes: Bool = false,
        works: [DeclaredWork] = [], correcting reason: String = "", at now: Instant = t0
    ) throws {
        let items: [CommitmentItem] = [
            .init("units", .number(units)), .init("running", .number(running)),
            .init("standing", .number(standing)), .init("fires", .number(0)),
            .init("danger", .flag(changes)), .init("grade", .choice("low")),
            .init("notice", .text("一切正常")),
        ]
        let content = CommitmentContent(items: items, works: works, correctionReason: reason)
        let draft = CommitmentDraft(
            enterprise: EnterpriseID("e1"), day: day("2021-11-01"), content: content)
        _ = try handle(.commitment(.filed(draft, by: "o1")), at: now)
    }
}
