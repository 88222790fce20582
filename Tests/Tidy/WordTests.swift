import Foundation
import Testing

/// Words that hide what is meant, and signs that hide what can go wrong.
enum Words {
    static let vagueNames = ["Manager", "Helper", "Util"]
    static let declaring: Set = [
        "class", "struct", "enum", "actor", "protocol", "typealias", "func", "let", "var", "case",
    ]

    static func check(_ file: SourceFile) -> [Finding] {
        guard !file.isGenerated, !file.path.hasPrefix("Tests/Benchmarks/Peers/") else { return [] }
        let code = file.code
        return code.indices.flatMap { index -> [Finding] in
            let token = code[index]
            let before = index > 0 ? code[index - 1] : nil
            let after = index + 1 < code.count ? code[index + 1] : nil
            var findings: [Finding] = []
            if let before, declaring.contains(before.text),
                let vague = vagueNames.first(where: { token.text.contains($0) })
            {
                findings.append(
                    file.finding(token.line, "`\(token.text)`", "say what it does: no \(vague)"))
            }
            if token.text == "public" || token.text == "open" && after?.text == "class" {
                findings.append(
                    file.finding(token.line, "`\(token.text)`", "use package: nobody is outside"))
            }
            if token.text == "waitForAll", !file.isTest {
                findings.append(
                    file.finding(
                        token.line, "`waitForAll` keeps an error until the last child has ended",
                        "use `waitForAllOrFailure` of Runtime"))
            }
            if let before, isForced(token, before: before, after: after) {
                findings.append(
                    file.finding(
                        token.line, "`!` after `\(before.text)`",
                        "use guard let, try with a typed error, or a precondition with a sentence"))
            }
            return findings
        } + unproven(file) + promises(file)
    }

    private static func isForced(_ sign: Token, before: Token, after: Token?) -> Bool {
        let isComparison = after?.text == "=" && after?.isGlued == true
        return sign.text == "!" && sign.isGlued && !isComparison
            && (before.kind == .word || [")", "]"].contains(before.text))
    }

    /// What the compiler cannot prove, a comment beside it must.
    private static func unproven(_ file: SourceFile) -> [Finding] {
        let code = file.code
        let commented = Set(
            file.tokens.filter { $0.kind == .comment }.flatMap { [$0.line, $0.line + 1] })
        return code.indices.compactMap { index in
            let isUnsafe =
                code[index].text == "nonisolated" && index + 2 < code.count
                && code[index + 2].text == "unsafe"
            guard code[index].text == "@unchecked" || isUnsafe,
                !commented.contains(code[index].line)
            else { return nil }
            return file.finding(
                code[index].line, "`\(code[index].text)` without a reason",
                "prove it in a comment on the line before, or use a Mutex")
        }
    }

    /// Work that is left to do stands in an issue, not in a comment.
    private static func promises(_ file: SourceFile) -> [Finding] {
        file.tokens.filter { $0.kind == .comment }.compactMap { comment in
            let words = comment.text.split { !$0.isLetter }
            guard let word = words.first(where: { ["TODO", "FIXME", "XXX"].contains($0) }) else {
                return nil
            }
            return file.finding(comment.line, "`\(word)`", "do it, or open an issue")
        }
    }

    /// 通报 alone can mean three things that the law keeps apart.
    static func checkCirculars(_ file: SourceFile) -> [Finding] {
        guard !file.isTest else { return [] }
        let texts: [(String, Int)] =
            file.path.hasSuffix(".swift")
            ? file.tokens.filter { $0.kind == .string }.map { ($0.text, $0.line) }
            : file.lines.enumerated().map { (String($1), $0 + 1) }
        return texts.compactMap { text, line in
            var plain = text
            for known in ["警示通报", "通报批评", "信息通报"] {
                plain = plain.replacingOccurrences(of: known, with: "")
            }
            guard plain.contains("通报") else { return nil }
            return file.finding(line, "通报 alone", "say 警示通报, 通报批评 or 信息通报")
        }
    }

    /// `level` is the level of a warning; what stands in a tank is `liquidLevel`.
    static func checkLevels(_ file: SourceFile) -> [Finding] {
        file.code.filter { ["tankLevel", "levelSensor", "fluidLevel"].contains($0.text) }.map {
            file.finding($0.line, "`\($0.text)`", "use `liquidLevel` for 液位")
        }
    }
}

@Suite struct WordTests {
    @Test func namesAreClearAndNothingIsForced() {
        expectNone(House.swift.flatMap { Words.check($0) + Words.checkLevels($0) })
    }

    @Test func circularsAreNamedInFull() {
        let shown = House.files.filter { file in
            file.path.hasPrefix("Services/") && file.path.hasSuffix(".swift")
                || file.path.hasPrefix("Shared/Policy/Profiles/")
        }
        expectNone(shown.flatMap(Words.checkCirculars))
    }

    @Test(arguments: [
        "struct CaseManager {}", "enum TimeUtils {}", "public struct Case {}",
        "let first = cases.first!", "let row = try! read()", "let row = rows[0]!",
        "let id = value as! String", "var later: Case!", "let a = find(b)!.c",
        "struct Box: @unchecked Sendable {}", "nonisolated(unsafe) var shared = 0",
        "// TODO: write it", "/* FIXME */", "let tankLevel = 1",
        "try await group.waitForAll()",
    ])
    func badWordsAreFound(text: String) {
        let file = SourceFile("Shared/RPC/X.swift", text)
        #expect((Words.check(file) + Words.checkLevels(file)).count == 1)
    }

    @Test(arguments: [
        "if !isOpen, a != b, a! = b { }".replacingOccurrences(of: "a! = b", with: "a !== b"),
        "let files = FileManager.default", "let text = \"public! TODO\"",
        "// Proof: written before it is shared.\nstruct Box: @unchecked Sendable {}",
        "return !isOpen", "if a!=b {}",
    ])
    func goodWordsPass(text: String) {
        #expect(Words.check(SourceFile("Shared/RPC/X.swift", text)).isEmpty)
    }

    @Test func circularsNamedInPartAreFound() {
        let text = "let a = \"向县发出警示通报\", b = \"第 2 次通报\" // 通报"
        let found = Words.checkCirculars(SourceFile("Services/CLI/X.swift", text))
        #expect(found.count == 1)
    }
}
