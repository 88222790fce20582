import Domain
import Policy
import Runtime
import Testing

/// Profiles of the program with edits.
enum Edited {
    /// The text of a profile with each `old` replaced once; the line of the last edit, from 1.
    static func text(
        _ id: String, _ edits: [(old: String, new: String)]
    ) throws -> (text: String, line: Int) {
        let file = try #require(BundledProfiles.file(ProfileID(id)))
        var text = String(decoding: file.content, as: UTF8.self)
        var line = 0
        for edit in edits {
            let place = try #require(text.range(of: edit.old), "\(edit.old) is not in the file")
            let before = text[..<place.lowerBound]
            line = before.split(separator: "\n", omittingEmptySubsequences: false).count
            text.replaceSubrange(place, with: edit.new)
        }
        return (text, line)
    }

    static func profile(_ id: String, _ edits: (old: String, new: String)...) throws
        -> PolicyProfile
    {
        try ProfileSource.read(try text(id, edits).text, place: id)
    }

    /// What is wrong in `text`.
    static func mistakes(in text: String) -> [Mistake] {
        do {
            _ = try ProfileSource.read(text, place: "edited")
            return []
        } catch let failure as ProfileFailure {
            return failure.mistakes.mistakes
        } catch {
            return []
        }
    }
}

extension ObligationRule {
    /// Who owes it, from what, by when, and what is issued to whom.
    var inWords: String {
        var words = owners.isEmpty ? ["system"] : [owners.map(\.text).joined(separator: ", ")]
        words.append("from " + starts.map(\.words).joined(separator: ", "))
        if let opens { words.append("opens \(opens.words)") }
        if let due { words.append("due \(due.words)") }
        if case .document(let document) = form {
            let to = document.to.map(\.text).joined(separator: ", ")
            words.append("\(document.kind.rawValue) to \(to)")
        }
        return words.joined(separator: " ")
    }
}
