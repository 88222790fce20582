import Domain
import Ingest
import IngestCore
import Testing

/// What should be connected beside what is registered.
@Suite struct CoverageTests {
    /// ING-04, ING-09: five parameters of a tank farm, the same for each grade, or a reason.
    @Test(arguments: 1...4)
    func aTankFarmHasFiveParametersOrAReason(grade: Int) throws {
        let file = """
            hazardSources:
              - {id: s1, enterprise: e1, name: 罐区甲, unitKind: tankFarm, grade: \(grade)}
            enterprises:
              - {id: e1, county: d1, park: k1, placement: inPark, name: 一厂, missing: toxicGas=无有毒介质}
            points:
              - {id: q1, device: v1, name: 可燃, indicator: combustibleGas, unit: "%LEL", rangeLow: 0,
                 rangeHigh: 100, high: 25, position: "120.5, 0.5"}
            """
        let rows = try rows(file).filter { ["e1", "v1"].contains($0.subject.id) }
        let five = ["temperature", "pressure", "liquidLevel", "combustibleGas", "toxicGas"]
        let states = five.map { id in rows.first { $0.expected == id }?.state }
        #expect(states == [.registered, .missing, .registered, .registered, .reasoned])
    }

    static let warehouses: [(declared: String, points: Int, states: [CoverageRow.State])] = [
        ("none", 0, [.declaredNone]), ("combustibleGas", 1, [.registered]),
        ("combustibleGas;toxicGas", 2, [.registered, .registered]),
        ("combustibleGas;toxicGas", 1, [.registered, .missing]),
        ("combustibleGas", 2, [.registered, .undeclared]), ("none", 1, [.undeclared]),
        ("", 1, [.undeclared]), ("", 0, [.missing]),
    ]

    /// ING-05: a warehouse has the gas alarms that it declares; what it does not declare is found.
    @Test(arguments: warehouses)
    func aWarehouseHasWhatItDeclares(
        row: (declared: String, points: Int, states: [CoverageRow.State])
    ) throws {
        var file = """
            hazardSources:
              - {id: s2, enterprise: e2, name: 仓库乙, unitKind: warehouse, grade: 4, declaredGases: "\(row.declared)"}
            """
        let gases = [("combustibleGas", "%LEL"), ("toxicGas", "ppm")].prefix(row.points)
        if row.points > 0 { file += "\npoints:" }
        for (gas, unit) in gases {
            file +=
                "\n  - {id: \(gas), device: v2, name: \(gas), indicator: \(gas), "
                + "unit: \"\(unit)\", "
                + "rangeLow: 0, rangeHigh: 100, high: 10, position: \"120.5, 0.5\"}"
        }
        let found = try rows(file).filter {
            $0.subject == EntryKey(.hazardSource, "s2") && $0.expected.hasSuffix("Gas")
                || $0.expected == "declaredGases" && $0.subject.id == "s2"
        }
        #expect(found.map(\.state) == row.states, "\(found)")
    }

    /// ING-07: sources and duty centres without a camera are listed.
    @Test func placesWithoutACameraAreListed() throws {
        let file = """
            objects:
              - {id: o1, kind: dutyCentre, enterprise: e1, name: 值班监控中心}
            cameras:
              - {id: m1, hazardSource: s1, name: 罐区东}
            """
        let rows = try rows(file)
        let missing = rows.filter { $0.expected == "camera" && $0.state == .missing }
        #expect(missing.map(\.subject.id).sorted() == ["o1", "s2"])
        let centres = rows.filter { $0.expected == "dutyCentre" }
        #expect(centres.map(\.state) == [.registered, .missing])
    }

    /// ING-08: a process unit states which of the 18 processes it has.
    @Test func aProcessUnitNamesItsProcesses() throws {
        let silent =
            "hazardSources:\n  - {id: s1, enterprise: e1, name: 装置, "
            + "unitKind: processUnit, grade: 1}"
        let row = try rows(silent).first { $0.expected == "keyProcesses" }
        #expect(row?.state == .missing)
        let named = silent.replacing("grade: 1", with: "grade: 1, keyProcesses: nitration")
        #expect(try rows(named).first { $0.expected == "keyProcesses" }?.state == .registered)
    }

    /// ING-10: gas points by area of the plant against what is declared; missing ones are listed.
    @Test func eachAreaOfThePlantHasItsGasPoints() throws {
        let file = """
            objects:
              - {id: o1, kind: plantArea, enterprise: e1, name: 东区, declaredGases: combustibleGas}
              - {id: o2, kind: plantArea, enterprise: e1, name: 西区, declaredGases: toxicGas}
            points:
              - {id: q1, device: v1, name: 可燃, indicator: combustibleGas, unit: "%LEL", rangeLow: 0,
                 rangeHigh: 100, high: 25, position: "120.5, 0.5", area: o1}
            """
        let rows = try rows(file).filter { $0.subject.kind == .object }
        #expect(rows.map(\.subject.id) == ["o1", "o2"])
        #expect(rows.map(\.state) == [.registered, .missing])
    }

    /// CON-36: three persons a source, each number tried, and not long ago.
    @Test func personsAreThreeAndTheirNumbersTried() throws {
        let file = """
            persons:
              - {id: a1, hazardSource: s1, tier: principal, name: 示范人员甲, telephone: 000-0000-0001, verifiedOn: 2024-05-01}
              - {id: a2, hazardSource: s1, tier: technical, name: 示范人员乙, telephone: 000-0000-0002, verifiedOn: 2022-05-01}
            """
        let rows = try rows(file, on: "2024-06-01")
            .filter { $0.expected.hasPrefix("person") && $0.source == HazardSourceID("s1") }
        #expect(rows.map(\.state) == [.registered, .unverified, .unverified])
        #expect(rows[0].reason == "verified on 2024-05-01, 31 days ago")
        #expect(rows[1].reason.contains("762 days ago"))
        #expect(rows[2].reason.contains("was never verified"))
    }

    /// CON-36: no source without three; such a file is refused.
    @Test func aSourceWithoutThreePersonsIsRefused() throws {
        let file =
            "hazardSources:\n  - {id: s9, enterprise: e1, name: 罐区, unitKind: tankFarm, grade: 1}"
        #expect(try refusals(file).filter { $0.contains("it has no") }.count == 3)
    }

    /// ING-29: scope by number of workers and day, as data; who is not connected is listed.
    @Test func theScopeOfDustGoesByWorkersAndDay() throws {
        let packs = try PackSource.load()
        let lines = [
            ("x1", "dustWorkers: 30"), ("x2", "dustWorkers: 29"), ("x3", "dustWorkers: 10"),
            ("x4", "dustWorkers: 9"), ("x5", "dustWorkers: 5, hasMetalDust: true"),
            ("x6", "dustWorkers: 4, hasMetalDust: true"), ("x7", "namedLocally: true"),
            ("x8", "dustWorkers: 40, dustConnectedOn: 2023-10-01"), ("x9", "employees: 500"),
        ].map { id, facts in
            "  - {id: \(id), county: d2, placement: outsidePark, name: 企业\(id), \(facts)}"
        }
        let registry = try importing("enterprises:\n" + lines.joined(separator: "\n")).result
        let rows = registry.scope(by: packs, on: CalendarDay("2024-06-01"))
        #expect(rows.map(\.enterprise.text) == ["x1", "x2", "x3", "x5", "x7", "x8"])
        #expect(
            rows.map(\.state) == [.overdue, .due, .due, .due, .due, .connected])
        #expect(rows[0].by == CalendarDay("2023-12-31"))
        #expect(rows[0].clause == "004 四(一)")
    }

    private func rows(_ file: String, on day: String = "2024-06-01") throws -> [CoverageRow] {
        try importing(file).result.coverage(by: PackSource.load(), on: CalendarDay(day))
    }
}
