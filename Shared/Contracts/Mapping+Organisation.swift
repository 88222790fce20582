package import Domain

/// Words of the domain that travel as text; `text` is what they are called on the wire.
package protocol WireWord: RawRepresentable<String>, CaseIterable {
    /// The field that such a word stands in, for messages.
    static var wireField: String { get }
}

extension WireWord {
    package init(text: String, field: String = Self.wireField) throws(MappingError) {
        guard let word = Self(rawValue: text) else {
            throw MappingError(field: field, value: text, allowed: Self.allCases.map(\.rawValue))
        }
        self = word
    }

    package var text: String { rawValue }
}

extension NodeKind: WireWord {
    package static var wireField: String { "kind" }
}
extension Placement: WireWord {
    package static var wireField: String { "placement" }
}
extension Tier: WireWord {
    package static var wireField: String { "tier" }
}
extension UnitKind: WireWord {
    package static var wireField: String { "unit_kind" }
}
extension Channel: WireWord {
    package static var wireField: String { "channel" }
}

extension Grade {
    package init(number: UInt32, field: String = "grade") throws(MappingError) {
        guard let grade = Grade(rawValue: Int(number)) else {
            throw MappingError(
                field: field, value: String(number),
                allowed: Grade.allCases.map { "\($0.rawValue)" })
        }
        self = grade
    }

    package var number: UInt32 { UInt32(rawValue) }
}

extension IngestV1.Node {
    package init(_ node: OrganisationTree.Node) {
        self.init(
            id: node.id.text, parentID: node.parent?.text ?? "", kind: node.kind.text,
            name: node.name)
    }
}

extension OrganisationTree.Node {
    package init(_ node: IngestV1.Node) throws(MappingError) {
        self.init(
            id: NodeID(node.id), parent: node.parentID.isEmpty ? nil : NodeID(node.parentID),
            kind: try NodeKind(text: node.kind), name: node.name)
    }
}
