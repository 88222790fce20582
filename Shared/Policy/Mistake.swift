/// One thing that is wrong in a profile: where, what, and what to write instead.
package struct Mistake: Equatable, Sendable, CustomStringConvertible {
    /// The line in the file, from 1.
    package var line: Int
    /// The value's place in the file, such as `circulars[2].clause`.
    package var path: String
    /// A sentence.
    package var text: String

    package init(line: Int, path: String, text: String) {
        (self.line, self.path, self.text) = (line, path, text)
    }

    package var description: String {
        path.isEmpty ? "line \(line): \(text)" : "line \(line): \(path): \(text)"
    }
}

/// Why a profile was refused: every mistake in it, in the order of the file.
package struct ProfileMistakes: Error, Equatable, Sendable, CustomStringConvertible {
    package var mistakes: [Mistake]

    package init(_ mistakes: [Mistake]) {
        self.mistakes = mistakes.sorted { ($0.line, $0.path) < ($1.line, $1.path) }
    }

    package var description: String {
        mistakes.map(\.description).joined(separator: "\n")
    }
}
