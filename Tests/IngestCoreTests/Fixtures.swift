import Domain
import IngestCore

/// 2021-11-01 08:00 +08:00.
let t0 = Instant(unixMilliseconds: 1_635_724_800_000)

/// A file in the shape of the CSV: one line an entry, `type field=value field=value`.
func document(_ text: String, name: String = "city.csv") -> RegistryDocument {
    var rows: [RegistryRow] = []
    for (index, line) in text.split(separator: "\n").enumerated() {
        let words = line.split(separator: " ").map(String.init)
        let fields = words.dropFirst().map { word in
            let parts = word.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return RegistryField(String(parts[0]), String(parts[1]), line: index + 1)
        }
        rows.append(RegistryRow(kind: words[0], line: index + 1, fields: fields))
    }
    return RegistryDocument(fileName: name, rows: rows)
}

/// A complete small city; each entry stands on the line of its number in the list.
let city = [
    "node id=cn kind=nation name=国",  // 1
    "node id=p1 kind=province parent=cn name=示范省",
    "node id=c1 kind=city parent=p1 name=示范市",
    "node id=d1 kind=county parent=c1 name=示范一区",
    "node id=d2 kind=county parent=c1 name=示范二区",  // 5
    "node id=k1 kind=park parent=d1 name=示范园",
    "enterprise id=e1 county=d1 park=k1 placement=inPark name=示范化工一厂 shortName=一厂",
    "enterprise id=e2 county=d2 placement=outsidePark name=示范化工二厂",
    "hazardSource id=s1 enterprise=e1 name=罐区甲 unitKind=tankFarm grade=1",
    "device id=v1 hazardSource=s1 name=储罐一 medium=甲醇",  // 10
    "point id=t1 device=v1 name=温度 indicator=temperature unit=°C rangeLow=-20 rangeHigh=200 "
        + "low=0 high=60 highHigh=80",
    "point id=x1 device=v1 name=液位 indicator=liquidLevel unit=% rangeLow=0 rangeHigh=100 "
        + "lowLow=5 low=10 high=85 highHigh=95",
    "person id=a1 hazardSource=s1 tier=principal name=示范人员甲 telephone=000-0000-0001",
    "person id=a2 hazardSource=s1 tier=technical name=示范人员乙 telephone=000-0000-0002",
    "person id=a3 hazardSource=s1 tier=operating name=示范人员丙 telephone=000-0000-0003",  // 15
    "gateway id=g1 enterprise=e1 name=网关一",
]

var cityDocument: RegistryDocument { document(city.joined(separator: "\n")) }

/// The city with one line replaced, or one added at its end as line 17.
func city(line: Int, _ text: String) -> RegistryDocument {
    var lines = city
    if line <= lines.count { lines[line - 1] = text } else { lines.append(text) }
    return document(lines.joined(separator: "\n"))
}

func registered() throws -> Registry {
    try Registry().importing(cityDocument).result
}

/// The mistakes of an import, as `line: text`; empty if it was taken.
func mistakes(_ file: RegistryDocument, into registry: Registry = Registry()) -> [String] {
    do throws(ImportRefusal) {
        _ = try registry.importing(file)
        return []
    } catch {
        switch error {
        case .mistakes(let mistakes): return mistakes.map { "\($0.line): \($0.text)" }
        case .outside: return ["outside"]
        }
    }
}
