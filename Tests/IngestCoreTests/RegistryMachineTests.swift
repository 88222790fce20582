import Domain
import IngestCore
import Kernel
import Testing

@Suite struct RegistryMachineTests {
    @Test func aFirstImportPutsParentsBeforeChildren() throws {
        var machine = RegistryMachine()
        var lines = city
        lines.reverse()
        let effects = try machine.handle(
            .importSent(document(lines.joined(separator: "\n")), scope: nil), at: t0)
        let ids = effects.compactMap { effect in
            switch effect {
            case .put(let entry, _): entry.key.id
            case .imported, .recorded, .requested: nil
            }
        }
        #expect(
            ids == [
                "cn", "p1", "c1", "d1", "d2", "k1", "e1", "e2", "s1", "v1", "t1", "x1", "a1",
                "a2", "a3", "g1",
            ])
        #expect(effects.last == .imported(summary(added: 16), node: NodeID("cn")))
    }

    @Test func eachEntryBelongsToTheNodeOfItsEnterprise() throws {
        var machine = RegistryMachine()
        let effects = try machine.handle(.importSent(cityDocument, scope: nil), at: t0)
        for effect in effects {
            guard case .put(let entry, let node) = effect else { continue }
            switch entry {
            case .node(let body): #expect(node == body.id)
            case .enterprise(let enterprise): #expect(node == enterprise.node)
            case .hazardSource, .device, .point, .person, .gateway, .object, .camera:
                #expect(node == NodeID("e1"))
            case .officer(let officer): #expect(node == officer.node)
            }
        }
    }

    @Test func theSameFileAgainChangesNothing() throws {
        var machine = try imported()
        _ = machine.takeChanges()
        let effects = try machine.handle(.importSent(cityDocument, scope: nil), at: t0)
        #expect(effects == [.imported(summary(unchanged: 16), node: NodeID("cn"))])
        #expect(machine.takeChanges().isEmpty)
    }

    @Test func aChangedRowReplacesTheWholeEntry() throws {
        var machine = try imported()
        _ = machine.takeChanges()
        let row =
            "point id=t1 device=v1 name=温度 indicator=temperature unit=°C rangeLow=-20 "
            + "rangeHigh=200 high=70"
        let effects = try machine.handle(.importSent(document(row), scope: nil), at: t0)
        #expect(effects.last == .imported(summary(changed: 1), node: NodeID("cn")))
        let point = try #require(machine.registry.points[PointID("t1")])
        #expect(point.limits == Limits(high: 70))
        #expect(machine.takeChanges() == [PartChange(key: "point/t1", part: .entry(.point(point)))])
    }

    @Test func whatAFileLeavesOutStays() throws {
        var machine = try imported()
        let more = document("node id=d3 kind=county parent=c1 name=示范三区")
        _ = try machine.handle(.importSent(more, scope: nil), at: t0)
        #expect(machine.registry.entries.count == 17)
    }

    @Test func aRefusedFileLeavesTheMachineEqual() throws {
        var machine = try imported()
        _ = machine.takeChanges()
        let before = machine.registry
        let half = document(
            """
            node id=d3 kind=county parent=c1 name=示范三区
            gateway id=g9 enterprise=e9 name=网关
            """)
        #expect(throws: RegistryRefusal.self) {
            try machine.handle(.importSent(half, scope: nil), at: t0)
        }
        #expect(machine.registry == before)
        #expect(machine.takeChanges().isEmpty)
    }

    @Test func partsPutBackInAnyOrderGiveTheSameRegistry() throws {
        var machine = try imported()
        let changes = machine.takeChanges()
        #expect(changes.map(\.key) == changes.map(\.key).sorted())
        var forwards = RegistryMachine()
        var backwards = RegistryMachine()
        for change in changes {
            forwards.restore(try #require(change.part), key: change.key)
        }
        for change in changes.reversed() {
            backwards.restore(try #require(change.part), key: change.key)
        }
        #expect(forwards.registry == machine.registry)
        #expect(backwards.registry == machine.registry)
    }

    @Test func aCountyWritesOnlyUnderItself() throws {
        var machine = try imported()
        let own = document("enterprise id=e3 county=d1 placement=outsidePark name=示范三厂")
        _ = try machine.handle(.importSent(own, scope: NodeID("d1")), at: t0)
        let other = document("enterprise id=e4 county=d2 placement=outsidePark name=示范四厂")
        #expect(
            throws: RegistryRefusal.file(
                .outside(scope: NodeID("d1"), entry: EntryKey(.enterprise, "e4")))
        ) { try machine.handle(.importSent(other, scope: NodeID("d1")), at: t0) }
        // Taking an enterprise away from another county is writing there as well.
        let taken = document("enterprise id=e2 county=d1 placement=outsidePark name=示范化工二厂")
        #expect(throws: RegistryRefusal.self) {
            try machine.handle(.importSent(taken, scope: NodeID("d1")), at: t0)
        }
    }

    @Test func anExportedEntryReadsBackTheSame() throws {
        let registry = try registered()
        let rows = registry.entries.enumerated().map { index, entry in
            RegistryRow(
                kind: entry.key.kind.rawValue, line: index + 1,
                fields: entry.fields.map { RegistryField($0.name, $0.text, line: index + 1) })
        }
        let again = try registry.importing(RegistryDocument(fileName: "city.csv", rows: rows))
        #expect(again.summary == summary(unchanged: 16))
    }

    @Test func aTokenSeesItsOwnAndTheBodiesAbove() throws {
        let seen = try registered().entries(visibleTo: NodeID("d2")).map(\.key.id)
        #expect(seen == ["cn", "p1", "c1", "d2", "e2"])
    }

    @Test func thePathOfAnEnterpriseGoesThroughItsPark() throws {
        let registry = try registered()
        #expect(
            registry.path(of: NodeID("e1")).map(\.text) == ["e1", "k1", "d1", "c1", "p1", "cn"])
        #expect(registry.path(of: NodeID("nobody")).isEmpty)
        #expect(registry.stands(NodeID("e1"), under: NodeID("c1")))
        #expect(!registry.stands(NodeID("e1"), under: NodeID("d2")))
    }

    private func imported() throws -> RegistryMachine {
        var machine = RegistryMachine()
        _ = try machine.handle(.importSent(cityDocument, scope: nil), at: t0)
        return machine
    }
}
