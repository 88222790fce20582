/// Why bytes are not the message that they should be.
package struct MessageDecodingError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Reason: Sendable, Hashable, CaseIterable {
        /// Cut off, a number without end, or field number 0.
        case malformed
        /// A field in another wire type than its own, or a group.
        case wireType
        /// A string that is not UTF-8.
        case notUTF8
        /// A string with an embedded NUL.
        case embeddedNUL
        /// More messages inside each other than the limit.
        case tooDeep
        /// More memory than the limit, as in a message of empty submessages.
        case tooMuchMemory
        /// A submessage twice where only one can be.
        case submessageRepeated
    }

    package let reason: Reason
    /// The message that the mistake is in, by its full protobuf name.
    package let message: String
    /// The number of the field that is wrong; nil if it is not known.
    package let field: Int?

    package init(reason: Reason, message: String, field: Int?) {
        self.reason = reason
        self.message = message
        self.field = field
    }

    /// For the sender: where the mistake is and what it is.
    package var description: String {
        let place = field.map { "field \($0) of \(message)" } ?? message
        return "\(place): \(words)"
    }

    private var words: String {
        switch reason {
        case .malformed: "the bytes are not protobuf, or are cut off"
        case .wireType: "the wire type is not that of the field; use the same proto"
        case .notUTF8: "the string is not UTF-8; encode it as UTF-8 or send bytes"
        case .embeddedNUL: "the string holds a NUL character; remove it"
        case .tooDeep: "messages are nested too deep"
        case .tooMuchMemory: "the message would need too much memory; split it"
        case .submessageRepeated: "the submessage is sent twice; send it once"
        }
    }
}
