import Domain
import Ingest
import IngestCore
import Testing

/// Packs are data: what entries may state, what is refused and what is only remarked.
@Suite struct PackTests {
    /// ING-30: each pack names the standards that it implements.
    @Test func theTwoPacksOfTheProgramNameTheirStandards() throws {
        let packs = try PackSource.load()
        #expect(packs.all.map(\.id) == ["hazardous-chemicals", "combustible-dust"])
        #expect(packs.all[1].standards.count == 6)
        #expect(packs.all.allSatisfy { !$0.title.isEmpty && !$0.standards.isEmpty })
    }

    /// ING-08: the list of 18 processes is data with a version.
    @Test func thereAreEighteenKeyProcesses() throws {
        let pack = try #require(try PackSource.load().all.first)
        #expect(pack.lists.first { $0.id == "keyProcesses" }?.words.count == 18)
        #expect(pack.version == CalendarDay("2021-06-25"))
    }

    /// ING-03: a sixth indicator is added by a file, and a point may measure it.
    @Test func anIndicatorIsAddedAsData() throws {
        let more = """
            id: local
            version: 2024-01-01
            title: 本地
            standards: [LOCAL 1]
            indicators:
              - { id: vibration, title: 振动, units: [mm/s] }
            """
        let packs = Packs(try PackSource.load().all + [try PackSource.read(more, name: "local")])
        let point = """
            points:
              - {id: z1, device: v1, name: 振动, indicator: vibration, unit: mm/s, rangeLow: 0, rangeHigh: 50}
            """
        #expect(try refusals(point).first?.contains("there is no indicator \"vibration\"") == true)
        #expect(try refusals(point, packs: packs) == [])
    }

    /// ING-28: the dust pack adds kinds of objects and devices, and points on them, without code.
    @Test func dustHasItsOwnKinds() throws {
        let file = """
            objects:
              - {id: w1, kind: dustWorkshop, enterprise: e1, name: 打磨车间一, dust: aluminium, cleanEveryHours: 8}
            devices:
              - {id: c9, object: w1, kind: dustCollector, name: 除尘器1号, dust: aluminium}
            points:
              - {id: c9-p, device: c9, name: 压差, indicator: pressureDifference, unit: Pa, rangeLow: 0, rangeHigh: 5000, high: 2500}
              - {id: c9-s, device: c9, name: 火花, indicator: sparkDetected, high: 1}
            """
        let plan = try importing(file)
        #expect(plan.summary.added == 4)
        #expect(plan.result.enterprise(of: PointID("c9-p")) == EnterpriseID("e1"))
        #expect(plan.result.points[PointID("c9-s")]?.rangeHigh == 1)
    }

    /// ING-01, ING-33: each kind that the law names can be registered, hangs from one thing,
    /// and an unknown kind is refused with the kinds that there are.
    @Test func objectsOfEveryKindAreTaken() throws {
        let file = """
            objects:
              - {id: o1, kind: dutyCentre, enterprise: e1, name: 值班监控中心}
              - {id: o2, kind: keyPosition, hazardSource: s1, name: 泵区}
              - {id: o3, kind: place, node: k1, name: 园区停车场}
              - {id: o4, kind: infrastructure, node: k1, name: 公共管廊, position: "120.5, 0.5"}
              - {id: o5, kind: plantArea, enterprise: e1, name: 东区, declaredGases: combustibleGas;toxicGas}
              - {id: o6, kind: medium, device: v1, name: 甲醇, cas: 67-56-1, mediumForm: liquid, quantityMax: "500"}
            cameras:
              - {id: m1, object: o1, name: 值班室, purposes: dutyStaff, verifiedOn: 2024-01-01}
              - {id: m2, hazardSource: s1, name: 罐区东, nationalCode: "34020000001320000001"}
            devices:
              - {id: v8, object: o4, name: 管廊监测1号}
            points:
              - {id: v8-t, device: v8, name: 温度, indicator: temperature, unit: °C, rangeLow: 0, rangeHigh: 100}
            """
        let plan = try importing(file)
        #expect(plan.summary.added == 10)
        #expect(
            plan.result.node(of: try #require(plan.result[EntryKey(.camera, "m1")])) == NodeID("e1")
        )
        #expect(plan.result.enterprise(of: PointID("v8-t")) == EnterpriseID("k1"))
        let bad = try refusals(
            """
            objects:
              - {id: o1, kind: dutyCenter, enterprise: e1, name: 值班}
              - {id: o2, kind: dutyCentre, node: k1, name: 值班}
              - {id: o3, kind: dutyCentre, enterprise: e1, hazardSource: s1, name: 值班}
            cameras:
              - {id: m1, hazardSource: s1, object: o9, name: 值班室}
            """)
        #expect(bad.count == 4, "\(bad)")
        #expect(bad[0].contains("there is no kind \"dutyCenter\"; write dutyCentre,"))
        #expect(bad[1].contains("cannot stand under a node"))
        #expect(bad[2].contains("stands under several things"))
        #expect(bad[3].contains("hangs on one thing"))
    }

    /// ING-24: three identifiers of an enterprise are kept, and the text stays as it was written.
    @Test func factsAreKeptExactlyInBothFormats() throws {
        let packs = try PackSource.load()
        let first = try importing(Self.facts).result
        let enterprise = try #require(first.enterprises[EnterpriseID("e1")])
        #expect(enterprise.facts.text("code") == "A204DEMO001")
        #expect(enterprise.facts.text("registrationCode") == "320400001")
        #expect(enterprise.facts.text("creditCode") == "91320400MA00000000")
        #expect(first.hazardSources[HazardSourceID("s1")]?.facts["rValue"]?.number == 12.5)
        for format in RegistryFormat.allCases {
            let text = format.write(first.entries)
            let document = RegistryFormat.read(
                Array(text.utf8), fileName: "again.\(format.rawValue)", packs: packs)
            let again = try first.importing(document, packs: packs)
            #expect(again.summary.changed == 0 && again.summary.added == 0)
            #expect(try Registry().importing(document, packs: packs).result == first)
        }
    }

    /// A refusal lists every mistake, in the order of the file, with what to write.
    @Test func everyWrongFactIsNamed() throws {
        let bad = try refusals(
            """
            hazardSources:
              - {id: s1, enterprise: e1, name: 罐区甲, unitKind: tankFarm, grade: 1, rValue: nan,
                 inUseSince: 2021-02-30, position: "200, 10", keyProcesses: nitration;magic, isInPark: yes,
                 peopleWithin500: "1.5", colour: red}
            devices:
              - {id: v1, hazardSource: s1, name: 储罐一, kind: tank, volume: "-1"}
              - {id: v6, hazardSource: s1, name: 储罐六, cell: o9}
            """)
        let words = [
            "rValue (R值) \"nan\" is not a number", "inUseSince (投用日期) \"2021-02-30\" is not a day",
            "position (经纬度) \"200, 10\" is not", "\"magic\" is not one of phosgenation",
            "isInPark (是否在园区) \"yes\" is not true or false", "\"1.5\" is not a whole number",
            "there is no field colour", "mediumForm (物料形态) is missing; write gas, liquid",
            "-1 is not from 0", "there is no object o9",
        ]
        #expect(bad.count == words.count, "\(bad)")
        for word in words { #expect(bad.contains { $0.contains(word) }, "\(word): \(bad)") }
    }

    /// Codes are opaque: one that looks otherwise is remarked and taken (ING-14: vague names too).
    @Test func unusualCodesAndVagueNamesAreOnlyRemarked() throws {
        let file = """
            enterprises:
              - {id: e1, county: d1, park: k1, placement: inPark, name: 一厂, code: "3204"}
            devices:
              - {id: v7, hazardSource: s1, name: 储罐, kind: tank, medium: 苯, mediumForm: liquid,
                 code: "A204DEMO001001S0001"}
            """
        let base = try importing(Self.facts).result
        let plan = try importing(file, into: base)
        let texts = plan.remarks.map(\.text)
        #expect(plan.summary.added == 1)
        #expect(texts.contains { $0.contains("3204 has 4 characters, usual are 11") }, "\(texts)")
        #expect(texts.contains { $0.contains("has not G0 after A204DEMO001001") }, "\(texts)")
        #expect(texts.contains { $0.contains("the name 储罐 does not say which one") }, "\(texts)")
        #expect(plan.remarks.allSatisfy { $0.line > 0 })
    }

    /// ING-14: tanks, units and warehouses of one enterprise have names of their own.
    @Test func aNameIsRefusedTwiceInOneEnterprise() throws {
        let file = """
            hazardSources:
              - {id: s3, enterprise: e1, name: 罐区丙, unitKind: tankFarm, grade: 3}
            devices:
              - {id: v5, hazardSource: s1, name: 储罐V-5, kind: tank, medium: 苯, mediumForm: liquid}
              - {id: v6, hazardSource: s3, name: 储罐V-5, kind: tank, medium: 苯, mediumForm: liquid}
            persons:
              - {id: b1p, hazardSource: s3, tier: principal, name: 示范人员甲, telephone: 000-0000-0001}
              - {id: b1t, hazardSource: s3, tier: technical, name: 示范人员乙, telephone: 000-0000-0002}
              - {id: b1o, hazardSource: s3, tier: operating, name: 示范人员丙, telephone: 000-0000-0003}
            """
        let bad = try refusals(file)
        #expect(bad.count == 1)
        #expect(bad.first?.contains("v5 in enterprise e1 has the same name") == true, "\(bad)")
    }

    @Test func aPackWithMistakesIsRefusedWithEachOfThem() {
        let text = """
            id: x
            version: 2024-13-01
            title: 本地
            colour: red
            standards: [LOCAL 1]
            kinds:
              - { of: tank, title: 罐 }
              - { of: enterprise, title: 企业, facts: [{ id: name, title: 名称, type: text }] }
              - { of: enterprise, title: 企业, facts: [{ id: a, title: 甲, type: choice, list: none }] }
              - { of: object, kind: hall, title: 厅 }
            """
        do {
            _ = try PackSource.read(text, name: "x.yaml")
            Issue.record("taken")
        } catch {
            let lines = "\(error)"
            for word in [
                "line 2: version \"2024-13-01\" is no day", "line 4: there is no key colour",
                "line 7: there is no of \"tank\"", "line 8: name is a field of every enterprise",
                "line 9: there is no list none", "line 10: under is missing",
            ] { #expect(lines.contains(word), "\(word): \(lines)") }
        }
    }

    static let facts = """
        enterprises:
          - {id: e1, county: d1, park: k1, placement: inPark, name: 一厂, code: "A204DEMO001",
             registrationCode: "320400001", creditCode: 91320400MA00000000, confirmedOn: 2024-05-01}
        hazardSources:
          - {id: s1, enterprise: e1, name: 罐区甲, unitKind: tankFarm, grade: 1, rValue: "12.50",
             code: "A204DEMO001001", keyProcesses: nitration;oxidation, position: "119.97, 31.81"}
        """
}

/// The mistakes of a file beside the small city; empty if it is taken.
func refusals(_ text: String, packs: Packs? = nil) throws -> [String] {
    do {
        _ = try importing(text, packs: packs)
        return []
    } catch ImportRefusal.mistakes(let mistakes) {
        return mistakes.map(\.text)
    }
}

/// What a file does to the small city, with the packs of the program.
func importing(
    _ text: String, into registry: Registry? = nil, packs: Packs? = nil
) throws -> RegistryImport {
    let packs = try packs ?? PackSource.load()
    let document = RegistryFormat.read(Array(text.utf8), fileName: "more.yaml", packs: packs)
    return try (registry ?? city()).importing(document, packs: packs)
}
