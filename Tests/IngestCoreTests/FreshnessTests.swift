import Domain
import Foundation
import IngestCore
import Testing

/// How old the newest data of an enterprise are, family by family (ING-02).
@Suite struct FreshnessTests {
    private let plant = """
        object id=o1 kind=dutyCentre enterprise=e1 name=值班监控中心
        object id=o2 kind=keyPosition enterprise=e1 name=重点部位
        camera id=k1 object=o1 name=值班一
        camera id=k2 object=o2 name=部位一
        camera id=k3 hazardSource=s1 name=罐区一
        """

    private func machine(_ more: String = "") throws -> IngestMachine {
        var machine = IngestMachine(
            registrar: RegistryMachine(packs: plantPacks),
            commitments: CommitmentBook(form: smallForm, rule: tenOClock, zone: .beijing))
        try machine.take(city.joined(separator: "\n") + "\n" + plant + "\n" + more, at: t0)
        return machine
    }

    private func freshness(
        _ machine: IngestMachine, of id: String = "e1", at now: Instant = t0 + .day,
        seen: [CameraID: Instant] = [:], measured: [PointID: Instant] = [:]
    ) throws -> [DataFamily: EnterpriseFreshness.Family] {
        let sources = FreshnessSources(
            presence: machine.watch.presence.records, commitments: machine.commitments,
            renewals: machine.renewals, now: now, seen: { seen[$0] },
            measured: { $0.map { measured[$0] } })
        let enterprise = try #require(machine.registry.enterprises[EnterpriseID(id)])
        let all = machine.registry.freshness(of: [enterprise], by: sources, in: .beijing)
        let families = try #require(all.first?.families)
        #expect(families.map(\.family) == DataFamily.allCases)
        return Dictionary(uniqueKeysWithValues: families.map { ($0.family, $0) })
    }

    /// ING-02: what never came is named so, whatever else is registered.
    @Test func whatNeverCameHasNoTime() throws {
        let families = try freshness(try machine())
        for family in [DataFamily.dutyCentreVideo, .sourceVideo, .monitoring, .commitment] {
            #expect(families[family]?.newestAt == nil, "\(family)")
        }
        #expect(families[.basicInformation]?.newestAt == t0)
        #expect(families[.responsiblePersons]?.newestAt == t0)
        #expect(
            DataFamily.allCases.map { families[$0]?.things } == [1, 2, 2, 0, 1, 3])
        let other = try freshness(try machine(), of: "e2")
        #expect(other[.responsiblePersons]?.newestAt == nil)
        #expect(DataFamily.allCases.map { other[$0]?.things } == [0, 0, 0, 0, 1, 0])
    }

    /// ING-02: the newest of each family counts, and a duty centre is none of the sources.
    @Test func theNewestOfEachFamilyCounts() throws {
        let minutes = { (count: Int64) in t0 + .minutes(count) }
        let families = try freshness(
            try machine(),
            seen: [
                CameraID("k1"): minutes(1), CameraID("k2"): minutes(2), CameraID("k3"): minutes(3),
            ],
            measured: [PointID("t1"): minutes(4), PointID("x1"): minutes(5)])
        #expect(families[.dutyCentreVideo]?.newestAt == minutes(1))
        #expect(families[.sourceVideo]?.newestAt == minutes(3))
        #expect(families[.monitoring]?.newestAt == minutes(5))
    }

    /// ING-02, ING-24: a file that says the same again confirms it, of what it may write.
    @Test func aFileConfirmsWhatItNames() throws {
        var machine = try machine()
        let again = t0 + .hours(2)
        try machine.take(
            "enterprise id=e1 county=d1 park=k1 placement=inPark name=示范化工一厂 "
                + "shortName=一厂", at: again, scope: NodeID("d2"))
        #expect(try freshness(machine)[.basicInformation]?.newestAt == t0)
        try machine.take(city.joined(separator: "\n"), at: again, scope: NodeID("d1"))
        #expect(try freshness(machine)[.basicInformation]?.newestAt == again)
        #expect(try freshness(machine)[.responsiblePersons]?.newestAt == again)
        #expect(try freshness(machine, of: "e2")[.basicInformation]?.newestAt == t0)
        // A change of a point is no news of the enterprise itself.
        try machine.take(city[10].replacing("high=60", with: "high=59"), at: again + .hours(1))
        #expect(try freshness(machine)[.basicInformation]?.newestAt == again)
    }

    /// ING-02: a day of verification counts from its beginning, and none that is to come.
    @Test func daysToComeConfirmNothing() throws {
        var machine = try machine()
        let person =
            "person id=a1 hazardSource=s1 tier=principal name=示范人员甲 "
            + "telephone=000-0000-0001 verifiedOn="
        try machine.take(person + "2021-11-03", at: t0 + .minutes(1))
        #expect(try freshness(machine)[.responsiblePersons]?.newestAt == t0 + .minutes(1))
        let after = try freshness(machine, at: t0 + .day * 3)[.responsiblePersons]
        #expect(after?.newestAt == day("2021-11-03").instant(minutes: 0, in: .beijing))
    }

    /// ING-02: what was kept comes back from the store, and old stores fall back on what they know.
    @Test func freshnessSurvivesARestart() throws {
        var first = try machine()
        let parts = first.takeChanges()
        var second = try machine()
        second = IngestMachine(
            registrar: RegistryMachine(packs: plantPacks),
            commitments: CommitmentBook(form: smallForm, rule: tenOClock, zone: .beijing))
        var old = second
        for change in parts {
            let part = try #require(change.part)
            let data = try JSONEncoder().encode(part)
            second.restore(try JSONDecoder().decode(IngestPart.self, from: data), key: change.key)
            if !change.key.hasPrefix("renewal/") { old.restore(part, key: change.key) }
        }
        #expect(try freshness(second) == freshness(first))
        #expect(second.renewals == first.renewals)
        #expect(old.renewals[EnterpriseID("e1")] == nil)
        #expect(try freshness(old)[.basicInformation]?.newestAt == t0)
    }
}

extension IngestMachine {
    /// Takes a file in.
    mutating func take(_ text: String, at now: Instant, scope: NodeID? = nil) throws {
        _ = try handle(.registry(.importSent(document(text), scope: scope)), at: now)
    }
}
