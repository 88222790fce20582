import Testing

/// The contracts: what a stranger reads first, and what can never be taken back.
enum Proto {
    /// Enums whose zero has a meaning, each with the reason.
    static let zeroes = ["Quality": "good is by far the most frequent, and zero needs no bytes"]

    static func check(_ file: SourceFile) -> [Finding] {
        var reader = ProtoReader(file: file)
        reader.read()
        return reader.findings
    }
}

/// Reads a proto file line by line; our files keep one declaration a line.
private struct ProtoReader {
    struct Block {
        var kind: String
        var name: String
        var line: Int
        var numbers: [Int] = []
        var reserved: Set<Int> = []
    }

    let file: SourceFile
    var findings: [Finding] = []
    private var blocks: [Block] = []
    private var isCommented = false
    private var line = 0

    init(file: SourceFile) { self.file = file }

    mutating func read() {
        for (index, raw) in file.lines.enumerated() {
            line = index + 1
            let text = raw.trimming()
            if text.hasPrefix("//") {
                isCommented = true
                continue
            }
            let code = text.before("//").trimming()
            isCommented = isCommented || text.contains("//")
            take(code)
            isCommented = false
        }
    }

    private mutating func take(_ code: String) {
        let words = code.split { " =;(){}<>,".contains($0) }.map(String.init)
        guard let first = words.first else {
            if code.hasPrefix("}") { close() }
            return
        }
        switch first {
        case "package": checkPackage(words)
        case "message", "enum", "service", "oneof": open(first, words)
        case "rpc": checkMethod(words)
        case "reserved": reserve(words.dropFirst())
        case "syntax", "import", "option": break
        default: if !blocks.isEmpty { checkField(code, words) }
        }
        if code.hasSuffix("}"), code.contains("{") == false || blocks.last?.line == line {
            close()
        }
    }

    private mutating func checkPackage(_ words: [String]) {
        let folder = file.folder.split(separator: "/").dropFirst().joined(separator: ".")
        guard words.count > 1, words[1] == folder else {
            return add("the package is not that of the folder", "use `package \(folder);`")
        }
    }

    private mutating func open(_ kind: String, _ words: [String]) {
        let name = words.count > 1 ? words[1] : ""
        if kind != "oneof", !isCommented { add("\(kind) \(name) has no comment", "say what it is") }
        if kind == "service", !name.hasSuffix("Service") {
            add("service \(name)", "end its name in Service")
        }
        blocks.append(Block(kind: kind, name: name, line: line))
    }

    private mutating func checkMethod(_ words: [String]) {
        let name = words.count > 1 ? words[1] : ""
        if !isCommented { add("method \(name) has no comment", "say what it does") }
        if name.first?.isUppercase != true || name.contains("_") {
            add("method \(name)", "name it by a verb in upper camel case")
        }
    }

    private mutating func reserve(_ words: ArraySlice<String>) {
        guard !blocks.isEmpty else { return }
        var numbers: [Int] = []
        for word in words {
            if let number = Int(word) { numbers.append(number) }
        }
        let isRange = words.contains("to") && numbers.count == 2
        blocks[blocks.count - 1].reserved.formUnion(
            isRange ? Array(numbers[0]...max(numbers[0], numbers[1])) : numbers)
    }

    private mutating func checkField(_ code: String, _ words: [String]) {
        guard let owner = blocks.lastIndex(where: { $0.kind != "oneof" }),
            let sign = words.firstIndex(where: { Int($0) != nil }), sign > 0,
            let number = Int(words[sign])
        else { return add("`\(code)` cannot be read", "write one declaration a line") }
        let name = words[sign - 1]
        if !isCommented && !name.hasSuffix("_UNSPECIFIED") {
            add("\(name) has no comment", "say what it means, with its unit")
        }
        if blocks[owner].numbers.contains(number) || blocks[owner].reserved.contains(number) {
            add("number \(number) is used twice in \(blocks[owner].name)", "take a new one")
        }
        blocks[owner].numbers.append(number)
        if blocks[owner].kind == "enum" {
            checkValue(name, number, blocks[owner])
        } else if name.contains("time") || name.hasSuffix("_at") {
            add("\(name) does not say its unit", "end it in _unix_ms")
        }
    }

    private mutating func checkValue(_ name: String, _ number: Int, _ owner: Block) {
        let prefix = owner.name.reduce(into: "") { text, letter in
            if letter.isUppercase, !text.isEmpty { text += "_" }
            text += letter.uppercased()
        }
        if !name.hasPrefix(prefix + "_") { add("\(name)", "start it with \(prefix)_") }
        if number == 0, name != prefix + "_UNSPECIFIED", Proto.zeroes[owner.name] == nil {
            add("the zero of \(owner.name) is \(name)", "use \(prefix)_UNSPECIFIED")
        }
    }

    private mutating func close() {
        guard let block = blocks.popLast() else { return }
        let start = block.kind == "enum" ? 0 : 1
        let used = block.reserved.union(block.numbers)
        guard block.kind == "message" || block.kind == "enum", let last = used.max() else { return }
        for number in start...max(start, last) where !used.contains(number) {
            findings.append(
                file.finding(
                    block.line, "number \(number) of \(block.name) is missing",
                    "write `reserved \(number);`: a number is never used for something else"))
        }
    }

    private mutating func add(_ wrong: String, _ instead: String) {
        findings.append(file.finding(line, wrong, instead))
    }
}

extension StringProtocol {
    fileprivate func trimming() -> String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }

    fileprivate func before(_ mark: String) -> String {
        split(separator: mark, maxSplits: 1, omittingEmptySubsequences: false).first.map {
            String($0)
        } ?? ""
    }
}

@Suite struct ProtoTests {
    @Test func contractsKeepTheirRules() {
        let files = House.files.filter {
            $0.path.hasPrefix("proto/hazwatch/") && $0.path.hasSuffix(".proto")
        }
        #expect(!files.isEmpty)
        expectNone(files.flatMap(Proto.check))
    }

    @Test(arguments: [
        "// A.\nmessage A {\n  string name = 1;\n}",
        "// A.\nmessage A {\n  // B.\n  string b = 1;\n  // C.\n  string c = 1;\n}",
        "// A.\nmessage A {\n  reserved 1;\n  // B.\n  string b = 1;\n}",
        "// A.\nmessage A {\n  // B.\n  string b = 2;\n}",
        "// A.\nmessage A {\n  // B.\n  int64 start_time = 1;\n}",
        "message A {}",
        "// A.\nenum A {\n  A_ONE = 0;  // one\n}",
        "// A.\nenum A {\n  A_UNSPECIFIED = 0;\n  TWO = 1;  // two\n}",
        "// A.\nservice Alarms {\n}",
        "// A.\nservice AlarmService {\n  rpc List(A) returns (B);\n}",
        "// A.\nservice AlarmService {\n  // B.\n  rpc list_all(A) returns (B);\n}",
        "package hazwatch.ingest.v1;",
    ])
    func badContractsAreFound(text: String) {
        #expect(Proto.check(SourceFile("proto/hazwatch/risk/v1/x.proto", text)).count == 1)
    }

    @Test func goodContractsPass() {
        let text = """
            package hazwatch.risk.v1;
            // A.
            message A {
              reserved 2, 4;
              // B.
              string b = 1;
              // Either.
              oneof c {
                string d = 3;  // D.
              }
              // E.
              repeated Other e = 5 [packed = true];
            }
            // Whether.
            enum WarningState {
              WARNING_STATE_UNSPECIFIED = 0;
              WARNING_STATE_OPEN = 1;  // open
            }
            // F.
            message F {}
            """
        #expect(Proto.check(SourceFile("proto/hazwatch/risk/v1/x.proto", text)).isEmpty)
    }
}
