import Testing

/// What a test or a document cites must be something that can be cited.
enum References {
    /// Requirement rows: the areas, and how many rows each has.
    static let rows = [
        "ING": 33, "RSK": 24, "NTF": 52, "PAT": 28, "REP": 29, "CON": 54, "EDG": 17,
    ]
    /// Regulations by code, as the profiles cite them.
    static let regulations: Set = [
        "000", "001", "002-J", "002-P", "002-PA", "002-WD", "002-DQ", "002-IN", "002-EN", "003",
        "004",
    ]

    static func check(_ file: SourceFile) -> [Finding] {
        guard !file.isGenerated else { return [] }
        return file.lines.enumerated().flatMap { index, line -> [Finding] in
            guard line.utf8.contains(UInt8(ascii: "-")) || line.contains("§") else { return [] }
            return checkRows(file, index + 1, line) + checkClauses(file, index + 1, line)
        }
    }

    private static func checkRows(
        _ file: SourceFile, _ number: Int, _ line: Substring
    ) -> [Finding] {
        line.split { !($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }.compactMap { word in
            let parts = word.split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 2, let last = rows[String(parts[0])],
                parts[1].allSatisfy(\.isNumber), !parts[1].isEmpty
            else { return nil }
            if parts[1].count == 2, let row = Int(parts[1]), (1...last).contains(row) { return nil }
            return file.finding(
                number, "there is no requirement \(word)", "cite \(parts[0])-01 to -\(last)")
        }
    }

    private static func checkClauses(
        _ file: SourceFile, _ number: Int, _ line: Substring
    ) -> [Finding] {
        // A bare §10 is a column of a table whose head names the regulation.
        let parts = line.split(separator: "§", omittingEmptySubsequences: false)
        return parts.dropLast().compactMap { before in
            guard before.hasSuffix(" ") else { return nil }
            let word = before.dropLast().split { " (`\"：:,;/|".contains($0) }.last ?? ""
            guard word.first?.isNumber == true, word.prefix(3).allSatisfy(\.isNumber),
                word.count >= 3, !regulations.contains(String(word))
            else { return nil }
            return file.finding(
                number, "there is no regulation \(word)",
                "cite one of \(regulations.sorted().joined(separator: ", "))")
        }
    }
}

@Suite struct ReferenceTests {
    @Test func citedRowsAndClausesExist() {
        let kinds = [".swift", ".md", ".yaml", ".proto", ".txt"]
        let files = House.files.filter { file in
            kinds.contains { file.path.hasSuffix($0) } && !wrongOnPurpose.contains(file.path)
        }
        expectNone(files.flatMap(References.check))
    }

    /// A row that is named by no test is covered by none that anybody could find.
    @Test func everyNotificationRowIsNamedByATest() {
        // Ranks and assessment belong to reports.
        let elsewhere = ["NTF-49"]
        let tests = House.files.filter { $0.isTest && !$0.path.hasPrefix("Tests/Tidy/") }
        let unnamed = (1...52).map { "NTF-\($0 < 10 ? "0" : "")\($0)" }.filter { row in
            !tests.contains { $0.text.contains(row) }
        }
        #expect(unnamed == elsewhere)
    }

    private let wrongOnPurpose = [
        "Tests/Tidy/ReferenceTests.swift", "Tests/PolicyTests/BrokenProfileTests.swift",
    ]

    @Test(arguments: ["// NTF-53", "RSK-1 and", "(RSK-00)", "NTF-099", "clause: 002-WX §4"])
    func badReferencesAreFound(text: String) {
        #expect(References.check(SourceFile("Tests/RiskCoreTests/X.swift", text)).count == 1)
    }

    @Test(arguments: ["// NTF-52, ING-01", "002-WD §4 to §7", "UTF-8", "ours: 0009", "§10"])
    func goodReferencesPass(text: String) {
        #expect(References.check(SourceFile("Tests/RiskCoreTests/X.swift", text)).isEmpty)
    }
}
