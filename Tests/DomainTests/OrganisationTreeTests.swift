import Domain
import Testing

@Suite struct OrganisationTreeTests {
    static func tree() -> OrganisationTree {
        var tree = OrganisationTree()
        let nodes: [(id: String, parent: String?, kind: NodeKind)] = [
            ("nation", nil, .nation), ("province", "nation", .province),
            ("city", "province", .city), ("county", "city", .county), ("park", "county", .park),
            ("works", "park", .enterprise), ("mill", "county", .enterprise),
        ]
        for node in nodes {
            tree.put(
                .init(
                    id: NodeID(node.id), parent: node.parent.map { NodeID($0) }, kind: node.kind,
                    name: node.id))
        }
        return tree
    }

    @Test func aNodeStandsUnderItselfAndAllAboveIt() {
        let tree = Self.tree()
        for above in ["works", "park", "county", "city", "province", "nation"] {
            #expect(tree.stands(NodeID("works"), under: NodeID(above)))
        }
        #expect(!tree.stands(NodeID("works"), under: NodeID("mill")))
        #expect(!tree.stands(NodeID("county"), under: NodeID("works")))
        #expect(!tree.stands(NodeID("mill"), under: NodeID("park")))
    }

    @Test func anUnknownNodeStandsUnderItselfAlone() {
        let tree = Self.tree()
        #expect(tree.stands(NodeID("nowhere"), under: NodeID("nowhere")))
        #expect(!tree.stands(NodeID("nowhere"), under: NodeID("nation")))
        #expect(!tree.stands(NodeID("nowhere"), under: NodeID("")))
    }

    @Test func theBodyIsTheNearestOfTheFirstKindThatIsThere() {
        let tree = Self.tree()
        #expect(tree.body(of: NodeID("works"), kinds: [.park])?.id == NodeID("park"))
        #expect(tree.body(of: NodeID("mill"), kinds: [.park, .county])?.id == NodeID("county"))
        #expect(tree.body(of: NodeID("mill"), kinds: [.town]) == nil)
    }

    @Test func aCircleEndsTheWalk() {
        var tree = OrganisationTree()
        tree.put(.init(id: NodeID("a"), parent: NodeID("b"), kind: .county, name: "a"))
        tree.put(.init(id: NodeID("b"), parent: NodeID("a"), kind: .county, name: "b"))
        #expect(!tree.stands(NodeID("a"), under: NodeID("c")))
    }
}
