/// One answer of a mail server: a code, and what stands beside it.
package struct SMTPReply: Equatable, Sendable {
    package var code: Int
    package var lines: [String]

    package init(_ code: Int, _ lines: [String]) {
        (self.code, self.lines) = (code, lines)
    }

    /// Such as `SMTP 451 try later`.
    package var text: String {
        let words = lines.joined(separator: " ").split(whereSeparator: \.isWhitespace)
        return "SMTP \(code) "
            + String(words.joined(separator: " ").prefix(ChannelLimits.answerCharactersKept))
    }

    /// 2xx and 3xx: go on.
    package var isPositive: Bool { (200...399).contains(code) }
    /// 4xx: it may work later.
    package var isTemporary: Bool { (400...499).contains(code) }

    package struct Broken: Error, Equatable {}

    /// Puts lines together to replies: `250-…` goes on, `250 …` ends.
    package struct Parser: Sendable {
        private var code: Int?
        private var lines: [String] = []

        package init() {}

        /// The reply that `line` ends; nil if it goes on.
        package mutating func take(_ line: String) throws(Broken) -> SMTPReply? {
            guard line.utf8.count >= 3, let number = Int(line.prefix(3)),
                (200...599).contains(number), code ?? number == number,
                lines.count < ChannelLimits.replyLinesMax
            else { throw Broken() }
            let rest = line.dropFirst(3)
            lines.append(String(rest.dropFirst()))
            switch rest.first {
            case "-":
                code = number
                return nil
            case " ", nil:
                defer { (code, lines) = (nil, []) }
                return SMTPReply(number, lines)
            default: throw Broken()
            }
        }
    }
}
