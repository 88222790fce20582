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
        /// The line of the key, from 1.
        package var line: Int
        package var value: ProfileNode

        package init(key: String, line: Int, value: ProfileNode) {
            (self.key, self.line, self.value) = (key, line, value)
        }
    }

    package var content: Content
    /// The line on which the value starts, from 1.
    package var line: Int

    package init(_ content: Content, line: Int) {
        (self.content, self.line) = (content, line)
    }

    /// What the value is, in words for messages.
    var kind: String {
        switch content {
        case .scalar(let text): text.isEmpty ? "nothing" : "`\(text)`"
        case .list: "a list"
        case .map: "a group of keys"
        }
    }
}
