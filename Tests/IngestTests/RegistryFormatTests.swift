import Domain
import Ingest
import IngestCore
import Testing

@Suite struct RegistryFormatTests {
    @Test(arguments: RegistryFormat.allCases)
    func anExportImportsAsNothingNew(format: RegistryFormat) throws {
        let registry = try city()
        let text = format.write(registry.entries)
        let document = RegistryFormat.read(Array(text.utf8), fileName: "city.\(format.rawValue)")
        #expect(document.mistakes == [])
        let again = try registry.importing(document)
        #expect(again.summary.unchanged == registry.entries.count)
        #expect(again.puts == [])
        let fresh = try Registry().importing(document)
        #expect(fresh.result == registry)
    }

    @Test func yamlKnowsTheLineOfEachField() throws {
        let document = read(
            """
            # 示范
            nodes:
              - id: cn
                kind: nation
                name: "国"

              - {id: p1, kind: province, parent: cn, name: 示范省}
            points:
            gateways:
              - id: 007
                enterprise: e1
                name:   网关 一
            """)
        #expect(document.mistakes == [])
        #expect(document.rows.map(\.kind) == ["node", "node", "gateway"])
        #expect(document.rows.map(\.line) == [3, 7, 10])
        #expect(document.rows[0].fields.map(\.line) == [3, 4, 5])
        #expect(document.rows[2].fields.map(\.text) == ["007", "e1", "网关 一"])
    }

    static let brokenYAML: [(text: String, line: Int, words: String)] = [
        ("nodes: [", 2, "this is not YAML"),
        ("nodes:\n  - id: a\n   kind: b", 3, "this is not YAML"),
        ("nodes:\n  - id: a\n    id: b\n", 2, "written twice"),
        ("- id: a", 1, "must hold lists; write nodes:"),
        ("tanks:\n  - id: a", 1, "there is no list \"tanks\""),
        ("nodes:\n  id: a", 1, "nodes must be a list"),
        ("nodes:\n  - a\n  - id: b", 2, "must be written as fields"),
        ("nodes:\n  - id: a\n    kind: [nation]", 3, "one plain value"),
    ]

    @Test(arguments: brokenYAML)
    func brokenYAMLIsRefusedAtItsLine(row: (text: String, line: Int, words: String)) throws {
        let mistake = try #require(read(row.text).mistakes.first)
        #expect(mistake.line == row.line, "\(mistake.text)")
        #expect(mistake.text.contains(row.words), "\(mistake.text)")
        #expect(mistake.file == "city.yaml")
    }

    @Test func csvTakesQuotesLineBreaksAndSpreadsheetMarks() {
        let text =
            "\u{FEFF}type,id,kind,parent,name\r\n"
            + "node,cn,nation,,\"国,\"\"一\"\"\"\r\n"
            + "\r\n"
            + "node,p1,province,cn,\"两\n行\"\r\n"
            + "node,c1,city,p1,市\n"
        let document = read(text, name: "city.csv")
        #expect(document.mistakes == [])
        #expect(document.rows.map(\.line) == [2, 4, 6])
        #expect(document.rows[0].fields.last?.text == "国,\"一\"")
        #expect(document.rows[1].fields.last?.text == "两\n行")
        #expect(document.rows[2].fields.map(\.name) == ["id", "kind", "parent", "name"])
    }

    static let brokenCSV: [(text: String, line: Int, words: String)] = [
        ("id,name\na,b", 1, "the column type is missing"),
        ("type,name\nnode,b", 1, "the column id is missing"),
        ("type,id,id\nnode,a,b", 1, "the column id is there twice"),
        ("type,id,colour\nnode,a,b", 1, "there is no column \"colour\""),
        ("type,id,name\nnode,a,b,c", 2, "has 4 fields and the first line names 3"),
        ("type,id,name\nnode,a,b\nnode,\"a,b\nnode,c,d", 3, "never closed"),
        ("type,id,name\nnode,a,\"b\"c", 2, "text after a closing quote"),
        ("type,id,name\nnode,a,b\"c", 2, "a quote inside a field"),
    ]

    @Test(arguments: brokenCSV)
    func brokenCSVIsRefusedAtItsLine(row: (text: String, line: Int, words: String)) throws {
        let mistake = try #require(read(row.text, name: "city.csv").mistakes.first)
        #expect(mistake.line == row.line, "\(mistake.text)")
        #expect(mistake.text.contains(row.words), "\(mistake.text)")
    }

    @Test func otherNamesAndEncodingsAreRefusedWithWhatToWrite() {
        let other = RegistryFormat.read(Array("x".utf8), fileName: "city.xlsx")
        #expect(other.mistakes.first?.text.contains(".yaml, .yml or .csv") == true)
        let encoded = RegistryFormat.read([0xC4, 0xE3, 0xBA], fileName: "city.csv")
        #expect(encoded.mistakes.first?.text.contains("is not UTF-8") == true)
    }

    @Test func anEmptyFileIsRefusedByTheImport() {
        for name in ["city.yaml", "city.csv"] {
            #expect(throws: ImportRefusal.self) {
                try Registry().importing(RegistryFormat.read([], fileName: name))
            }
        }
    }

    private func read(_ text: String, name: String = "city.yaml") -> RegistryDocument {
        RegistryFormat.read(Array(text.utf8), fileName: name)
    }
}

/// A small city with what is hard to write: signs, negative numbers, optional fields.
func city() throws -> Registry {
    let document = RegistryFormat.read(Array(cityYAML.utf8), fileName: "city.yaml")
    return try Registry().importing(document).result
}

let cityYAML = """
    nodes:
      - {id: cn, kind: nation, name: 国}
      - {id: p1, kind: province, parent: cn, name: 示范省}
      - {id: c1, kind: city, parent: p1, name: 示范市}
      - {id: d1, kind: county, parent: c1, name: 示范一区}
      - {id: d2, kind: county, parent: c1, name: 示范二区}
      - {id: k1, kind: park, parent: d1, name: 示范园}
    enterprises:
      - {id: e1, county: d1, park: k1, placement: inPark, name: "示范化工, \\"一\\"厂", shortName: 一厂}
      - {id: e2, county: d2, placement: outsidePark, name: 示范化工二厂}
    hazardSources:
      - {id: s1, enterprise: e1, name: 罐区甲, unitKind: tankFarm, grade: 1}
      - {id: s2, enterprise: e2, name: 罐区乙, unitKind: warehouse, grade: 4}
    devices:
      - {id: v1, hazardSource: s1, name: "储罐 #1: 南", medium: 甲醇}
      - {id: v2, hazardSource: s2, name: 储罐二}
    points:
      - id: t1
        device: v1
        name: 温度
        indicator: temperature
        unit: °C
        rangeLow: -20.5
        rangeHigh: 1e3
        high: 60
        highHigh: 80
      - {id: x1, device: v1, name: 液位, indicator: liquidLevel, unit: "%",
         rangeLow: 0, rangeHigh: 100, low: 10}
      - {id: b1, device: v2, name: 温度, indicator: temperature, unit: °C,
         rangeLow: 0, rangeHigh: 100}
    persons:
      - {id: a1, hazardSource: s1, tier: principal, name: 示范人员甲, telephone: 000-0000-0001}
      - {id: a2, hazardSource: s1, tier: technical, name: 示范人员乙, telephone: 000-0000-0002}
      - {id: a3, hazardSource: s1, tier: operating, name: 示范人员丙, telephone: 000-0000-0003}
      - {id: a4, hazardSource: s2, tier: principal, name: 示范人员丁, telephone: 000-0000-0004}
      - {id: a5, hazardSource: s2, tier: technical, name: 示范人员戊, telephone: 000-0000-0005}
      - {id: a6, hazardSource: s2, tier: operating, name: 示范人员己, telephone: 000-0000-0006}
    gateways:
      - {id: g1, enterprise: e1, name: 网关一}
      - {id: g2, enterprise: e2, name: 网关二}
    """
