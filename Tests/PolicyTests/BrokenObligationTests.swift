import Foundation
import Policy
import Runtime
import Testing

/// One broken profile per mistake in what is owed, chosen and inherited, and the words that its
/// message must contain.
@Suite struct BrokenObligationTests {
    struct Row: CustomTestStringConvertible {
        var what: String
        /// The profile that is broken.
        var id: String
        var old: String
        var new: String
        /// Where: the end of the path of the value.
        var path: String
        /// What is wrong, and what to write instead.
        var words: [String]

        var testDescription: String { what }

        init(
            _ what: String, _ id: String, _ old: String, _ new: String, _ path: String,
            _ words: [String]
        ) {
            (self.what, self.id, self.old, self.new) = (what, id, old, new)
            (self.path, self.words) = (path, words)
        }
    }

    static let mem = "mem-2021"
    static let changzhou = "changzhou-2020"
    static let beijing = "beijing"
    static let before = "  # A major problem that a patrol found"

    /// Two more rules in the ministry's file.
    static func pair(_ first: String, _ second: String) -> String {
        """
          - { id: one, title: 一, \(first), clause: 002-WD §13 }
          - { id: two, title: 二, \(second), clause: 002-WD §13 }
        \(before)
        """
    }

    static let owed: [Row] = [
        Row(
            "a task that nobody owes", mem, "    title: 核实整改直至消警\n    owners: [enterprise]\n",
            "    title: 核实整改直至消警\n", "obligations[2].owners",
            ["nobody owes it", "`owners`", "`notice: true`"]),
        Row(
            "a rule that nothing starts", mem, "    from: cleared\n", "", "obligations[12].from",
            ["nothing says what starts it", "`from: noticed red`"]),
        Row(
            "a fact that does not exist", mem, "    from: cleared\n", "    from: calmed\n",
            "obligations[12].from", ["`calmed` is nothing that can happen", "noticed LEVEL"]),
        Row(
            "a kind of case that does not exist", mem, "from: opened offline\n    tells",
            "from: opened fire\n    tells", "from", ["`fire` is not one of", "`emergency`"]),
        Row(
            "a rule that does not exist", changzhou, "from: issued red-circular",
            "from: issued red-letter", "from",
            ["no obligation `red-letter`", "`red-circular`"]),
        Row(
            "a declaration that nobody can make", changzhou,
            "from: missed red-lowered\n    unless: [declared explanation]",
            "from: missed red-lowered\n    unless: [declared excuse]", "unless[1]",
            ["nobody can declare `excuse`", "`explanation`"]),
        Row(
            "a miss of what has no time", beijing, "from: missed red-lowered\n    proof: [{",
            "from: missed red-site\n    proof: [{", "from",
            ["`red-site` has no `due`", "`done red-site`"]),
        Row(
            "an issue of what is no document", changzhou, "from: issued red-circular",
            "from: issued red-lowered", "from", ["is a task", "`done red-lowered`"]),
        Row(
            "a count of one", changzhou, "missed orange-effective 2 times",
            "missed orange-effective 1 times", "from", ["no number of times", "2 times"]),
        Row(
            "an owner that nobody can be", beijing,
            "    owners: [park]\n    placements: [inPark]\n    from: noticed yellow",
            "    owners: [park]\n    from: noticed yellow", "owners",
            ["`park`", "`outsidePark`, `cityManaged`", "`placements:`"]),
        Row(
            "a repeat that never ends", mem, "    until: [lowered red]\n", "",
            "obligations[7].until", ["nothing ends it", "`until: [lowered red]`"]),
        Row(
            "a repeat that is longer than its next stage", mem, "every: 30 min", "every: 3 h",
            "obligations[7].every", ["`red-site`", "2小时", "shorter `every`"]),
        Row(
            "two rules that start each other for ever", mem, before,
            pair(
                "owners: [county], from: [cleared, done two]", "owners: [city], from: done one"),
            "from", ["`one` and `two`", "for ever", "`until: [cleared]`"]),
        Row(
            "two notices that start each other in no time", mem, before,
            pair(
                "notice: true, tells: [county], from: [cleared, issued two]",
                "notice: true, tells: [city], from: issued one"),
            "from", ["`one` and `two`", "without any time between", "`opens:`"]),
        Row(
            "a start that takes back", mem, "from: cleared\n    due",
            "from: cleared\n    unless: [cleared]\n    due", "obligations[12].from",
            ["`cleared` starts it and takes it back"]),
        Row(
            "a duty at a silent level", beijing, "owners: [district]\n    from: noticed yellow",
            "owners: [district]\n    from: noticed blue", "from",
            ["`blue` is declared silent", "`recipients.blue`"]),
        Row(
            "a time that does not exist", changzhou, "due: 12 h", "due: \"25:00\"", "due",
            ["`25:00` is no time", "`24 h`", "`2 working days`"]),
        Row(
            "windows that do not fit", changzhou, "each 1 h", "each 3 h", "due",
            ["no time that something can open or fall due", "windows 07:00-23:00 each 1 h"]),
        Row(
            "a next time of what has none", mem, "every: 30 min", "every: next", "every",
            ["neither `opens` nor `due`", "`every: 1 h`"]),
        Row(
            "a document without a text", mem, "  supervision:\n    text: >-",
            "  circulars:\n    text: >-",
            "templates.supervision", ["`finding-listed` issues a `supervision`", "`text`"]),
        Row(
            "a notice that tells nobody", mem, "    tells: [county, enterprise]\n", "",
            "tells", ["tells nobody", "under `tells`"]),
        Row(
            "a notice that somebody owes", mem, "    tells: [county, enterprise]\n",
            "    tells: [county]\n    owners: [city]\n", "owners",
            ["owed by nobody", "`notice`"]),
        Row(
            "a time for what the system does", mem, "    opens: 30 min\n",
            "    due: 30 min\n", "obligations[7].due", ["cannot be late", "`opens`"]),
        Row(
            "copies of a task", mem, "    from: cleared\n",
            "    from: cleared\n    copies: { to: [city], clause: ours 0012 }\n", "copies",
            ["only a document has copies", "`tells`"]),
        Row(
            "two obligations of one id", mem, "id: orange-site", "id: yellow-site",
            "obligations[6].id", ["an obligation `yellow-site` already"]),
        Row(
            "a placement twice", beijing, "placements: [inPark]", "placements: [inPark, inPark]",
            "placements[2]", ["`inPark` is named twice"]),
        Row(
            "two parts of proof of one id", mem, "{ id: supervision, title: 督办情况 }",
            "{ id: verification, title: 督办情况 }", "proof[2].id", ["a part `verification` already"]),
        Row(
            "a confirmation by nobody", mem, "metBy: [confirmed]", "metBy: [confirmed mayor]",
            "metBy[1]", ["no role `mayor`", "`principal`"]),
    ]

    static let others: [Row] = [
        Row(
            "a level that nobody pursues", mem,
            "  red: { everywhere: province, clause: 002-WD §12 }\n",
            "", "tracking.red", ["`red` is missing", "pursues the case"]),
        Row(
            "a pursuer who cannot be found", beijing, "yellow: { everywhere: district",
            "yellow: { everywhere: park", "tracking.yellow.everywhere",
            ["`park`", "`outsidePark`"]),
        Row(
            "a question without an answer", mem, "  fall: { value: restart, clause: ours 0019 }\n",
            "", "choices.fall", ["`fall` is missing", "`restart`, `resume`", "begin anew"]),
        Row(
            "an answer that is none", mem, "fall: { value: restart", "fall: { value: sometimes",
            "choices.fall.value", ["`sometimes` is not one of", "`resume`"]),
        Row(
            "an answer that points nowhere", changzhou, "at: orange-cleared", "at: orange-over",
            "choices.overdue.at", ["no obligation and no role `orange-over`"]),
        Row(
            "a number of no messages", mem, "perNumber: 50", "perNumber: 0", "budget.perNumber",
            ["`0` is not a whole number"]),
        Row(
            "a budget without a source", mem, "within: 24 h, clause: ours 0023 }", "within: 24 h }",
            "budget.clause", ["no clause says where this rule stands"]),
        Row(
            "a last channel that waits", changzhou, "wait: 5 min }, voice]",
            "wait: 5 min }, { channel: voice, wait: 5 min }]", "channels.person.by[3]",
            ["nothing comes after it"]),
        Row(
            "a channel twice", changzhou, "{ channel: smsBackup, wait", "{ channel: sms, wait",
            "channels.person.by[2]", ["`sms` is named twice"]),
        Row(
            "hours for working days", beijing, "ahead: 2 working days", "ahead: 48 h",
            "plannedWork.ahead", ["working days ahead", "`2 working days`"]),
        Row(
            "a declaration by nobody", beijing, "by: [enterprise, principal]", "by: [mayor]",
            "declarations[1].by[1]", ["no role `mayor`"]),
        Row(
            "a post without a place", changzhou, "post: safetyHead, at: [enterprise]",
            "post: safetyHead", "roles[1].at", ["`at` is missing", "`[park, county]`"]),
        Row(
            "a role filled in two ways", changzhou, "post: safetyHead, at: [enterprise]",
            "post: safetyHead, at: [enterprise], person: principal", "roles[1]",
            ["who fills the role", "`post:`"]),
        Row(
            "a text that says late where it happened", mem,
            "【{colour}色预警】{enterprise}{source}于{time}达到", "于{time}因{cause}，{enterprise}{source}达到",
            "templates.warning.text", ["67", "level, enterprise and source"]),
    ]

    @Test(arguments: owed + others)
    func mistakeSaysWhereAndWhatToWrite(row: Row) throws {
        let (text, line) = try Edited.text(row.id, [(row.old, row.new)])
        let mistakes = Edited.mistakes(in: text)
        let found = try #require(
            mistakes.first { $0.path.hasSuffix(row.path) && $0.says(row.words) },
            "found instead: \(mistakes)")
        #expect(abs(found.line - line) <= 14 || row.path.hasPrefix("templates."))
    }

    /// Text behind Zibo's file, which inherits the ministry's.
    static let inherited: [Row] = [
        Row(
            "a change without a source", "zibo-2020", "obligations:\n",
            "obligations:\n  - { id: red-circular, every: 20 min }\n", "obligations[1].every",
            ["differs from what mem-2021 says", "Add a `clause:`"]),
        Row(
            "a recipient without a source", "zibo-2020", "obligations:\n",
            "recipients:\n  red: { everywhere: [county] }\nobligations:\n", "recipients.red.clause",
            ["no clause says where this rule stands"]),
        Row(
            "a drop of nothing", "zibo-2020", "obligations:\n",
            "obligations:\n  - { id: black-circular, drop: true, clause: 003 一 }\n",
            "obligations[1]", ["no row `black-circular`"]),
        Row(
            "a drop without a source", "zibo-2020", "obligations:\n",
            "obligations:\n  - { id: red-circular, drop: true }\n", "obligations[1]",
            ["is dropped", "add a `clause:`"]),
        Row(
            "a row twice", "zibo-2020", "obligations:\n",
            "obligations:\n  - { id: red-circular, every: 20 min, clause: 003 一 }\n"
                + "  - { id: red-circular, every: 10 min, clause: 003 一 }\n",
            "obligations[2]", ["`id: red-circular` is there twice"]),
        Row(
            "a code that is taken", "zibo-2020", "obligations:\n",
            "sources:\n  - { code: 002-WD, title: 一, articles: [§1] }\nobligations:\n",
            "sources[1].code", ["`002-WD` is taken"]),
        Row(
            "a weekday that is worked", "zibo-2020", "obligations:\n",
            "calendar:\n  years:\n    - { year: 2027, holidays: [01-01], workedWeekends: [01-04], "
                + "clause: ours 0019 }\nobligations:\n",
            "workedWeekends", ["no Saturday and no Sunday"]),
        Row(
            "a day that does not exist", "zibo-2020", "obligations:\n",
            "calendar:\n  years:\n    - { year: 2027, holidays: [02-29], workedWeekends: [], "
                + "clause: ours 0019 }\nobligations:\n",
            "holidays[1]", ["`02-29` is no day of 2027"]),
    ]

    @Test(arguments: inherited)
    func changesOfWhatIsInheritedAreCheckedToo(row: Row) throws {
        let (text, _) = try Edited.text(row.id, [(row.old, row.new)])
        let mistakes = Edited.mistakes(in: text)
        let found = mistakes.contains { $0.path.hasSuffix(row.path) && $0.says(row.words) }
        #expect(found, "found instead: \(mistakes)")
    }

    @Test func mistakeInAnInheritedFileNamesThatFile() throws {
        let (text, _) = try Edited.text(
            "zibo-2020",
            [
                (
                    "obligations:\n",
                    "tracking:\n  red: { everywhere: mayor, clause: 003 一 }\nobligations:\n"
                )
            ])
        let mistake = try #require(Edited.mistakes(in: text).first)
        #expect(mistake.path == "tracking.red.everywhere")
        #expect(mistake.at.file == "")
        let open = try #require(throws: ProfileFailure.self) {
            try ProfileSource.read(
                "id: x\nversion: \"2024-01-01\"\ntitle: x\ninherits: licheng-dust-2023\n",
                place: "x")
        }
        #expect(open.reason.contains("of licheng-dust-2023: roles[5].body"))
        #expect(open.reason.contains("State `body` for this row in this file"))
    }

    static let chains: [(inherits: String, words: String)] = [
        ("zibo-2019", "there is no such profile"), ("zibo-2020", "round in a circle"),
    ]

    @Test(arguments: chains)
    func profileInheritsFromOneThatExists(row: (inherits: String, words: String)) throws {
        let (text, _) = try Edited.text(
            "zibo-2020", [("inherits: mem-2021", "inherits: \(row.inherits)")])
        let folder = NSTemporaryDirectory() + "/policy-\(row.inherits)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try text.write(toFile: folder + "/zibo-2020.yaml", atomically: true, encoding: .utf8)
        let failure = try #require(throws: ProfileFailure.self) {
            try ProfileSource.load(folder + "/zibo-2020.yaml")
        }
        #expect(failure.reason.contains(row.words), "\(failure.reason)")
    }

    @Test func rowsAndValuesCanBeTakenAwayWithASource() throws {
        let profile = try Edited.profile(
            "zibo-2020",
            (
                "obligations:\n",
                """
                obligations:
                  - { id: confirm, drop: true, clause: 003 一 }
                  - { id: yellow-circular, copies: none, every: 2 h, clause: 003 一 }

                """
            ))
        #expect(profile.obligation(RuleID("confirm")) == nil)
        let rule = try #require(profile.obligation(RuleID("yellow-circular")))
        #expect(rule.copies == [])
        #expect(rule.clause.text == "003 一")
    }
}

extension Mistake {
    func says(_ words: [String]) -> Bool { words.allSatisfy(text.contains) }
}
