package import Domain

/// A case or notice as the store holds it: the message that the journal has, serialized.
package struct StoredMessage: Equatable, Sendable {
    /// Its place in the order of writing; where a page ends.
    package var ordinal: Int64
    package var id: String
    /// Where it belongs in the organisation tree.
    package var node: NodeID
    package var body: [UInt8]

    package init(ordinal: Int64, id: String, node: NodeID, body: [UInt8]) {
        (self.ordinal, self.id, self.node, self.body) = (ordinal, id, node, body)
    }
}
