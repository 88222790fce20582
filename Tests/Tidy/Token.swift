/// One word, number, string, comment or sign of a Swift file, and the line it stands on.
struct Token: Equatable {
    enum Kind { case word, number, string, comment, mark }

    var kind: Kind
    var text: String
    var line: Int
    /// True: nothing stands between this and what is before it, not even a space.
    var isGlued: Bool
}

/// Splits Swift text, well enough to tell code from comments and strings.
struct Tokenizer {
    private let bytes: [UInt8]
    private var at = 0
    private var line = 1
    private var isGlued = false
    private(set) var tokens: [Token] = []

    static func tokens(of text: String) -> [Token] {
        var tokenizer = Tokenizer(bytes: Array(text.utf8))
        tokenizer.run(untilClosingParenthesis: false)
        return tokenizer.tokens
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func byte(_ offset: Int = 0) -> UInt8 {
        at + offset < bytes.count ? bytes[at + offset] : 0
    }

    private func starts(with text: StaticString) -> Bool {
        text.withUTF8Buffer { wanted in
            at + wanted.count <= bytes.count && bytes[at..<at + wanted.count].elementsEqual(wanted)
        }
    }

    /// Reads to the end, or to the parenthesis that ends an interpolation.
    private mutating func run(untilClosingParenthesis isInterpolation: Bool) {
        var depth = 0
        while at < bytes.count {
            switch byte() {
            case UInt8(ascii: "\n"):
                line += 1
                skip()
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
                skip()
            case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "/"):
                take(.comment, while: { $0 != UInt8(ascii: "\n") })
            case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "*"):
                takeBlockComment()
            case UInt8(ascii: "\""):
                takeString(hashes: 0)
            case UInt8(ascii: "#") where hashesBeforeQuote > 0:
                takeString(hashes: hashesBeforeQuote)
            case UInt8(ascii: "@"), UInt8(ascii: "#"), UInt8(ascii: "`"):
                take(.word, from: 1, while: Self.isWord)
            case let first where Self.isDigit(first):
                takeNumber()
            case let first where Self.isWord(first):
                take(.word, while: Self.isWord)
            case let first:
                if first == UInt8(ascii: "(") { depth += 1 }
                if first == UInt8(ascii: ")") {
                    if isInterpolation, depth == 0 {
                        at += 1
                        return
                    }
                    depth -= 1
                }
                append(.mark, to: at + 1)
            }
        }
    }

    private mutating func skip() {
        at += 1
        isGlued = false
    }

    private mutating func append(_ kind: Token.Kind, to end: Int) {
        let text = String(decoding: bytes[at..<end], as: UTF8.self)
        tokens.append(Token(kind: kind, text: text, line: line, isGlued: isGlued))
        at = end
        isGlued = true
    }

    private mutating func take(
        _ kind: Token.Kind, from offset: Int = 0, while belongs: (UInt8) -> Bool
    ) {
        var end = at + offset
        while end < bytes.count, belongs(bytes[end]) { end += 1 }
        append(kind, to: max(end, at + 1))
    }

    private mutating func takeNumber() {
        var end = at
        while end < bytes.count {
            let isFraction =
                bytes[end] == UInt8(ascii: ".") && end + 1 < bytes.count
                && Self.isDigit(bytes[end + 1])
            guard Self.isWord(bytes[end]) || isFraction else { break }
            end += 1
        }
        append(.number, to: end)
    }

    private mutating func takeBlockComment() {
        let start = line
        var end = at + 2
        var depth = 1
        while end < bytes.count, depth > 0 {
            if bytes[end] == UInt8(ascii: "\n") { line += 1 }
            let pair = bytes[end..<min(end + 2, bytes.count)]
            if pair.elementsEqual("*/".utf8) { depth -= 1 }
            if pair.elementsEqual("/*".utf8) { depth += 1 }
            end += pair.elementsEqual("*/".utf8) || pair.elementsEqual("/*".utf8) ? 2 : 1
        }
        append(.comment, to: end)
        tokens[tokens.count - 1].line = start
    }

    /// How many `#` stand before a quote here; 0 if it is not the start of a raw string.
    private var hashesBeforeQuote: Int {
        var count = 0
        while byte(count) == UInt8(ascii: "#") { count += 1 }
        return byte(count) == UInt8(ascii: "\"") ? count : 0
    }

    /// One token for the string's text, followed by the tokens of its interpolations.
    private mutating func takeString(hashes: Int) {
        let index = tokens.count
        tokens.append(Token(kind: .string, text: "", line: line, isGlued: isGlued))
        at += hashes
        let isMultiline = starts(with: "\"\"\"")
        at += isMultiline ? 3 : 1
        let rest = Array(repeating: UInt8(ascii: "#"), count: hashes)
        let close = (isMultiline ? Array("\"\"\"".utf8) : Array("\"".utf8)) + rest
        let escape = [UInt8(ascii: "\\")] + rest
        var content: [UInt8] = []
        while at < bytes.count, !bytes[at...].starts(with: close) {
            if bytes[at...].starts(with: escape) {
                at += escape.count
                if byte() == UInt8(ascii: "(") {
                    at += 1
                    run(untilClosingParenthesis: true)
                } else {
                    at += 1
                }
                continue
            }
            if byte() == UInt8(ascii: "\n") { line += 1 }
            content.append(byte())
            at += 1
        }
        at = min(at + close.count, bytes.count)
        tokens[index].text = String(decoding: content, as: UTF8.self)
        isGlued = true
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        isDigit(byte) || byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z")
            || byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
            || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "`")
            || byte == UInt8(ascii: "$") || byte >= 0x80
    }
}
