import Testing

@testable import CLI

@Suite struct CommandLineTests {
    static let lines: [(arguments: [String], code: Int32)] = [
        (["--help"], 0),
        (["audit", "verify", "--help"], 0),
        (["audit", "verify", "/nowhere/store.sqlite"], 1),
        (["audit", "verify", "--data", "/nowhere"], 1),
        (["audit", "verify", "--output", "xml"], 2),
        (["audit", "verify", "--zone", "Beijing"], 2),
        (["audit", "verify", "--head", "12"], 2),
        (["audit", "very"], 2),
        (["reading", "verify", "--help"], 0),
        (["reading", "verify", "/nowhere/readings"], 1),
        (["reading", "range", "t1", "--every", "5x"], 2),
        (["reading", "range", "t1", "--every", "0m"], 2),
        (["gateway", "check", "--help"], 0),
        (["gateway", "check"], 2),
        (["gateway", "check", "--to", "/nowhere/check", "--every", "5x"], 2),
        (["gateway", "check", "--to", "/nowhere/check", "--listen", "somewhere"], 2),
        (["gateway", "check", "--to", "/proc/nowhere"], 1),
        (["gateway", "check", "--to", "/nowhere/check", "--points", "/nowhere/points"], 1),
        (["tank", "list"], 2),
    ]

    @Test(arguments: lines)
    func theExitCodeSaysWhoMustAct(row: (arguments: [String], code: Int32)) async {
        let screen = Screen()
        let code = await Terminal.$screen.withValue(screen) { await Launch.run(row.arguments) }
        #expect(code == row.code)
        // Answers go to standard output, complaints to standard error.
        #expect(screen.out.isEmpty == (code != 0))
        #expect(screen.error.isEmpty == (code == 0))
    }
}
