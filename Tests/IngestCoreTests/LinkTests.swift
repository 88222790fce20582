import Domain
import IngestCore
import Testing

/// What a superior takes of a lower platform, and what it does not (ING-26, ING-27, ING-32).
struct LinkTests {
    private let node = NodeID("d2")

    /// The small city, with a link that speaks for `d2`.
    private func superior() throws -> IngestMachine {
        var machine = try ingestMachine()
        _ = try machine.handle(.link(.joined(node, instance: "lower", by: "d2")), at: t0)
        return machine
    }

    /// Lines of a file as entries of a page.
    private func entries(_ lines: String...) -> [LinkedEntry] {
        document(lines.joined(separator: "\n")).rows.compactMap { row in
            guard let kind = EntryKind(rawValue: row.kind) else { return nil }
            let fields = row.fields.map { ChangeProposal.FieldText($0.name, $0.text) }
            let id = fields.first { $0.name == "id" }?.text ?? ""
            return LinkedEntry(EntryKey(kind, id), isRemoved: false, fields: fields)
        }
    }

    private func send(
        _ entries: [LinkedEntry], upTo seq: UInt64 = 1, to machine: inout IngestMachine
    ) throws -> [IngestMachine.Effect] {
        try machine.handle(
            .link(
                .pageSent(
                    node, entries, journalSeq: seq, journalHash: [UInt8](repeating: 7, count: 32),
                    by: "d2")), at: t0)
    }

    private func refusals(_ machine: IngestMachine) -> [String: String] {
        Dictionary(
            uniqueKeysWithValues: machine.links.refused(of: node).map {
                ($0.entry.key.id, $0.reason)
            })
    }

    private var plant: [LinkedEntry] {
        entries(
            "hazardSource id=s2 enterprise=e2 name=罐区乙 unitKind=tankFarm grade=2",
            "device id=v2 hazardSource=s2 name=储罐二 medium=甲醇",
            "point id=t2 device=v2 name=温度 indicator=temperature unit=°C rangeLow=0 rangeHigh=99",
            "person id=b1 hazardSource=s2 tier=principal name=示范人员丁 telephone=000-0000-0011",
            "person id=b2 hazardSource=s2 tier=technical name=示范人员戊 telephone=000-0000-0012",
            "person id=b3 hazardSource=s2 tier=operating name=示范人员己 telephone=000-0000-0013",
            "gateway id=g2 enterprise=e2 name=网关二")
    }

    /// ING-26: what is registered below is registered above, with who said so.
    @Test func aPageIsTakenAsAWhole() throws {
        var machine = try superior()
        let effects = try send(plant, upTo: 41, to: &machine)
        #expect(machine.registry.enterprise(of: PointID("t2")) == EnterpriseID("e2"))
        #expect(machine.links.refused(of: node).isEmpty)
        #expect(machine.links[node]?.journalSeq == 41)
        #expect(effects.contains { if case .link(.taken) = $0 { true } else { false } })
        // The same again changes nothing and is no news.
        let again = try send(plant, upTo: 42, to: &machine)
        #expect(again.isEmpty)
        #expect(machine.links[node]?.journalSeq == 42)
    }

    /// ING-26: what cannot be taken stops itself and what hangs on it, and nothing else.
    @Test func oneRefusedEntryStopsOnlyWhatHangsOnIt() throws {
        var machine = try superior()
        let others = entries(
            "hazardSource id=s1 enterprise=e2 name=别人的 unitKind=tankFarm grade=1",
            "enterprise id=e9 county=d9 placement=outsidePark name=没有县",
            "gateway id=g9 enterprise=e9 name=网关九",
            "gateway id=g1 enterprise=e2 name=抢来的",
            "node id=d2 kind=county parent=c1 name=自己")
        _ = try send(plant + others, to: &machine)
        #expect(machine.registry.gateways[GatewayID("g2")] != nil)
        let refused = refusals(machine)
        #expect(refused.keys.sorted() == ["d2", "e9", "g1", "g9", "s1"])
        #expect(refused["s1"]?.contains("stands under e1 already") == true)
        #expect(refused["g1"]?.contains("stands under e1 already") == true)
        #expect(refused["e9"]?.contains("d9") == true)
        #expect(refused["d2"]?.contains("the superior's") == true)
        #expect(machine.registry.gateways[GatewayID("g1")]?.enterprise == EnterpriseID("e1"))
    }

    /// ING-26: what was refused is tried again when what it needs is registered here.
    @Test func whatWasRefusedIsTakenWhenItFits() throws {
        var machine = try superior()
        _ = try send(
            entries(
                "enterprise id=e9 county=d2 park=k9 placement=inPark name=园中厂",
                "gateway id=g9 enterprise=e9 name=网关九"), to: &machine)
        #expect(refusals(machine).keys.sorted() == ["e9", "g9"])
        var owed = LinkEvent.BatchesTaken()
        owed.positions = [1...20]
        owed.owed = [.init(gateway: GatewayID("g9"), positions: 5...9)]
        _ = try machine.handle(.link(.batchesTaken(node, owed)), at: t0)
        let file = document("node id=k9 kind=park parent=d2 name=新园")
        _ = try machine.handle(.registry(.importSent(file, scope: nil)), at: t0)
        #expect(refusals(machine).isEmpty)
        #expect(machine.registry.gateways[GatewayID("g9")] != nil)
        // Its batches are called in again.
        #expect(machine.links[node]?.taken == [1...4, 10...20])
        #expect(machine.links[node]?.rewinds == 1)
    }

    /// Nothing that stands elsewhere can be reached, neither by moving it nor by moving away.
    @Test func aLinkWritesUnderItsNodeAlone() throws {
        var machine = try superior()
        _ = try send(plant, to: &machine)
        let before = machine.registry
        _ = try send(
            entries(
                "enterprise id=e2 county=d1 placement=outsidePark name=搬走",
                "device id=v9 hazardSource=s1 name=放到别人那里 medium=甲醇",
                "point id=t1 device=v2 name=拿来 indicator=temperature unit=°C rangeLow=0 "
                    + "rangeHigh=9",
                "officer id=o1 node=d1 post=duty name=某人 telephone=000-0000-0021"),
            to: &machine)
        #expect(machine.registry == before)
        #expect(refusals(machine).keys.sorted() == ["e2", "o1", "t1", "v9"])
    }

    /// What is removed below goes here too, in whatever order it is said.
    @Test func removalsComeThrough() throws {
        var machine = try superior()
        _ = try send(plant, to: &machine)
        let gone = [EntryKey(.device, "v2"), EntryKey(.point, "t2"), EntryKey(.point, "t1")].map {
            LinkedEntry($0, isRemoved: true, fields: [])
        }
        _ = try send(gone, to: &machine)
        #expect(machine.registry.devices[DeviceID("v2")] == nil)
        #expect(machine.registry.points[PointID("t2")] == nil)
        #expect(machine.registry.points[PointID("t1")] != nil)
        #expect(refusals(machine).keys.sorted() == ["t1"])
    }

    /// A journal that was cut, another store, a circle, and a second link for the same are refused.
    @Test func whoDoesNotFitIsRefused() throws {
        var machine = try superior()
        _ = try send(plant, upTo: 9, to: &machine)
        func refusal(_ event: LinkEvent) -> LinkRefusal? {
            do throws(IngestRefusal) {
                _ = try machine.handle(.link(event), at: t0)
                return nil
            } catch {
                if case .link(let refusal) = error { return refusal }
                return nil
            }
        }
        let page = LinkEvent.pageSent(node, [], journalSeq: 8, journalHash: [], by: "")
        #expect(refusal(page) == .cut(node, at: 8, taken: 9))
        #expect(refusal(.joined(node, instance: "other", by: "")) == .otherStore(node))
        #expect(
            refusal(.joined(NodeID("e2"), instance: "x", by: ""))
                == .overlaps(NodeID("e2"), with: node))
        #expect(
            refusal(.joined(NodeID("c1"), instance: "x", by: ""))
                == .overlaps(NodeID("c1"), with: node))
        #expect(refusal(.joined(NodeID("d7"), instance: "x", by: "")) == .unknownNode(NodeID("d7")))
        _ = try machine.handle(.link(.speaksFor(NodeID("c1"))), at: t0)
        #expect(refusal(.joined(NodeID("d1"), instance: "x", by: "")) == nil)
        #expect(
            refusal(.joined(NodeID("p1"), instance: "x", by: ""))
                == .circle(NodeID("p1"), own: NodeID("c1")))
        let nobody = LinkEvent.forgotten(node, reason: "r", by: "a", scope: NodeID("d1"))
        #expect(refusal(nobody) == .outside(scope: NodeID("d1"), node))
        #expect(refusal(.forgotten(node, reason: "", by: "a", scope: nil)) == .noReason)
        #expect(refusal(.forgotten(node, reason: "new disk", by: "a", scope: nil)) == nil)
        #expect(refusal(.joined(node, instance: "other", by: "")) == nil)
    }

    /// A restart in the middle changes nothing.
    @Test func storedPartsAreTheWholeState() throws {
        var machine = try superior()
        _ = try send(plant + entries("gateway id=g1 enterprise=e2 name=抢来的"), to: &machine)
        var batches = LinkEvent.BatchesTaken()
        batches.positions = [3...8, 1...1]
        batches.refusedReadings = 4
        _ = try machine.handle(.link(.batchesTaken(node, batches)), at: t0)
        _ = try machine.handle(.link(.speaksFor(NodeID("c1"))), at: t0)
        let changes = machine.takeChanges()
        var again = try ingestMachine()
        for change in changes {
            if case .link? = change.part, let part = change.part {
                again.restore(part, key: change.key)
            }
        }
        let (left, right) = (again.links, machine.links)
        #expect(left.all == right.all)
        #expect(left.refused(of: node) == right.refused(of: node))
        #expect(left.spokenFor == NodeID("c1"))
        #expect(left[node]?.position == 1)
    }

    /// One judge an enterprise: what stands behind a link has missed nothing here.
    @Test func nobodyBehindALinkMissesACommitmentHere() throws {
        var machine = try superior()
        _ = try send(plant, to: &machine)
        let missed = machine.wake(at: t0 + .hours(3), heard: t0 + .hours(3)).compactMap { effect in
            if case .commitment(.missed(let missed)) = effect {
                missed.enterprise.text
            } else {
                nil
            }
        }
        #expect(missed == ["e1"])
    }

    /// ING-26: a silent link is one finding, and what stands behind it is none of its own.
    @Test func aSilentLinkIsOneFinding() throws {
        var machine = try superior()
        _ = try send(plant, to: &machine)
        let link = PresenceSubject(.link, "d2")
        let enterprise = PresenceSubject(.enterprise, "e2")
        let lower = [link, enterprise, .gateway(GatewayID("g2")), .point(PointID("t2"))]
        func observe(_ seen: [Observation], at now: Instant) throws -> [String] {
            try machine.handle(
                .watch(.observed(seen, listeningSince: .distantPast)), at: now
            ).compactMap { effect in
                guard case .watch(.finding(.opened(let record))) = effect,
                    record.key.kind.rawValue.hasSuffix("ffline")
                        || record.key.kind.rawValue == "linkBroken"
                        || record.key.kind == .neverConnected
                else { return nil }
                return record.id
            }.filter { !$0.contains("e1") && !$0.contains("g1") }
        }
        _ = try observe(lower.map { .heard($0, at: t0) }, at: t0)
        // The link is known to be silent before anybody behind it can be.
        let cut = t0 + .seconds(30)
        _ = try observe([.silent(link, since: cut)], at: t0 + .seconds(90))
        let silent = lower.dropFirst().map { Observation.silent($0, since: t0) }
        #expect(try observe(silent, at: t0 + .minutes(10)).isEmpty)
        #expect(try observe([], at: t0 + .minutes(11)) == ["linkBroken/node/d2/1"])
        #expect(try observe([], at: t0 + .hours(20)).isEmpty)
        // Back, it has its minutes again, and then it is silent itself.
        let back = t0 + .hours(21)
        #expect(try observe([.heard(link, at: back)], at: back).isEmpty)
        #expect(try observe([], at: back + .minutes(9)).isEmpty)
        #expect(try observe([], at: back + .minutes(10)) == ["offline/enterprise/e2/1"])
    }

    /// ING-20: the fingerprint of what a gateway sent is that of what is stored of it.
    @Test func aWholeBatchGivesItsOwnFingerprint() throws {
        var check = ReadingCheck(
            enterprise: EnterpriseID("e1"), futureTolerance: .seconds(60), heldAheadMax: .hours(1))
        check.setTable([PointID("x1"), PointID("t1"), PointID("zz")])
        let directory = PointDirectory(try registered(), version: 1)
        let times = [t0.unixMilliseconds, t0.unixMilliseconds + 5]
        let whole = check.check(
            IncomingBatch(point: [1, 0], measuredAt: times, value: [1.5, -2], quality: [0, 1]),
            against: directory, at: t0)
        #expect(whole.columns.fingerprint == whole.fingerprint)
        let part = check.check(
            IncomingBatch(point: [1, 2], measuredAt: times, value: [1.5, -2]),
            against: directory, at: t0)
        #expect(part.refused.count == 1)
        #expect(part.columns.fingerprint != part.fingerprint)
        var altered = whole.columns
        altered.value[1] = -2.000001
        #expect(altered.fingerprint != whole.fingerprint)
    }

    @Test func rangesComeAndGo() {
        var taken = StoredSequences([1...4, 10...12])
        taken.insert(6...8)
        #expect(taken.ranges == [1...4, 6...8, 10...12])
        taken.insert(5...9)
        #expect(taken.ranges == [1...12])
        taken.remove(3...5)
        #expect(taken.ranges == [1...2, 6...12])
        taken.remove(1...2)
        taken.remove(20...30)
        #expect(taken.ranges == [6...12])
    }
}
