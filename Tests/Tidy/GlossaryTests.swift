import Testing

/// One language: each domain type has its row, each row its type, and both their Chinese word.
enum Glossary {
    struct Row: Equatable {
        var line: Int
        var code: [String]
        /// True: the row explains a word that is not a type.
        var isWord: Bool
        var chinese: String
    }

    /// Rows look like ``| `Alarm` | 报警 | … |`` or ``| `clear` (word) | 消警 | … |``.
    static func rows(_ file: SourceFile) -> [Row] {
        file.lines.enumerated().compactMap { index, line in
            let cells = line.split(separator: "|", omittingEmptySubsequences: false)
            guard line.hasPrefix("| `"), cells.count > 3 else { return nil }
            let quoted = cells[1].split(separator: "`", omittingEmptySubsequences: false)
            let code = quoted.indices.filter { $0 % 2 == 1 }.map { String(quoted[$0]) }
            return Row(
                line: index + 1, code: code, isWord: cells[1].contains("(word)"),
                chinese: String(cells[2]))
        }
    }

    /// Types at the top of a file, each with its doc comment.
    static func types(_ file: SourceFile) -> [(name: String, line: Int, comment: String)] {
        let kinds: Set = ["struct", "enum", "protocol", "class", "actor", "typealias"]
        var depth = 0
        var comment = ""
        var found: [(name: String, line: Int, comment: String)] = []
        for index in file.tokens.indices {
            let token = file.tokens[index]
            switch token.text {
            case _ where token.kind == .comment: comment += token.text
            case "{": depth += 1
            case "}":
                depth -= 1
                comment = ""
            case let text where kinds.contains(text) && depth == 0:
                let next = file.tokens.index(after: index)
                guard next < file.tokens.count, file.tokens[next].kind == .word else { continue }
                found.append((file.tokens[next].text, token.line, comment))
                comment = ""
            default: continue
            }
        }
        return found
    }

    static func check(domain: [SourceFile], glossary: SourceFile, names: Set<String>) -> [Finding] {
        let rows = rows(glossary)
        let known = Set(rows.flatMap(\.code))
        var findings: [Finding] = []
        for file in domain {
            for type in types(file) {
                if !known.contains(type.name) {
                    findings.append(
                        file.finding(
                            type.line, "`\(type.name)` has no row in docs/GLOSSARY.md", "add one"))
                }
                if !hasChinese(type.comment) {
                    findings.append(
                        file.finding(
                            type.line, "the doc comment of `\(type.name)` has no Chinese word",
                            "name it in Chinese once, at the definition"))
                }
            }
        }
        for row in rows {
            for code in row.code where !row.isWord && !names.contains(code) {
                findings.append(
                    glossary.finding(
                        row.line, "`\(code)` names no type",
                        "remove the row, or mark it (word) while it is only a word"))
            }
            if !hasChinese(row.chinese) {
                findings.append(
                    glossary.finding(row.line, "the row has no Chinese", "add the term in use"))
            }
        }
        return findings
    }

    static func hasChinese(_ text: String) -> Bool {
        text.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) }
    }
}

@Suite struct GlossaryTests {
    @Test func typesAndRowsAgree() {
        let sources = House.swift.filter { !$0.isTest && !$0.isGenerated }
        let names = Set(sources.flatMap { Glossary.types($0).map(\.name) })
        let glossary = House.file("docs/GLOSSARY.md")
        #expect(Glossary.rows(glossary).count > 40)
        expectNone(
            Glossary.check(
                domain: sources.filter { $0.path.hasPrefix("Shared/Domain/") }, glossary: glossary,
                names: names))
    }

    @Test func missingRowsAndWordsAreFound() {
        let domain = SourceFile(
            "Shared/Domain/X.swift",
            """
            /// An alarm 报警.
            package struct Alarm { enum Inner {} }
            /// A lost word.
            package enum Lost {}
            """)
        let glossary = SourceFile(
            "docs/GLOSSARY.md", "| `Alarm` | 报警 | |\n| `Gone` | 无 | |\n| `clear` (word) | | |")
        let found = Glossary.check(domain: [domain], glossary: glossary, names: ["Alarm", "Lost"])
        #expect(
            found.map { "\($0.path):\($0.line)" } == [
                "Shared/Domain/X.swift:4", "Shared/Domain/X.swift:4", "docs/GLOSSARY.md:2",
                "docs/GLOSSARY.md:3",
            ])
    }
}
