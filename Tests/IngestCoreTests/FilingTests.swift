import Domain
import IngestCore
import Policy
import Testing

/// Outages that are filed, verified, in force and over (CON-20 to CON-23, ING-23).
@Suite struct FilingTests {
    /// CON-20: a filing names points, reason, start, end and the application to disable devices.
    @Test func aFilingIsSentToTheBodyAbove() throws {
        var book = try Filings()
        let filing = try #require(try book.send(draft(devices: ["v1"])))
        #expect(filing.state == .sent)
        #expect(filing.points.map(\.text) == ["t1", "x1"])
        #expect(filing.addressee == NodeID("d1") && filing.clause == "ours")
        #expect(filing.waitsSince == t0)
        #expect(book.book.pointsOutOfService.isEmpty)
        #expect(filing.excused == nil)
    }

    /// CON-22: whom the profile names for the placement.
    @Test func theAddresseeComesFromTheProfile() throws {
        let rule = FilingRule(
            addressees: Placement.allCases.map { .init($0, [.park, .county]) },
            clause: Clause("002-DQ §9"))
        var book = try Filings(rule)
        #expect(try book.send(draft(points: ["t1"]))?.addressee == NodeID("k1"))
        var none = try Filings(FilingRule(addressees: [], clause: Clause("001 §18")))
        let refusal = none.refusal { try $0.send(draft(points: ["t1"])) }
        #expect(
            refusal == .noAddressee(EnterpriseID("e1"), kinds: [], clause: "001 §18"))
    }

    @Test func theSameAgainIsTheSameFiling() throws {
        var book = try Filings()
        let first = try book.send(draft(points: ["x1", "t1"]))
        #expect(first != nil)
        #expect(try book.send(draft(points: ["t1", "x1"]), at: t0 + .hours(1)) == nil)
        let other = book.refusal { try $0.send(draft(points: ["t1"])) }
        #expect(other == .nameTaken(FilingID("f1")))
        #expect(book.book.all == [first].compactMap(\.self))
    }

    /// Every mistake at once, and nothing has changed.
    @Test func aBadFilingIsRefusedWithAllThatIsWrong() throws {
        var book = try Filings()
        var bad = draft(points: ["t1", "t9"], devices: ["v9"])
        (bad.id, bad.reason) = (FilingID("a b"), "")
        (bad.startAt, bad.endAt) = (t0 + .hours(2), t0 + .hours(1))
        bad.evidence = [Evidence(name: "单.pdf", digest: "ABC")]
        let before = book.book
        guard case .unusable(let texts)? = book.refusal({ try $0.send(bad) }) else {
            Issue.record("It was taken.")
            return
        }
        #expect(texts.count == 6)
        #expect(book.book == before)
    }

    /// Times at the ends of what can be written do not stop the machine.
    @Test(arguments: [
        (Int64.min, Int64.max), (Int64.max, Int64.min), (0, 0), (Int64.max - 1, Int64.max),
    ])
    func wildTimesAreRefused(start: Int64, end: Int64) throws {
        var book = try Filings()
        var wild = draft(points: ["t1"])
        wild.startAt = Instant(unixMilliseconds: start)
        wild.endAt = Instant(unixMilliseconds: end)
        guard case .unusable? = book.refusal({ try $0.send(wild) }) else {
            Issue.record("It was taken.")
            return
        }
    }

    @Test func onlyThoseInPostFile() throws {
        var book = try Filings()
        for subject in ["a9", "o2", "", "b1"] {
            let refusal = book.refusal { try $0.send(draft(points: ["t1"]), by: subject) }
            #expect(refusal == .notOfficer(subject: subject, EnterpriseID("e1")))
        }
    }

    /// CON-21: the district verifies with method and evidence; then it runs by itself.
    @Test func aConfirmedFilingRunsFromItsStartToItsEnd() throws {
        var book = try Filings()
        _ = try book.send(draft(points: ["t1"], from: .hours(2), to: .hours(5)))
        let confirmed = try #require(try book.verify(.confirm, at: t0 + .hours(1)))
        #expect(confirmed.state == .confirmed && confirmed.waitsSince == nil)
        #expect(book.book.nextDue == t0 + .hours(2))
        #expect(!book.book.isOutOfService(PointID("t1")))
        #expect(book.wake(at: t0 + .hours(2)).map(\.state) == [.inForce])
        #expect(book.book.isOutOfService(PointID("t1")))
        #expect(!book.book.isOutOfService(PointID("x1")))
        #expect(book.wake(at: t0 + .hours(5)).map(\.state) == [.over])
        #expect(book.book.pointsOutOfService.isEmpty)
        #expect(book.book.nextDue == t0 + .hours(5) + FilingLimits.keptAfter)
        let excused = try #require(book.book.filings[FilingID("f1")]?.excused)
        #expect(excused.from == t0 + .hours(2) && excused.to == t0 + .hours(5))
    }

    /// In force from the confirmation if that is later; all of its time counts as excused.
    @Test func aLateConfirmationIsInForceAtOnce() throws {
        var book = try Filings()
        _ = try book.send(draft(points: ["t1"], from: .hours(-1), to: .hours(5)))
        #expect(try book.verify(.confirm, at: t0 + .hours(3))?.state == .inForce)
        #expect(book.book.filings[FilingID("f1")]?.excused?.from == t0 - .hours(1))
        var late = try Filings()
        _ = try late.send(draft(points: ["t1"], to: .hours(5)))
        #expect(try late.verify(.confirm, at: t0 + .hours(9))?.state == .over)
        #expect(late.book.pointsOutOfService.isEmpty)
    }

    @Test func aConfirmationNeedsEvidenceAndARefusalAFinding() throws {
        var book = try Filings()
        _ = try book.send(draft(points: ["t1"]))
        let bare = book.refusal { try $0.verify(.confirm, evidence: []) }
        #expect(bare != nil)
        let silent = book.refusal { try $0.verify(.refuse, finding: "") }
        #expect(silent != nil)
        #expect(try book.verify(.refuse, evidence: [])?.state == .refused)
        #expect(try book.verify(.refuse, evidence: []) == nil)
        let turned = book.refusal { try $0.verify(.confirm) }
        guard case .wrongState(_, .refused, _)? = turned else {
            Issue.record("It was taken: \(String(describing: turned)).")
            return
        }
    }

    /// Only the addressee or a body above it verifies, and never who filed.
    @Test func nobodyElseVerifies() throws {
        var book = try Filings()
        _ = try book.send(draft(points: ["t1"]))
        for node in ["e1", "k1", "d2", "", "nowhere"] {
            let refusal = book.refusal { try $0.verify(.confirm, node: node) }
            #expect(
                refusal
                    == .notAddressee(
                        subject: "county-1", node: NodeID(node), addressee: NodeID("d1"),
                        clause: "ours"))
        }
        let own = book.refusal { try $0.verify(.confirm, by: "a1") }
        #expect(own == .ownFiling(FilingID("f1"), subject: "a1"))
        #expect(try book.verify(.confirm, node: "c1")?.isConfirmed == true)
    }

    /// A later end needs a confirmation of its own; until then the old one holds.
    @Test func aLaterEndWaitsForItsConfirmation() throws {
        var book = try Filings()
        _ = try book.send(draft(points: ["t1"], to: .hours(5)))
        _ = try book.verify(.confirm)
        let asked = try #require(try book.extend(to: t0 + .hours(8), at: t0 + .hours(4)))
        #expect(asked.endAt == t0 + .hours(5) && asked.waitsSince == t0 + .hours(4))
        #expect(try book.extend(to: t0 + .hours(8), at: t0 + .hours(4)) == nil)
        #expect(book.wake(at: t0 + .hours(5)).map(\.state) == [.over])
        let again = try #require(try book.verify(.confirm, at: t0 + .hours(6)))
        #expect(again.state == .inForce && again.endAt == t0 + .hours(8))
        #expect(book.book.isOutOfService(PointID("t1")))
        _ = try book.extend(to: t0 + .hours(10), at: t0 + .hours(7))
        let refused = try #require(try book.verify(.refuse, at: t0 + .hours(7)))
        #expect(refused.state == .inForce && refused.endAt == t0 + .hours(8))
    }

    @Test func anEarlyEndReturnsThePointsAtOnce() throws {
        var book = try Filings()
        _ = try book.send(draft(points: ["t1"], to: .hours(5)))
        _ = try book.verify(.confirm)
        let ended = try #require(try book.end(at: t0 + .hours(2)))
        #expect(ended.state == .over && ended.endAt == t0 + .hours(2))
        #expect(book.book.pointsOutOfService.isEmpty)
        #expect(book.book.nextDue == t0 + .hours(2) + FilingLimits.keptAfter)
        #expect(try book.end(at: t0 + .hours(3)) == nil)
        var unsent = try Filings()
        _ = try unsent.send(draft(points: ["t1"]))
        #expect(try unsent.end()?.state == .withdrawn)
        #expect(unsent.refusal { try $0.verify(.confirm) } != nil)
    }

    @Test func aPointInTwoFilingsStaysOutUntilBothEnd() throws {
        var book = try Filings()
        for (id, hours) in [("f1", Int64(3)), ("f2", 6)] {
            var one = draft(points: ["t1"], to: .hours(hours))
            one.id = FilingID(id)
            _ = try book.send(one)
            _ = try book.verify(.confirm, of: id)
        }
        _ = book.wake(at: t0 + .hours(3))
        #expect(book.book.isOutOfService(PointID("t1")))
        _ = book.wake(at: t0 + .hours(6))
        #expect(!book.book.isOutOfService(PointID("t1")))
    }

    /// CON-23: who leaves a filing unconfirmed is reminded, and again, until he verifies it.
    @Test func whoeverLeavesItUnconfirmedIsReminded() throws {
        let rule = FilingRule(
            addressees: FilingRule.ours.addressees, clause: Clause("ours"), nudgeEvery: .hours(6))
        var book = try Filings(rule)
        _ = try book.send(draft(points: ["t1"], to: .hours(90)))
        #expect(book.book.nextDue == t0 + .hours(6))
        #expect(book.wake(at: t0 + .hours(6)).map(\.nudgeCount) == [1])
        // After a long stand-still once, not once for each time.
        let second = book.wake(at: t0 + .hours(40))
        #expect(second.map(\.nudgeCount) == [2] && second.first?.nudgedAt == t0 + .hours(40))
        #expect(second.first?.waitsSince == t0 && second.first?.state == .sent)
        let confirmed = try #require(try book.verify(.confirm, at: t0 + .hours(41)))
        #expect(confirmed.nudgeCount == 0 && confirmed.nudgedAt == nil)
        #expect(book.wake(at: t0 + .hours(80)).isEmpty)
        _ = try book.extend(to: t0 + .hours(99), at: t0 + .hours(81))
        #expect(book.wake(at: t0 + .hours(87)).map(\.nudgeCount) == [1])
        #expect(book.wake(at: t0 + .hours(90)).map(\.state) == [.over])
    }

    /// What is done leaves memory after its time; what still waits does not.
    @Test func whatIsDoneBecomesHistory() throws {
        var book = try Filings()
        _ = try book.send(draft(points: ["t1"], to: .hours(5)))
        _ = try book.verify(.confirm)
        var waiting = draft(points: ["x1"], to: .hours(5))
        waiting.id = FilingID("f2")
        _ = try book.send(waiting)
        _ = book.wake(at: t0 + .hours(5))
        _ = book.machine.takeChanges()
        let leaves = t0 + .hours(5) + FilingLimits.keptAfter
        _ = book.wake(at: leaves - .seconds(1))
        #expect(book.book.all.map(\.id.text) == ["f1", "f2"])
        _ = book.machine.takeChanges()
        _ = book.wake(at: leaves)
        #expect(book.book.all.map(\.id.text) == ["f2"])
        let gone = book.machine.takeChanges().filter { $0.part == nil }.map(\.key)
        #expect(gone == ["filing/f1"])
    }

    /// A list without end is refused before anything is looked up.
    @Test func listsWithoutEndAreRefused() throws {
        var book = try Filings()
        for many in [
            draft(points: (0...FilingLimits.pointsMax).map { "p\($0)" }),
            draft(devices: Array(repeating: "v1", count: FilingLimits.pointsMax + 1)),
        ] {
            guard case .unusable(let texts)? = book.refusal({ try $0.send(many) }) else {
                Issue.record("It was taken.")
                return
            }
            #expect(texts.count == 1)
        }
    }

    /// A restart in the middle changes nothing.
    @Test func aRestartChangesNothing() throws {
        var book = try Filings()
        _ = try book.send(draft(points: ["t1"], from: .hours(2), to: .hours(5)))
        _ = try book.verify(.confirm)
        var again = try Filings()
        again.restore(from: book)
        #expect(again.book == book.book && again.book.nextDue == book.book.nextDue)
        #expect(again.wake(at: t0 + .hours(3)) == book.wake(at: t0 + .hours(3)))
        var third = try Filings()
        third.restore(from: again)
        #expect(third.book.isOutOfService(PointID("t1")))
        #expect(third.wake(at: t0 + .hours(7)).map(\.state) == [.over])
    }
}

private let digest = String(repeating: "0a", count: 32)

private func draft(
    points: [String] = [], devices: [String] = [], from: Interval = .hours(0),
    to: Interval = .hours(5)
) -> FilingDraft {
    var draft = FilingDraft(
        id: FilingID("f1"), enterprise: EnterpriseID("e1"), cause: .maintenance, reason: "检修",
        startAt: t0 + from, endAt: t0 + to)
    draft.points = points.map { PointID($0) }
    draft.devices = devices.map { DeviceID($0) }
    draft.disables = true
    return draft
}

/// A machine of which only the filings are asked.
private struct Filings {
    var machine: IngestMachine
    var book: FilingBook { machine.filings }

    init(_ rule: FilingRule = .ours) throws {
        machine = try ingestMachine(filings: FilingBook(rule: rule))
    }

    /// What became of a filing; nil: nothing new.
    private mutating func handle(_ event: FilingEvent, at now: Instant) throws -> OutageFiling? {
        try machine.handle(.filing(event), at: now).compactMap(\.filing).first
    }

    mutating func send(
        _ draft: FilingDraft, by subject: String = "a1", at now: Instant = t0
    ) throws -> OutageFiling? {
        try handle(.sent(draft, by: subject), at: now)
    }

    mutating func verify(
        _ verdict: OutageFiling.Verification.Verdict, of id: String = "f1",
        finding: String = "属实", evidence: [Evidence] = [Evidence(name: "单.pdf", digest: digest)],
        by subject: String = "county-1", node: String = "d1", at now: Instant = t0
    ) throws -> OutageFiling? {
        let verdict = FilingVerdict(
            id: FilingID(id), verdict: verdict, method: .onSite, finding: finding,
            evidence: evidence)
        return try handle(.verified(verdict, by: subject, node: NodeID(node)), at: now)
    }

    mutating func extend(to until: Instant, at now: Instant) throws -> OutageFiling? {
        try handle(.extended(FilingID("f1"), until: until, reason: "未完", by: "a1"), at: now)
    }

    mutating func end(at now: Instant = t0) throws -> OutageFiling? {
        try handle(.ended(FilingID("f1"), reason: "完工", by: "a1"), at: now)
    }

    mutating func wake(at now: Instant) -> [OutageFiling] {
        machine.wake(at: now, heard: .distantFuture).compactMap(\.filing)
    }

    /// Why it was refused; nil: it was taken.
    mutating func refusal(
        _ body: (inout Filings) throws -> OutageFiling?
    ) -> FilingRefusal? {
        do {
            _ = try body(&self)
            return nil
        } catch let refusal as IngestRefusal {
            if case .filing(let refusal) = refusal { return refusal }
        } catch {
            Issue.record("\(error)")
        }
        return nil
    }

    mutating func restore(from other: Filings) {
        var other = other.machine
        // All that ever changed, as the store would hand it out.
        for change in other.takeChanges() {
            if let part = change.part { machine.restore(part, key: change.key) }
        }
        for filing in other.filings.all { machine.restore(.filing(filing), key: filing.partKey) }
    }
}

extension IngestMachine.Effect {
    fileprivate var filing: OutageFiling? {
        if case .filing(.changed(let filing)) = self { return filing }
        return nil
    }
}
