/// Something that must never be has been.
package struct Violation: Error, CustomStringConvertible {
    package var description: String

    init(_ description: String) { self.description = description }
}

/// Throws unless it holds.
func require(_ holds: Bool, _ text: @autoclosure () -> String) throws(Violation) {
    if !holds { throw Violation(text()) }
}
