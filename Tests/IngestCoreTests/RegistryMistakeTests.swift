import Domain
import IngestCore
import Testing

@Suite struct RegistryMistakeTests {
    @Test func aCompleteCityIsTaken() throws {
        let plan = try Registry().importing(cityDocument)
        #expect(plan.summary == summary(added: 16))
        #expect(plan.result.points.count == 2)
        #expect(plan.result.enterprises[EnterpriseID("e2")]?.shortName == "示范化工二厂")
    }

    /// One broken line each: where the mistake is reported and what its sentence must hold.
    static let broken: [(line: Int, text: String, words: [String])] = [
        (17, "tank id=z name=罐", ["no entry of type \"tank\"", "node, enterprise"]),
        (
            17, "node id=z kind=village parent=d1 name=村",
            ["no kind \"village\"", "nation, province"]
        ),
        (17, "node id=z kind=enterprise parent=d1 name=厂", ["no kind \"enterprise\""]),
        (17, "node id=z kind=city name=市", ["a city needs a parent"]),
        (17, "node id=z kind=nation name=国二", ["cn is the nation already"]),
        (17, "node id=z kind=nation parent=cn name=国二", ["a nation has no parent"]),
        (17, "node id=z kind=park parent=nowhere name=园", ["there is no node nowhere"]),
        (17, "node id=z kind=park parent=c1 name=园", ["cannot stand under c1, a city", "county"]),
        (17, "node id=z kind=county parent=z name=区", ["stands under itself"]),
        (17, "node id=z kind=serviceBody name=所", ["a serviceBody needs a parent"]),
        (17, "node id=z kind=serviceBody parent=e1 name=所", ["there is no node e1"]),
        (17, "node id=e1 kind=town parent=d1 name=镇", ["the id is used on line 7 already"]),
        (17, "node id=d1 kind=county parent=c1 name=区", ["node d1", "used on line 4 already"]),
        (17, "node id=d区 kind=county parent=c1 name=区", ["id \"d区\" is not an id", "letters"]),
        (17, "node kind=county parent=c1 name=区", ["node without an id: id is missing"]),
        (7, "enterprise id=e1 county=d9 park=k1 placement=inPark name=厂", ["no node d9"]),
        (
            7, "enterprise id=e1 county=c1 park=k1 placement=inPark name=厂",
            ["county c1 is a city; write the id of a county"]
        ),
        (7, "enterprise id=e1 county=d1 placement=inPark name=厂", ["inPark needs a park"]),
        (
            7, "enterprise id=e1 county=d1 park=k1 placement=outsidePark name=厂",
            ["outsidePark contradicts park k1"]
        ),
        (
            7, "enterprise id=e1 county=d2 park=k1 placement=inPark name=厂",
            ["park k1 does not stand under county d2"]
        ),
        (
            7, "enterprise id=e1 county=d1 park=d2 placement=inPark name=厂",
            ["park d2 is a county; write the id of a park"]
        ),
        (
            7, "enterprise id=e1 county=d1 park=k1 placement=inside name=厂",
            ["no placement \"inside\"; write inPark, outsidePark or cityManaged"]
        ),
        (
            9, "hazardSource id=s1 enterprise=e7 name=罐区 unitKind=tankFarm grade=1",
            ["there is no enterprise e7"]
        ),
        (
            9, "hazardSource id=s1 enterprise=e1 name=罐区 unitKind=tank grade=1",
            ["no unitKind \"tank\"; write tankFarm, warehouse or processUnit"]
        ),
        (
            9, "hazardSource id=s1 enterprise=e1 name=罐区 unitKind=tankFarm grade=5",
            ["no grade \"5\"; write 1 (highest), 2, 3 or 4"]
        ),
        (17, "device id=v2 hazardSource=s9 name=罐", ["there is no hazard source s9"]),
        (17, "device id=v2 hazardSource=s1 name=储罐一", ["same name", "v1 is on line 10"]),
        (
            17, "device id=v2 hazardSource=s1 name=罐 color=red",
            ["no field color; write id, hazardSource, object, name, kind or medium"]
        ),
        (
            17, point("indicator=temperature unit=°C rangeLow=0 rangeHigh=9 device=v9"),
            ["there is no device v9"]
        ),
        (
            17, point("indicator=temperature unit=°C rangeLow=0 rangeHigh=9"),
            ["device is missing"]
        ),
        (
            17, point("indicator=temperature rangeLow=0 rangeHigh=9 device=v1"),
            ["unit is missing", "kPa"]
        ),
        (
            17, point("indicator=heat unit=°C rangeLow=0 rangeHigh=9 device=v1"),
            ["no indicator \"heat\"; write temperature, pressure"]
        ),
        (
            17, point("indicator=other unit=x rangeLow=nan rangeHigh=9 device=v1"),
            ["rangeLow \"nan\" is not a number"]
        ),
        (
            17, point("indicator=other unit=x rangeLow=9 rangeHigh=9 device=v1"),
            ["rangeHigh 9 must be above rangeLow 9"]
        ),
        (
            17, point("indicator=other unit=x rangeLow=0 rangeHigh=9 device=v1 high=5 highHigh=5"),
            ["highHigh 5 must be above high 5", "lowLow < low < high < highHigh"]
        ),
        (
            17, point("indicator=other unit=x rangeLow=0 rangeHigh=9 device=v1 low=3 high=2"),
            ["high 2 must be above low 3"]
        ),
        (
            17, point("indicator=other unit=x rangeLow=0 rangeHigh=9 device=v1 highHigh=9.5"),
            ["highHigh 9.5 is above rangeHigh 9"]
        ),
        (
            17, point("indicator=other unit=x rangeLow=0 rangeHigh=9 device=v1 lowLow=-1"),
            ["lowLow -1 is below rangeLow 0"]
        ),
        (
            14, "person id=a2 hazardSource=s1 tier=principal name=乙 telephone=000-0000-0002",
            ["has the principal person a1 already", "a1 is on line 13"]
        ),
        (
            14, "person id=a2 hazardSource=s1 tier=technical name=乙 telephone=000****0002",
            ["000****0002 is masked"]
        ),
        (
            14, "person id=a2 hazardSource=s1 tier=technical name=乙 telephone=none",
            ["telephone \"none\" is not a number"]
        ),
        (17, "gateway id=g2 enterprise=e9 name=网关", ["there is no enterprise e9"]),
        (
            17, "gateway id=g2 enterprise=e1 enterprise=e2 name=网关",
            ["enterprise is written twice"]
        ),
    ]

    static func point(_ fields: String) -> String { "point id=y1 name=点 " + fields }

    @Test(arguments: broken)
    func isRefusedAtItsLine(row: (line: Int, text: String, words: [String])) {
        let found = mistakes(city(line: row.line, row.text))
        let place = found.filter { $0.hasPrefix("\(row.line): ") }
        for words in row.words {
            #expect(place.contains { $0.contains(words) }, "\(found)")
        }
    }

    @Test func everyMistakeIsReportedAtOnceInTheOrderOfLines() {
        var lines = city
        lines[3] = "node id=d1 kind=district parent=c1 name=区"
        lines[8] = "hazardSource id=s1 enterprise=e1 name=罐区 unitKind=tankFarm grade=9"
        lines[15] = "gateway id=g1 enterprise=e9 name=网关一"
        let found = mistakes(document(lines.joined(separator: "\n")))
        // What hangs on the two unreadable entries is not at fault and is not reported.
        #expect(found.map { $0.prefix { $0 != ":" } } == ["4", "9", "16"], "\(found)")
    }

    @Test(arguments: [(13, "principal"), (14, "technical"), (15, "operating")])
    func aSourceWithoutOneOfItsThreePersonsIsRefused(row: (line: Int, tier: String)) {
        var lines = city
        lines.remove(at: row.line - 1)
        let found = mistakes(document(lines.joined(separator: "\n")))
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("9: ") == true, "\(found)")
        #expect(found.first?.contains("no \(row.tier) person") == true, "\(found)")
    }

    @Test func aCityManagedEnterpriseNeedsACity() {
        let file = document(
            """
            node id=cn kind=nation name=国
            node id=m kind=province parent=cn name=直辖市
            node id=d kind=county parent=m name=区
            enterprise id=e county=d placement=cityManaged name=厂
            """)
        #expect(mistakes(file).first?.contains("needs a city above county d") == true)
    }

    @Test func anEmptyFileIsAMistakeAndNotAnEmptyRegistry() {
        #expect(mistakes(document("")).first?.contains("holds no entries") == true)
    }

    @Test func aCircleOfNodesIsReportedAndEndsNoWalkLate() {
        let file = document(
            """
            node id=cn kind=nation name=国
            node id=a kind=county parent=b name=甲
            node id=b kind=county parent=a name=乙
            """)
        #expect(mistakes(file).filter { $0.contains("stands under itself") }.count == 2)
    }

    @Test func aMistakeInWhatWasRegisteredEarlierSaysSo() throws {
        let moved = document("node id=k1 kind=park parent=d2 name=示范园")
        let found = mistakes(moved, into: try registered())
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("0: enterprise e1 (registered earlier)") == true)
    }

    @Test func moreThanAnyoneReadsIsCounted() {
        let lines = (1...700).map { "node id=n\($0) kind=village parent=d1 name=村" }
        let found = mistakes(document(lines.joined(separator: "\n")))
        #expect(found.count == 501)
        #expect(found.contains("0: 200 more; correct these first."))
    }
}

func summary(added: Int = 0, changed: Int = 0, unchanged: Int = 0) -> ImportSummary {
    var summary = ImportSummary(fileName: "city.csv")
    (summary.added, summary.changed, summary.unchanged) = (added, changed, unchanged)
    return summary
}
