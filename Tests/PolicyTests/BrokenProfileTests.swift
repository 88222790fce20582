import Policy
import Testing

/// One broken profile per mistake, and the words that its message must contain.
@Suite struct BrokenProfileTests {
    struct Row: CustomTestStringConvertible {
        var what: String
        var old: String
        var new: String
        /// Where: the path of the value.
        var path: String
        /// What is wrong, or what to write instead.
        var words: [String]

        var testDescription: String { what }
    }

    static let rows: [Row] = [
        Row(
            what: "a rule without a clause",
            old: "    until: [lowered orange]\n    clause: 002-WD §11",
            new: "    until: [lowered orange]", path: "obligations[5].clause",
            words: ["no clause says where this rule stands", "`clause:`", "`ours`"]),
        Row(
            what: "an article that does not exist", old: "clause: 002-WD §12\n  # After 2 h",
            new: "clause: 002-WD §21\n  # After 2 h", path: "obligations[7].clause",
            words: ["no article `§21`", "`§17`"]),
        Row(
            what: "a regulation that does not exist", old: "demanded: true\n    clause: 002-WD §9",
            new: "demanded: true\n    clause: 009-XX §9", path: "obligations[12].clause",
            words: ["`009-XX`", "002-WD"]),
        Row(
            what: "a clause without an article", old: "demanded: true\n    clause: 002-WD §9",
            new: "demanded: true\n    clause: 002-WD", path: "obligations[12].clause",
            words: ["names no article", "`002-WD §5`"]),
        Row(
            what: "a level that nobody is told of",
            old: "    everywhere: [principal, technical, operating, county]\n    clause: 002-WD §5",
            new: "    inPark: [principal]\n    clause: 002-WD §5", path: "recipients.yellow",
            words: ["nobody is told of `yellow`", "`outsidePark`", "`silent: true`"]),
        Row(
            what: "a silent level with recipients", old: "    silent: true",
            new: "    silent: true\n    everywhere: [county]", path: "recipients.blue.everywhere",
            words: ["silent", "keep one"]),
        Row(
            what: "a recipient that is no role", old: "operating, county, city]",
            new: "operating, county, town]", path: "recipients.orange.everywhere[5]",
            words: ["no role `town`", "`county`"]),
        Row(
            what: "a recipient named twice", old: "operating, county, city]",
            new: "operating, city, city]", path: "recipients.orange.everywhere[5]",
            words: ["`city` is named twice"]),
        Row(
            what: "a role that nobody can fill", old: "body: [city], ", new: "",
            path: "roles[6]", words: ["who fills the role", "`person:`", "`body:`"]),
        Row(
            what: "a kind of node that does not exist", old: "body: [city]", new: "body: [village]",
            path: "roles[6].body[1]", words: ["`village` is not one of", "`county`"]),
        Row(
            what: "two roles of one id", old: "id: province,", new: "id: city,",
            path: "roles[7].id", words: ["a role `city` already"]),
        Row(
            what: "no length of time", old: "longest: 10 min", new: "longest: 10",
            path: "retry.longest", words: ["`10` is no length of time", "`30 min`"]),
        Row(
            what: "a length of no time", old: "opens: 30 min", new: "opens: 0 min",
            path: "obligations[7].opens", words: ["no time", "`24 h`"]),
        Row(
            what: "an addressee that also gets a copy", old: "to: [principal]",
            new: "to: [enterprise]", path: "obligations[3].copies.to",
            words: ["`enterprise` is the addressee"]),
        Row(
            what: "a level that is not named", old: "{ level: blue,   colour",
            new: "{ level: red, colour",
            path: "levels", words: ["`blue` is named 0 times"]),
        Row(
            what: "a word that is no level", old: "{ level: blue,   colour",
            new: "{ level: purple, colour", path: "levels[4].level",
            words: ["`purple` is not one of", "`orange`"]),
        Row(
            what: "a state without a level", old: "states: [high, low], ",
            new: "states: [high], ", path: "levelModel.rules",
            words: ["an alarm at `low`", "without `lasting`"]),
        Row(
            what: "a level without an alarm", old: "otherwise: { id: no-alarm, level: blue,",
            new: "otherwise: { id: no-alarm, level: yellow,", path: "levelModel.otherwise.level",
            words: ["lowest level", "`blue`"]),
        Row(
            what: "a text that lacks what the law wants said", old: "原因：{cause}。{duty}预警依据",
            new: "{duty}预警依据", path: "templates.warning.text",
            words: ["does not state `{cause}`", "add it"]),
        Row(
            what: "a name that cannot be filled in", old: "【预警解除】{enterprise}",
            new: "【预警解除】{company}", path: "templates.closed.text",
            words: ["`{company}`", "`{enterprise}`"]),
        Row(
            what: "a name that has no value in this text", old: "【预警解除】{enterprise}",
            new: "【预警解除】{enterprise}{number}", path: "templates.closed.text",
            words: ["`{number}` has no value here"]),
        Row(
            what: "an open brace", old: "【预警解除】{enterprise}", new: "【预警解除】{enterprise}{",
            path: "templates.closed.text", words: ["`{", "}`"]),
        Row(
            what: "a key that does not exist", old: "  giveUpAfter: 24 h",
            new: "  giveUpAfter: 24 h\n  patience: 3", path: "retry.patience",
            words: ["no key `patience`", "`attempts`"]),
        Row(
            what: "a key that is missing", old: "  attempts: 150\n", new: "",
            path: "retry.attempts", words: ["`attempts` is missing", "whole number"]),
        Row(
            what: "waits that shrink", old: "longest: 10 min", new: "longest: 1 s",
            path: "retry.longest", words: ["shorter than the first"]),
        Row(
            what: "a desk for a person", old: "person: { by: [sms]", new: "person: { by: [desk]",
            path: "channels.person.by[1]", words: ["no desk", "`sms`"]),
        Row(
            what: "no offset from UTC", old: "offset: \"+08:00\"", new: "offset: Beijing",
            path: "zone.offset", words: ["`Beijing` is no offset", "`+08:00`"]),
        Row(
            what: "a version that is no day", old: "version: \"2021-06-25\"", new: "version: new",
            path: "version", words: ["`new` is no day"]),
        Row(
            what: "a text where keys belong", old: "aftermath:\n  tell: told\n  clause: ours 0013",
            new: "aftermath: told", path: "aftermath",
            words: ["`told`, where a group of keys is needed", "`clause`"]),
    ]

    @Test(arguments: rows)
    func mistakeSaysWhereAndWhatToWrite(row: Row) throws {
        let (text, line) = try Edited.text("mem-2021", [(row.old, row.new)])
        let mistakes = Edited.mistakes(in: text)
        let found = try #require(
            mistakes.first { $0.path == row.path }, "found instead: \(mistakes)")
        for word in row.words {
            #expect(found.text.contains(word), "\(found.text)")
        }
        #expect(abs(found.line - line) <= 12, "line \(found.line), edited near \(line)")
    }

    @Test func allMistakesAreNamedAtOnceInTheOrderOfTheFile() throws {
        let (text, _) = try Edited.text(
            "mem-2021",
            [
                ("opens: 30 min", "opens: soon"), ("  factor: 2\n", ""),
                ("body: [city]", "body: [village]"),
            ])
        let mistakes = Edited.mistakes(in: text)
        #expect(mistakes.map(\.path).contains("obligations[7].opens"))
        #expect(mistakes.map(\.path).contains("retry.factor"))
        #expect(mistakes.map(\.path).contains("roles[6].body[1]"))
        #expect(mistakes.map(\.line) == mistakes.map(\.line).sorted())
    }
}
