import Domain
import NotificationCore
import Policy
import Testing

/// NTF-52: whoever is told reads what they owe, at once and by a time.
@Suite struct DutyTextTests {
    private static func text(
        _ effects: [NotificationEffect], to role: String, _ channel: Channel = .sms
    ) throws -> String {
        try #require(
            notices(effects).first {
                $0.channel == channel && $0.roles.contains(RoleID(role))
            }?.text)
    }

    @Test func anEnterprisesPersonsReadWhatItOwesAtOnceAndByATime() throws {
        var machine = try NotificationMachine.city("changzhou-2020")
        let text = try Self.text(try machine.level(.red, minute: 0), to: "principal")
        for word in [
            "请county-works厂即办：立即查找问题原因（000 §16）。",
            // One sentence says all that is owed by one time.
            "请在2021-11-01 20:00:00 +08:00前红色预警降低风险等级；"
                + "向市、区应急管理部门报告处置情况（000 §16）。",
        ] {
            #expect(text.contains(word), "\(word) is missing in: \(text)")
        }
        // What others owe is theirs.
        #expect(!text.contains("现场核实"))
    }

    @Test func personsOfABodyReadWhatItOwesAtOnce() throws {
        var machine = try NotificationMachine.city("changzhou-2020")
        let red = try machine.level(.red, minute: 0, of: "park-works")
        let text = try Self.text(red, to: "parkHead")
        #expect(text.contains("请park局即办：红色预警现场核实；配合红色预警处理跟踪（000 §16; 000 §11）。"))
        #expect(!text.contains("查找问题原因"))
    }

    /// What is said to all who were told of the end names whose duty it is.
    @Test func theEndNamesWhatIsOwedThenAndByWhom() throws {
        var machine = try NotificationMachine.city("changzhou-2020")
        _ = try machine.level(.orange, minute: 0)
        _ = try machine.level(.blue, minute: 10)
        let id = try #require(machine.openWarnings.first).id
        let works = Actor(subject: "works", node: NodeID("county-works"))
        let end = try machine.handle(.cleared(id, by: works), at: t0 + .minutes(20))
        let text = try Self.text(end, to: "principal")
        #expect(text.contains("请county-works厂即办：反馈预警处置情况（000 §12）。"))
        #expect(text.contains("请county局即办：橙色预警处理结果整理汇总（000 §10）。"))
        #expect(!text.contains("立即前"))
    }

    /// One person, several roles: one message, and the duties of each role in it.
    @Test func whoHasSeveralRolesReadsTheDutiesOfAll() throws {
        var machine = try NotificationMachine.city("changzhou-2020")
        try machine.hear(
            .officer(
                .init(
                    id: PersonID("both"), node: NodeID("county"), post: PostID("sectionHead"),
                    name: "county-workssafetyHead", telephone: "tel-safetyHead-county-works",
                    verifiedOn: "2021-10-01")))
        let orange = try machine.level(.orange, minute: 0)
        let both = try #require(
            notices(orange).first {
                $0.roles == [RoleID("safetyHead"), RoleID("districtSectionHead")]
            })
        #expect(both.text.contains("前橙色预警消警（000 §15; ours 0019）。"))
        #expect(both.text.contains("请county局即办：橙色预警现场核实（000 §10）。"))
        // The desk of the district hears of its duty all the same.
        let desk = notices(orange).filter { $0.reason == .obligation && $0.channel == .desk }
        #expect(desk.contains { $0.node == NodeID("county") && $0.text.contains("现场核实") })
    }

    /// 002-WD §8: each responsible person confirms first thing; who has three tiers reads it once.
    @Test func whoOwesTheSameInSeveralRolesReadsItOnce() throws {
        var machine = try NotificationMachine.city()
        for tier in Tier.allCases {
            try machine.hear(
                .person(
                    .init(
                        id: PersonID("one"), source: HazardSourceID("county-works-source"),
                        tier: tier, name: "某人", telephone: "tel-one")))
        }
        let text = try Self.text(try machine.level(.yellow, minute: 0), to: "operating")
        #expect(text.components(of: "请某人即办：确认预警（002-WD §8）。") == 1)
        #expect(text.components(of: "核实整改直至消警") == 1)
        #expect(text.contains("前未处置降级的，将向county-works厂发出警示通报"))
    }
}

extension String {
    /// How often `part` stands in it.
    fileprivate func components(of part: String) -> Int {
        var (count, rest) = (0, Substring(self))
        while let range = rest.firstRange(of: part) {
            (count, rest) = (count + 1, rest[range.upperBound...])
        }
        return count
    }
}
