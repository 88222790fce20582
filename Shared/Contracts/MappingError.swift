/// A value on the wire that has no meaning here; says which, and what to write instead.
package struct MappingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The field, as the proto file names it, such as `placement`.
    package let field: String
    /// What was sent.
    package let value: String
    /// What can be sent.
    package let allowed: [String]

    package init(field: String, value: String, allowed: [String]) {
        self.field = field
        self.value = value
        self.allowed = allowed
    }

    package var description: String {
        let choices = allowed.joined(separator: ", ")
        return value.isEmpty
            ? "\(field) is missing; write one of \(choices)."
            : "\(field) is \"\(value)\"; write one of \(choices)."
    }
}
