import Testing

@Suite struct TokenTests {
    private func code(_ text: String) -> [String] {
        SourceFile("X.swift", text).code.map(\.text)
    }

    @Test func commentsAndStringsAreNotCode() {
        let text = """
            let a = "x // \\(b + "c") y" // d
            /* e /* f */ g */ let h = #"i " \\(j)"#
            """
        #expect(code(text) == ["let", "a", "=", "b", "+", "let", "h", "="])
    }

    @Test func linesAreCountedThroughStringsAndComments() {
        let text = "let a = \"\"\"\n  one\n  \"two\"\n  \"\"\"\n/*\n*/ let b = 1.5...2"
        let tokens = SourceFile("X.swift", text).tokens
        #expect(tokens.first { $0.text == "b" }?.line == 6)
        #expect(tokens.filter { $0.kind == .number }.map(\.text) == ["1.5", "2"])
    }

    @Test func gluedSignsAreToldFromFreeOnes() {
        let tokens = Tokenizer.tokens(of: "a! !b @main #if")
        #expect(tokens.map(\.text) == ["a", "!", "!", "b", "@main", "#if"])
        #expect(tokens.map(\.isGlued) == [false, true, false, true, false, false])
    }
}
