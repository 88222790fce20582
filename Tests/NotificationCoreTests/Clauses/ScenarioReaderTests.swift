import Testing

/// A mistake in a scenario is found, and said with file and line.
@Suite struct ScenarioReaderTests {
    private static let head = "# 002-WD §10  A circular\nprofile mem-2021\nrows NTF-12\n"
    static let begin = "at 2026-03-02 10:00  a hazard source inPark becomes yellow\n"

    static let told = "then principal, technical, operating, county are told"

    private static func play(_ lines: String) throws {
        let text = head + begin + "then the case is open\n" + lines
        for scenario in try ScenarioReader.read(text, file: "x.txt") {
            _ = try ScenarioRun.play(scenario)
        }
    }

    @Test func whatHoldsPasses() throws {
        try Self.play(
            "at 11:00  then circular yellow-circular number 1 is issued by system to enterprise, "
                + "copied to principal")
    }

    static let wrong: [(lines: String, line: Int, text: String)] = [
        ("at 09:00  then nobody is told", 6, "time goes backwards"),
        ("at 11:00 then nobody is told", 6, "two blanks"),
        ("at 25:00  then nobody is told", 6, "there is no time"),
        ("at noon  then nobody is told", 6, "is no time such as"),
        ("then yellow-circular is fine", 6, "is no claim"),
        ("county sleeps", 6, "is nothing that can happen"),
        ("it becomes purple", 6, "is no level"),
        ("county does yellow-site and is refused: why not", 6, "is no reason"),
        ("then yellow-circle is open", 6, "knows no obligation yellow-circle"),
        ("then yellow-site of city is open", 6, "is owed by county, and not by city"),
        ("then principal, technical are told", 6, "are told, and not"),
        ("then nobody is told", 6, "are told, and not nobody"),
        ("then the case is orange", 6, "the case is open at yellow"),
        ("then the case is pursued by city", 6, "it is pursued by county"),
        ("at 10:59  then yellow-circular is met", 6, "was never owed"),
        ("at 11:00  then yellow-circular was never owed", 6, "yellow-circular is met"),
        ("then nothing happens until 12:00", 6, "something happens: yellow-circular is met"),
        (
            "at 11:00  then circular yellow-circular number 2 is issued by system to enterprise, "
                + "copied to principal", 6, "it is number 1"
        ),
        (
            "at 11:00  then circular yellow-circular is issued by county to enterprise", 6,
            "it is issued by nobody"
        ),
        (
            "at 11:00  then circular yellow-circular is issued by system to enterprise", 6,
            "enterprise, principal get it, and not enterprise"
        ),
        (
            "at 11:00  then summons yellow-circular is drafted for enterprise", 6, "is no summons"
        ),
        ("at 10:20  it becomes blue\nthen feedback is due at 11:19", 7, "due at 2026-03-02 11:20"),
        (
            "at 10:20  it becomes blue\nat 11:20  then feedback is open", 7,
            "feedback of enterprise is missed"
        ),
        (
            "at 10:20  it becomes blue\nenterprise does feedback with result, cause", 7,
            "it is refused"
        ),
        (
            "at 10:20  it becomes blue\nenterprise does feedback with result, cause, weather", 7,
            "nobody asks for `weather`"
        ),
        (
            "at 10:20  it becomes blue\n"
                + "enterprise does feedback with result, cause, measures and is refused: not owed",
            7, "it is not refused"
        ),
        (
            "at 10:20  it becomes blue\ncounty closes the case and is refused: still owed feedback",
            7, "for another reason"
        ),
        ("mayor confirms", 6, "was told nothing"),
    ]

    @Test(arguments: wrong)
    func everyMistakeSaysItsLine(row: (lines: String, line: Int, text: String)) throws {
        let mistake = #expect(throws: ScenarioMistake.self) { try Self.play(row.lines) }
        #expect(mistake?.file == "x.txt" && mistake?.line == row.line, "\(row)")
        #expect(mistake?.text.contains(row.text) == true, "\(mistake?.text ?? "")")
    }

    @Test(arguments: [
        ("profile mem-2021", 1), ("# 002-WD §10 A title", 1),
        ("# 002-WD §99  No such article\nprofile mem-2021\nrows NTF-12\n" + begin + told, 1),
        ("# 002-WD §10  Nothing is claimed\nprofile mem-2021\nrows NTF-12\n" + begin, 1),
        ("# 002-WD §10  No profile\nrows NTF-12\n" + begin + told, 1),
    ])
    func headsAreCheckedToo(text: String, line: Int) throws {
        let mistake = #expect(throws: ScenarioMistake.self) {
            for one in try ScenarioReader.read(text, file: "x.txt") {
                _ = try ScenarioRun.play(one)
            }
        }
        #expect(mistake?.line == line)
    }
}
