/// The organisation tree 组织机构: who stands under whom, from the nation down to enterprises.
package struct OrganisationTree: Equatable, Sendable {
    /// One body, or one enterprise, which is its own node.
    package struct Node: Equatable, Codable, Sendable {
        package var id: NodeID
        /// The node above; nil for the nation.
        package var parent: NodeID?
        package var kind: NodeKind
        package var name: String

        package init(id: NodeID, parent: NodeID?, kind: NodeKind, name: String) {
            (self.id, self.parent, self.kind, self.name) = (id, parent, kind, name)
        }
    }

    /// A walk upwards ends here, so that a circle in what others sent cannot hang a reader.
    private static let depthMax = 8

    private var nodes: [NodeID: Node] = [:]

    package init() {}

    package subscript(id: NodeID) -> Node? { nodes[id] }

    /// All nodes, by id.
    package var all: [Node] { nodes.values.sorted { $0.id < $1.id } }

    /// Puts a node in its place, or changes it.
    package mutating func put(_ node: Node) {
        nodes[node.id] = node
    }

    /// The node and all above it, itself first; empty if it is not known.
    package func path(of id: NodeID) -> [Node] {
        var path: [Node] = []
        var next: NodeID? = id
        while let current = next, path.count < Self.depthMax, let node = nodes[current] {
            path.append(node)
            next = node.parent
        }
        return path
    }

    /// True if `node` is `ancestor` or stands under it.
    package func stands(_ node: NodeID, under ancestor: NodeID) -> Bool {
        node == ancestor || path(of: node).contains { $0.id == ancestor }
    }

    /// The body of the first of `kinds` that `node` stands under; nil if there is none.
    package func body(of node: NodeID, kinds: [NodeKind]) -> Node? {
        let path = path(of: node)
        for kind in kinds {
            if let body = path.first(where: { $0.kind == kind }) { return body }
        }
        return nil
    }
}

extension OrganisationTree {
    /// All nodes of `kinds` under `ancestor`, by id.
    package func nodes(under ancestor: NodeID, kinds: [NodeKind]) -> [Node] {
        all.filter { kinds.contains($0.kind) && stands($0.id, under: ancestor) }
    }
}
