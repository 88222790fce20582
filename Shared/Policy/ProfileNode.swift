/// One value of a profile file with the line that it stands on, whatever format the file has.
///
/// The shell turns YAML into this tree; from here on no rule depends on a format.
package struct ProfileNode: Equatable, Sendable {
    package enum Content: Equatable, Sendable {
        case scalar(String)
        case list([ProfileNode])
        case map([Entry])
    }

    /// A key with its value.
    package struct Entry: Equatable, Sendable {
        package var key: String
        /// The line of the key.
        package var line: SourceLine
        package var value: ProfileNode

        package init(key: String, line: Int, value: ProfileNode) {
            (self.key, self.line, self.value) = (key, SourceLine(line), value)
        }
    }

    package var content: Content
    /// The line on which the value starts.
    package var line: SourceLine

    package init(_ content: Content, line: Int) {
        (self.content, self.line) = (content, SourceLine(line))
    }

    /// What the value is, in words for messages.
    var kind: String {
        switch content {
        case .scalar(let text): text.isEmpty ? "nothing" : "`\(text)`"
        case .list: "a list"
        case .map: "a group of keys"
        }
    }

    /// The value under `key`, if this is a group of keys that has it.
    package func value(_ key: String) -> ProfileNode? {
        guard case .map(let entries) = content else { return nil }
        return entries.first { $0.key == key }?.value
    }

    /// The text, if it is one.
    package var text: String? {
        guard case .scalar(let text) = content else { return nil }
        return trimmed(text)
    }

    /// The same value, named as a part of the file of `profile`.
    package func standing(in profile: String) -> ProfileNode {
        var node = self
        node.line.file = profile
        switch content {
        case .scalar: break
        case .list(let rows): node.content = .list(rows.map { $0.standing(in: profile) })
        case .map(let entries):
            node.content = .map(
                entries.map { entry in
                    var entry = entry
                    entry.line.file = profile
                    entry.value = entry.value.standing(in: profile)
                    return entry
                })
        }
        return node
    }

    /// True if both say the same, wherever they stand.
    func says(theSameAs other: ProfileNode) -> Bool {
        switch (content, other.content) {
        case (.scalar(let left), .scalar(let right)): trimmed(left) == trimmed(right)
        case (.list(let left), .list(let right)):
            left.count == right.count
                && zip(left, right).allSatisfy { $0.says(theSameAs: $1) }
        case (.map(let left), .map(let right)):
            left.count == right.count
                && zip(left, right).allSatisfy {
                    $0.key == $1.key && $0.value.says(theSameAs: $1.value)
                }
        case (.scalar, _), (.list, _), (.map, _): false
        }
    }
}
