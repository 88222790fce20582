import Domain
import NotificationCore
import Policy
import Testing

/// Who is told at which level (NTF-01, NTF-09 to NTF-11; 002-WD §4 to §7).
@Suite struct RecipientTests {
    static let persons = [Tier.principal, .technical, .operating].map { "\($0)" }
    static let table: [(level: WarningLevel, bodies: [String], clause: String)] = [
        (.blue, [], ""), (.yellow, ["county"], "002-WD §5"),
        (.orange, ["county", "city"], "002-WD §6"),
        (.red, ["county", "city", "province", "nation"], "002-WD §7"),
    ]

    @Test(arguments: table, NotificationMachine.enterprises.map(\.name))
    func exactlyThoseWhomTheArticleNamesAreTold(
        row: (level: WarningLevel, bodies: [String], clause: String), enterprise: String
    ) throws {
        var machine = try NotificationMachine.city()
        let told = notices(try machine.level(row.level, minute: 0, of: enterprise))
        let isInPark = enterprise == "park-works"
        let bodies = row.bodies.map { $0 == "county" && isInPark ? "park" : $0 }
        let persons = row.level == .blue ? [] : Self.persons.map { "\($0)-\(enterprise)" }
        #expect(told.map(Self.holder) == persons + bodies)
        #expect(told.allSatisfy { $0.clause.text == row.clause && $0.level == row.level })
        #expect(told.allSatisfy { $0.reason == .levelRaised })
        #expect(Set(told.map(\.id)).count == told.count)
    }

    static func holder(_ notice: Notice) -> String {
        switch notice.holder {
        case .person(let id, _, _, _): id.text
        case .body(let id, _): id.text
        case .nobody(let reason): reason
        }
    }

    @Test func personsAreToldByTelephoneAndBodiesAtTheirDesk() throws {
        var machine = try NotificationMachine.city()
        let effects = try machine.level(.yellow, minute: 0)
        let told = notices(effects)
        #expect(told.map(\.channel) == [.sms, .sms, .sms, .desk])
        // A desk has it as soon as it is stored; a provider must be asked.
        #expect(told.map(\.state) == [.queued, .queued, .queued, .sent])
        #expect(handOvers(effects) == told.prefix(3).map { $0.outboxKey(attempt: 1) })
    }

    @Test func onePersonWithTwoTiersGetsOneMessageThatNamesBoth() throws {
        var machine = try NotificationMachine.city()
        let same = "tel-principal-county-works"
        try machine.hear(.person(.someone(.technical, of: "county-works", telephone: same)))
        let effects = try machine.level(.yellow, minute: 0)
        #expect(words(effects).first == "principal+technical sms 002-WD §5")
        #expect(notices(effects).count == 3)
        #expect(handOvers(effects).count == 2)
    }

    @Test func recipientThatNobodyFillsIsAFailedNoticeAndNeverSilent() throws {
        var machine = NotificationMachine(profile: try ministry.get())
        try machine.hear(
            .node(.init(id: NodeID("county"), parent: nil, kind: .county, name: "县局")),
            .enterprise(
                .init(
                    id: EnterpriseID("e"), parent: NodeID("county"), placement: .outsidePark,
                    name: "厂")),
            .source(
                .init(id: HazardSourceID("e-source"), enterprise: EnterpriseID("e"), name: "罐")),
            .person(.someone(.principal, of: "e")),
            .person(.someone(.technical, of: "e", telephone: "")))
        let told = notices(try machine.level(.orange, minute: 0, of: "e"))
        #expect(told.map(\.state) == [.queued, .failed, .failed, .sent, .failed])
        #expect(told[1].channelMessage.contains("no telephone number"))
        #expect(told[2].channelMessage.contains("No operating person"))
        #expect(told[4].channelMessage.contains("No city is registered"))
    }

    @Test func sourceIsKnownOnceAllItsPersonsAre() throws {
        // An import comes entry by entry, and a level may overtake its last ones.
        var machine = NotificationMachine(profile: try ministry.get())
        let source = HazardSourceID("e-source")
        try machine.hear(
            .source(.init(id: source, enterprise: EnterpriseID("e"), name: "罐")),
            .enterprise(
                .init(
                    id: EnterpriseID("e"), parent: NodeID("county"), placement: .outsidePark,
                    name: "厂")))
        for tier in Tier.allCases {
            #expect(!machine.knows(source))
            try machine.hear(.person(.someone(tier, of: "e")))
        }
        #expect(machine.knows(source))
    }

    @Test func sourceThatTheRegistryDoesNotHoldStillOpensACase() throws {
        var machine = NotificationMachine(profile: try ministry.get())
        #expect(!machine.knows(HazardSourceID("county-works-source")))
        let effects = try machine.level(.red, minute: 0)
        #expect(caseNews(effects) == [.opened])
        #expect(notices(effects).count == 7)
        #expect(notices(effects).allSatisfy { $0.state == .failed })
    }

    @Test func textStatesEverythingThatTheLawWantsSaid() throws {
        // NTF-52
        var machine = try NotificationMachine.city()
        let text = try #require(notices(try machine.level(.red, minute: 0)).first?.text)
        for word in [
            "county-works厂", "罐区", "红色预警", "重大风险", "2021-11-01 08:00:00 +08:00",
            "1号罐压力2897.34kPa，达到高高报限值2890kPa", "2021-11-01 08:30:00 +08:00前未处置降级",
            "将向city局发出警示通报", "每30分钟", "002-WD §12", "002-WD §7",
        ] {
            #expect(text.contains(word), "\(word) is missing in: \(text)")
        }
        #expect(!text.contains("{"))
    }
}
