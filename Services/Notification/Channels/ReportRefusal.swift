/// Why a report changes nothing.
package enum ReportRefusal: Error, Equatable, Sendable {
    /// No message has that name; sending it again cannot help.
    case unknownMessage
    /// No message has that name yet, and some wait for theirs: it may come again.
    case tooEarly
}
