import Domain
import IngestCore
import Testing

/// Who is in scope: bodies of all levels, enterprises and service bodies in one tree (ING-31).
@Suite struct OrganisationTests {
    /// ING-31: each of the eight kinds stands in the tree, from the nation down.
    @Test func everyKindStandsInTheTree() throws {
        var machine = RegistryMachine()
        let more = [
            "node id=w1 kind=town parent=d1 name=示范镇",
            "node id=b1 kind=serviceBody parent=d1 name=示范技术服务机构",
        ]
        let file = document((city + more).joined(separator: "\n"))
        let effects = try machine.handle(.importSent(file, scope: nil), at: t0)
        let registry = machine.registry
        let bodies = Set(registry.nodes.values.map(\.kind))
        #expect(bodies == Set(NodeKind.allCases).subtracting([.enterprise]))
        #expect(!registry.enterprises.values.isEmpty)
        let paths: [(String, [String])] = [
            ("w1", ["w1", "d1", "c1", "p1", "cn"]), ("b1", ["b1", "d1", "c1", "p1", "cn"]),
            ("e1", ["e1", "k1", "d1", "c1", "p1", "cn"]), ("e2", ["e2", "d2", "c1", "p1", "cn"]),
        ]
        for (node, path) in paths {
            #expect(registry.path(of: NodeID(node)).map(\.text) == path)
        }
        // Others hear of each, parents before children.
        let told = effects.compactMap { effect -> String? in
            if case .put(let entry, _) = effect { entry.key.id } else { nil }
        }
        for (node, path) in paths {
            let places = path.compactMap { told.firstIndex(of: $0) }
            #expect(places.count == path.count && places == places.sorted(by: >), "\(node)")
        }
    }

    /// ING-31: a service body serves a body of any level, sees nothing beside itself, and nothing
    /// stands under it.
    @Test(arguments: ["cn", "p1", "c1", "d1", "k1"])
    func aServiceBodyStandsUnderAnyBody(parent: String) throws {
        let line = "node id=b1 kind=serviceBody parent=\(parent) name=示范技术服务机构"
        let registry = try Registry().importing(city(line: 17, line)).result
        #expect(registry.nodes[NodeID("b1")]?.parent == NodeID(parent))
        #expect(!registry.stands(NodeID("e1"), under: NodeID("b1")))
        let under = city(line: 17, line + "\nnode id=z kind=town parent=b1 name=镇")
        #expect(mistakes(under).contains { $0.contains("cannot stand under b1, a serviceBody") })
    }
}
