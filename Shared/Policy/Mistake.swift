/// A line of a file; profiles that inherit are read from several files.
package struct SourceLine: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// From 1.
    package var number: Int
    /// The profile that the file states; empty: the file that is read.
    package var file: String

    package init(_ number: Int, of file: String = "") {
        (self.number, self.file) = (number, file)
    }

    package static func < (left: SourceLine, right: SourceLine) -> Bool {
        (left.file, left.number) < (right.file, right.number)
    }

    package var description: String {
        file.isEmpty ? "line \(number)" : "line \(number) of \(file)"
    }
}

/// One thing that is wrong in a profile: where, what, and what to write instead.
package struct Mistake: Equatable, Sendable, CustomStringConvertible {
    package var at: SourceLine
    /// The value's place in the file, such as `obligations[2].clause`.
    package var path: String
    /// A sentence.
    package var text: String

    package init(at line: SourceLine, path: String, text: String) {
        (self.at, self.path, self.text) = (line, path, text)
    }

    /// The line in its file, from 1.
    package var line: Int { at.number }

    package var description: String {
        path.isEmpty ? "\(at): \(text)" : "\(at): \(path): \(text)"
    }
}

/// Why a profile was refused: every mistake in it, in the order of the file.
package struct ProfileMistakes: Error, Equatable, Sendable, CustomStringConvertible {
    package var mistakes: [Mistake]

    package init(_ mistakes: [Mistake]) {
        self.mistakes = mistakes.sorted { ($0.at, $0.path) < ($1.at, $1.path) }
    }

    package var description: String {
        mistakes.map(\.description).joined(separator: "\n")
    }
}
