import Testing

/// The cores decide and do nothing else: no clock, no chance, no waiting, no shared state.
enum Purity {
    static let words: [String: String] = [
        "Date": "take an Instant as an argument", "Clock": "take an Instant as an argument",
        "ContinuousClock": "take an Instant as an argument",
        "UUID": "derive the id from what it names", "random": "take a seed as an argument",
        "SystemRandomNumberGenerator": "take a seed as an argument",
        "shuffled": "take an order as an argument", "hashValue": "compare the values",
        "async": "return an effect", "await": "return an effect", "Task": "return an effect",
        "print": "return an effect", "class": "use a struct", "actor": "use a struct",
        "Mutex": "use a struct; the engine is the only writer",
        "NSLock": "use a struct; the engine is the only writer",
        "Lock": "use a struct; the engine is the only writer",
        "@unchecked": "use values that are Sendable by themselves",
    ]

    static func applies(to path: String) -> Bool {
        ["Shared/Domain/", "Shared/Policy/", "Shared/Kernel/"].contains { path.hasPrefix($0) }
            || path.hasPrefix("Services/") && path.contains("/Core/")
    }

    static func check(_ file: SourceFile) -> [Finding] {
        guard applies(to: file.path) else { return [] }
        let code = file.code
        return code.indices.compactMap { index in
            let token = code[index]
            let before = index > 0 ? code[index - 1].text : ""
            let after = index + 1 < code.count ? code[index + 1].text : ""
            if let instead = words[token.text], before != "." || token.text == "random" {
                return file.finding(token.line, "`\(token.text)` in a pure module", instead)
            }
            if token.text == "now", before == "." {
                return file.finding(
                    token.line, "`.now` in a pure module", "take an Instant as an argument")
            }
            if token.text == "default", after == ":", before != "(" {
                return file.finding(token.line, "`default:` in a switch", "name every case")
            }
            return nil
        } + durations(file, code)
    }

    /// Every number of the law stands in the profile with its clause.
    private static func durations(_ file: SourceFile, _ code: [Token]) -> [Finding] {
        let units: Set = ["seconds", "minutes", "hours", "days", "weeks"]
        // Domain makes the units; Limits holds what is ours, each with its reason, and no law.
        let isExempt = file.path.hasPrefix("Shared/Domain/") || file.path.hasSuffix("Limits.swift")
        guard !isExempt, code.count > 3 else { return [] }
        return (1..<code.count - 2).compactMap { index in
            let isLiteral = code[index + 1].text == "(" && code[index + 2].kind == .number
            let isUnit = units.contains(code[index].text) && code[index - 1].text == "."
            let isBare =
                code[index].text == "milliseconds" && code[index - 1].text == "("
                && code[index + 1].text == ":" && code[index + 2].kind == .number
            guard isUnit && isLiteral || isBare, code[index + 2].text != "0" else { return nil }
            return file.finding(
                code[index].line, "a duration literal in a pure module",
                "take it from the profile, with its clause")
        }
    }
}

/// Order never comes from a hash: what a Set or Dictionary hands out is sorted before it counts.
enum HashOrder {
    static let taking: Set = [
        "keys", "values", "map", "compactMap", "flatMap", "forEach", "first", "reduce", "joined",
        "enumerated", "prefix", "dropFirst", "randomElement", "makeIterator", "lazy",
    ]
    static let settling: Set = [
        "sorted", "min", "max", "contains", "allSatisfy", "isEmpty", "count", "mapValues",
        "removeAll", "subscript",
    ]

    /// The names in `files` that are declared as a Set or a Dictionary and never as anything else.
    static func names(_ files: [SourceFile]) -> Set<String> {
        var hashed: Set<String> = []
        var others: Set<String> = []
        for file in files {
            let code = file.code
            for index in code.indices.dropLast(3) where code[index].kind == .word {
                let next = code[index + 1].text
                guard next == ":" || next == "=", code[index].text != "case" else { continue }
                switch isHashed(code[(index + 2)...]) {
                case true?: hashed.insert(code[index].text)
                case false?: others.insert(code[index].text)
                case nil: break
                }
            }
        }
        return hashed.subtracting(others)
    }

    /// Whether a type or value starts here that has hash order; nil if the text cannot tell.
    private static func isHashed(_ code: ArraySlice<Token>) -> Bool? {
        guard let first = code.first else { return nil }
        if first.text == "Set" || first.text == "Dictionary" { return true }
        guard first.text == "[" else { return first.text == "Array" ? false : nil }
        var depth = 0
        for token in code.prefix(40) {
            if ["[", "(", "{", "<"].contains(token.text) { depth += 1 }
            if ["]", ")", "}", ">"].contains(token.text) { depth -= 1 }
            if token.text == ":", depth == 1 { return true }
            if depth == 0 { return false }
        }
        return nil
    }

    static func check(_ files: [SourceFile]) -> [Finding] {
        let hashed = names(files)
        return files.flatMap { file in
            let code = file.code
            let excused = Set(
                file.tokens.filter { $0.kind == .comment && $0.text.contains("order") }
                    .flatMap { [$0.line, $0.line + 1] })
            return code.indices.compactMap { index -> Finding? in
                guard hashed.contains(code[index].text), !excused.contains(code[index].line) else {
                    return nil
                }
                let start = index > 1 && code[index - 1].text == "." ? index - 2 : index
                let before = start > 0 ? code[start - 1].text : ""
                let chain = chain(code, after: index)
                let isLoop = before == "in" && (chain.isEmpty || !taking.isDisjoint(with: chain))
                let isTaken = chain.contains { taking.contains($0) }
                guard isLoop || isTaken, settling.isDisjoint(with: chain) else { return nil }
                return file.finding(
                    code[index].line, "`\(code[index].text)` is taken in hash order",
                    "sort it first, or keep an array; if order cannot matter, say so in a comment")
            }
        }
    }

    /// The members that are called one after the other on the name at `index`.
    private static func chain(_ code: [Token], after index: Int) -> [String] {
        var members: [String] = []
        var at = index + 1
        // A subscript takes one element, and what follows is the element's own.
        if at < code.count, code[at].text == "[", code[at].isGlued { return ["subscript"] }
        var depth = 0
        while at < code.count {
            let text = code[at].text
            if ["(", "{", "["].contains(text) {
                if depth == 0, text == "{", code[at - 1].text == code[index].text { break }
                depth += 1
            } else if [")", "}", "]"].contains(text) {
                depth -= 1
                if depth < 0 { break }
            } else if depth == 0 {
                guard text == "." || text == "?" || code[at - 1].text == "." else { break }
                if text != ".", text != "?" { members.append(text) }
            }
            at += 1
        }
        return members
    }
}

@Suite struct PurityTests {
    @Test func coresArePure() {
        expectNone(House.swift.flatMap(Purity.check))
    }

    @Test func coresTakeNoOrderFromAHash() {
        let pure = House.swift.filter { Purity.applies(to: $0.path) }
        for (_, files) in Dictionary(grouping: pure, by: \.folder) {
            expectNone(HashOrder.check(files))
        }
    }

    @Test(arguments: [
        "let now = Date()", "let now: Instant = .now", "func wait() async {}", "Task { }",
        "final class Table {}", "switch level { case .red: 1\n default: 2 }", "let id = UUID()",
        "let dice = Int.random(in: 1...6)", "print(level)", "let due = now + .minutes(30)",
        "let grace = Interval(milliseconds: 500)", "struct Box: @unchecked Sendable {}",
        "let lock = Mutex(0)",
    ])
    func impureCodeIsFound(text: String) {
        #expect(Purity.check(SourceFile("Services/Risk/Core/X.swift", text)).count == 1)
        #expect(Purity.check(SourceFile("Services/Risk/Service/X.swift", text)).isEmpty)
    }

    @Test func pureCodePasses() {
        let text = """
            // A Date, a Task and a default: in a comment.
            let text = "Date() \\(level)", span: Interval = .minutes(rule.minutes)
            func date(_ zero: Interval = .seconds(0)) -> Interval { zero }
            """
        #expect(Purity.check(SourceFile("Shared/Kernel/X.swift", text)).isEmpty)
    }

    @Test(arguments: [
        "var open: [CaseID: Case] = [:]\nfor (id, item) in open { }",
        "var open: Set<CaseID> = []\nfor id in self.open where id.isOld { }",
        "var open = Set<CaseID>()\nlet ids = open.map { $0.text }",
        "let open: [CaseID: Case]\nlet first = open.values.first",
        "let open: [CaseID: Case]\nfor id in open.keys { close(id) }",
    ])
    func hashOrderIsFound(text: String) {
        #expect(HashOrder.check([SourceFile("Services/Risk/Core/X.swift", text)]).count == 1)
    }

    @Test(arguments: [
        "var open: [CaseID: Case] = [:]\nfor id in open.keys.sorted() { }",
        "var open: [CaseID: Case] = [:]\nlet due = open.values.map(\\.dueAt).min()",
        "var open: [Case] = []\nfor item in open { }",
        "var open: [CaseID: Case] = [:]\nlet due = open[id].map(\\.dueAt)",
        "var open: Set<CaseID> = []\nif open.contains(id) { open[id] = nil }",
        "var open: Set<CaseID> = []\n// Any order will do.\nfor id in open {}",
    ])
    func settledOrderPasses(text: String) {
        #expect(HashOrder.check([SourceFile("Services/Risk/Core/X.swift", text)]).isEmpty)
    }
}
