import Foundation
import Testing

@testable import CLI

@Suite struct PolicyCommandTests {
    static func run(_ arguments: String...) async -> (code: Int32, out: String, error: String) {
        let screen = Screen()
        let code = await Terminal.$screen.withValue(screen) {
            await Launch.run(["policy"] + arguments)
        }
        return (
            code, screen.out.joined(separator: "\n"), screen.error.joined(separator: "\n")
        )
    }

    static func example(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("docs/examples/\(name)").path
    }

    static let lines: [(arguments: [String], code: Int32)] = [
        (["check", "mem-2021"], 0), (["check", "changzhou-2020", "--courses", "--explain"], 0),
        (["check", "beijing", "--output", "json"], 0), (["check", "zibo-2020"], 0),
        (["check", "licheng-dust-2023"], 1), (["check", example("licheng-supplied.yaml")], 0),
        (["check", example("new-city.yaml")], 0), (["check", "atlantis-9999"], 1),
        (["check", "mem-2021", "--registry", "/nowhere/registry.yaml"], 1),
        (["explain", "beijing", "--level", "red", "--placement", "inPark"], 0),
        (["explain", "beijing", "--level", "purple"], 2), (["explain", "beijing"], 2),
        (["explain", "beijing", "--level", "red", "--enterprise", "works-1"], 2),
        (["explain", "beijing", "--kind", "finding"], 0),
        (["explain", "beijing", "--kind", "flood"], 2),
        (["explain", "beijing", "--kind", "finding", "--level", "red"], 2),
        (
            [
                "explain", "mem-2021", "--kind", "finding", "--enterprise", "works-1",
                "--registry", example("registry.yaml"),
            ], 2
        ),
        (["timeline", "mem-2021", "--level", "red", "--from", "2021-11-01 08:00"], 0),
        (["timeline", "mem-2021", "--level", "red", "--from", "soon"], 2),
        (["compare", "--level", "red"], 0), (["choices", "changzhou-2020"], 0),
        (["diff", "mem-2021", "zibo-2020"], 0), (["diff", "mem-2021"], 2),
    ]

    @Test(arguments: lines)
    func theExitCodeSaysWhoMustAct(row: (arguments: [String], code: Int32)) async {
        let screen = Screen()
        let code = await Terminal.$screen.withValue(screen) {
            await Launch.run(["policy"] + row.arguments)
        }
        #expect(code == row.code, "\(screen.error)")
        #expect(screen.error.isEmpty == (code == 0))
    }

    @Test func aRefusalSaysWhereAndWhatToWrite() async {
        let (_, _, error) = await Self.run("check", "licheng-dust-2023")
        #expect(error.contains("line 42: roles[5].body"))
        #expect(error.contains("`inherits: licheng-dust-2023`"))
    }

    /// NTF-52: the texts against the 70 and 67 characters of short messages.
    @Test func checkSaysHowLongTheMessagesAre() async throws {
        let (_, out, _) = await Self.run("check", "changzhou-2020", "--output", "json")
        let read = try JSONSerialization.jsonObject(with: Data(out.utf8)) as? [String: Any]
        let messages = try #require(read?["messages"] as? [[String: Any]])
        #expect(messages.map { $0["level"] as? String } == ["red", "orange", "yellow", "blue"])
        for one in messages {
            let length = try #require(one["characters"] as? Int)
            #expect(length > 60, "who, what, where, when, why and the clause take their room")
            #expect(one["parts"] as? Int == (length <= 70 ? 1 : (length + 66) / 67))
        }
    }

    @Test func checkSaysWhatEachKindOfCaseCanAskFor() async throws {
        let (_, out, _) = await Self.run("check", "mem-2021", "--output", "json")
        let read = try JSONSerialization.jsonObject(with: Data(out.utf8)) as? [String: Any]
        let kinds = try #require(read?["kinds"] as? [[String: Any]])
        let rules = Dictionary(
            uniqueKeysWithValues: kinds.map { ($0["kind"] as? String, $0["rules"] as? Int) })
        #expect(rules["plannedWork"] == 0, "the ministry's text knows none")
        #expect(try #require(rules["finding"] ?? nil) > 5)
        #expect(try #require(rules["offline"] ?? nil) > 5)
    }

    @Test func otherCasesAreExplainedToo() async {
        let (_, finding, _) = await Self.run("explain", "mem-2021", "--kind", "finding")
        #expect(finding.contains("on declared badlyHandled, 市应急管理部门 owes 对问题地区信息通报"))
        #expect(finding.contains("市应急管理部门 may declare badlyHandled"))
        #expect(!finding.contains("yellow-circular"))
        let (_, work, _) = await Self.run("explain", "mem-2021", "--kind", "plannedWork")
        #expect(work.contains("nothing is owed"))
    }

    @Test func differenceShowsDaysAndNoClauseOfWhatNamesAProfile() async {
        let (_, out, _) = await Self.run("diff", "mem-2021", Self.example("new-city.yaml"))
        #expect(out.contains("calendar.2027"))
        #expect(out.contains("holidays 01-01 01-02 01-03 02-06"))
        #expect(out.contains("obligations.orange-circular.opens"))
        // What only its clause changes is not said beside what changes.
        #expect(!out.contains("obligations.orange-circular.title"))
        #expect(!out.contains("ours 0016"))
    }

    @Test func choicesComeWithTheOtherReading() async {
        let (_, out, _) = await Self.run("choices", "changzhou-2020")
        #expect(out.contains("choices.boundary: `value: until`"))
        #expect(out.contains("000 §14; ours 0019"))
    }

    /// One red warning handled five ways, as JSON with a member for each profile.
    @Test func comparisonIsATableAndJSON() async throws {
        let (_, out, _) = await Self.run(
            "compare", "mem-2021", "beijing", Self.example("licheng-supplied.yaml"), "--level",
            "red", "--from", "2021-11-01 08:00", "--output", "json")
        let rows = try #require(
            try JSONSerialization.jsonObject(with: Data(out.utf8)) as? [[String: Any]])
        let hour = try #require(rows.first { $0["time"] as? String == "1小时" })
        #expect((hour["beijing"] as? String)?.contains("市应急管理局→区应急管理部门") == true)
        #expect(rows[0].keys.sorted() == ["beijing", "licheng-supplied", "mem-2021", "time"])
    }

    @Test func explanationNamesPersonsOfTheRegistry() async {
        let (code, out, _) = await Self.run(
            "explain", "mem-2021", "--level", "yellow", "--enterprise", "works-1", "--registry",
            Self.example("registry.yaml"))
        #expect(code == 0)
        #expect(out.contains("示范人员甲"))
        #expect(out.contains("示范化工园区管委会"))
        #expect(out.contains("预警信息处置管理办法（试行） §10"))
    }

    @Test func rolesThatNobodyFillsAreFoundBeforeItMatters() async {
        let (code, out, error) = await Self.run(
            "check", "changzhou-2020", "--registry", Self.example("registry.yaml"))
        #expect(code == 1)
        #expect(out.contains("nobody holds the post safetyDirector at works-1"))
        #expect(error.contains("no living person with a verified number"))
    }
}
