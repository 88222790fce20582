/// Makes a text fit its channel: what is long in the middle of it gives way, and never its ends.
///
/// A notice says what and where first, and by which clause last; between them stand sentences of
/// their own, of which what people wrote is the long one. So the longest sentence is cut first, in
/// its middle, down to a length that still says something; then the next longest. Only if all that
/// is not enough, the middle of the whole text goes.
package enum ShortenedText {
    /// A sentence that is cut keeps so many characters.
    static let sentenceCharactersMin = 40

    /// `text` if it fits, else the longest of its short forms that does.
    package static func fitting(_ text: String, _ fits: (String) -> Bool) -> String {
        if fits(text) { return text }
        var sentences = self.sentences(of: text)
        // What stands behind the last stop, such as a link to confirm by, is never cut.
        var rest = Array(sentences.indices.dropLast())
        while let longest = rest.max(by: { sentences[$0].count < sentences[$1].count }) {
            rest.removeAll { $0 == longest }
            let whole = sentences[longest]
            guard whole.count > sentenceCharactersMin else { break }
            let kept = most(of: sentenceCharactersMin...whole.count - 1) { count in
                sentences[longest] = shortened(whole, to: count, headOf: 3, head: 2)
                return fits(String(sentences.joined()))
            }
            sentences[longest] = shortened(
                whole, to: kept ?? sentenceCharactersMin, headOf: 3, head: 2)
            if kept != nil { return String(sentences.joined()) }
        }
        let all = Array(text)
        let kept = most(of: 0...all.count) { count in
            fits(String(shortened(all, to: count, headOf: 5, head: 2)))
        }
        return String(shortened(all, to: kept ?? 0, headOf: 5, head: 2))
    }

    /// The largest of `counts` that will do, if larger ones do no better than smaller ones.
    private static func most(
        of counts: ClosedRange<Int>, _ willDo: (Int) -> Bool
    ) -> Int? {
        var (low, high) = (counts.lowerBound, counts.upperBound)
        guard low <= high, willDo(low) else { return nil }
        while low < high {
            let middle = low + (high - low + 1) / 2
            if willDo(middle) { low = middle } else { high = middle - 1 }
        }
        return low
    }

    /// Each with the stop behind it; the last one has none, and may be empty.
    private static func sentences(of text: String) -> [[Character]] {
        var (all, one): ([[Character]], [Character]) = ([], [])
        for character in text {
            one.append(character)
            if character == "。" || character.isNewline {
                all.append(one)
                one = []
            }
        }
        return all + [one]
    }

    /// The beginning and the end of it, `count` characters together, with a mark in between.
    private static func shortened(
        _ text: [Character], to count: Int, headOf parts: Int, head: Int
    ) -> [Character] {
        if count >= text.count { return text }
        let front = count - count * (parts - head) / parts
        return text.prefix(front) + ["…"] + text.suffix(count - front)
    }
}
