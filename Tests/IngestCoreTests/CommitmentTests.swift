import Domain
import IngestCore
import Policy
import Testing

/// What an enterprise says each day, who signs, and when it is late (CON-12 to CON-16, CON-18).
@Suite struct CommitmentTests {
    /// CON-12: 09:59:59 is in time, 10:00:00 is late, as the profile says.
    @Test(arguments: [
        (Deadline.Boundary.before, Int64(-1), false), (.before, 0, true), (.before, 1, true),
        (.until, 0, false), (.until, 1, true),
    ])
    func theBoundaryIsTheProfiles(
        boundary: Deadline.Boundary, milliseconds: Int64, isLate: Bool
    ) throws {
        let rule = CommitmentRule(
            dueMinutes: 600, boundary: boundary, clause: Clause("002-DQ §7"))
        var book = try Commitments(rule)
        let sent = ten + Interval(milliseconds: milliseconds)
        book.wake(at: sent)
        let one = try #require(try book.file(content(late: "network"), at: sent))
        #expect(one.isLate == isLate && one.dueAt == ten)
        #expect(one.sentAt == sent && one.clause == "002-DQ §7")
    }

    /// CON-18: a late one needs a word of the form and a text.
    @Test func aLateOneSaysWhy() throws {
        var book = try Commitments()
        book.wake(at: ten)
        let refusal = book.refusal { try $0.file(content(), at: ten) }
        #expect(
            refusal
                == .lateWithoutReason(
                    dueAt: ten, codes: ["network", "other"], clause: "002-DQ §7"))
        var other = content(late: "weather")
        #expect(book.refusal { try $0.file(other, at: ten) } != nil)
        other.lateReason = "other"
        #expect(try book.file(other, at: ten)?.isLate == true)
    }

    /// CON-13: the principal signs; others need a filed authority, for its days only.
    @Test func onlyThePrincipalOrADelegateSigns() throws {
        var book = try Commitments()
        for subject in ["o3", "o2", "o4", "a2", "nobody"] {
            let refusal = book.refusal { try $0.file(content(), by: subject) }
            #expect(
                refusal
                    == .notSigner(
                        subject: subject, EnterpriseID("e1"),
                        signers: [PersonID("a1"), PersonID("o1")]))
        }
        #expect(try book.file(content(), by: "a1") != nil)
        var delegated = try Commitments()
        #expect(delegated.refusal { try $0.delegate(to: "o3", by: "o3") } != nil)
        #expect(delegated.refusal { try $0.delegate(to: "o2") } != nil)
        _ = try delegated.delegate(to: "o3")
        let one = try #require(try delegated.file(content(), by: "o3"))
        #expect(one.latest.signature.delegation == DelegationID("w1"))
        #expect(one.latest.signature.name == "安全员")
        let later = t0 + .day * 3
        delegated.wake(at: later)
        let over = delegated.refusal {
            try $0.file(content(), on: "2021-11-04", by: "o3", at: later)
        }
        #expect(over != nil)
    }

    /// An authority ends with the post of who gave it.
    @Test func anAuthorityEndsWithThePrincipal() throws {
        var book = try Commitments()
        _ = try book.delegate(to: "o3")
        #expect(book.machine.commitments.delegations.count == 1)
        let left = document(
            "officer id=o1 node=e1 post=principal name=负责人甲 telephone=000-0000-0004 "
                + "leftOn=2021-11-01")
        _ = try book.machine.handle(.registry(.importSent(left, scope: nil)), at: t0)
        let refusal = book.refusal { try $0.file(content(), by: "o3") }
        #expect(refusal == .notSigner(subject: "o3", EnterpriseID("e1"), signers: [PersonID("a1")]))
    }

    /// Answers without end cost no more than their sending.
    @Test func answersWithoutEndAreRefusedAtOnce() throws {
        var book = try Commitments()
        let many = Dictionary(
            uniqueKeysWithValues: (0..<5_000).map { ("x\($0)", CommitmentItem.Value.number(1)) })
        guard case .unusable(let texts)? = book.refusal({ try $0.file(content(items: many)) })
        else {
            Issue.record("It was taken.")
            return
        }
        #expect(texts.count == 1)
    }

    @Test func anAuthorityIsFiledOnceAndCanBeTakenBack() throws {
        var book = try Commitments()
        _ = try book.delegate(to: "o3")
        #expect(try book.delegate(to: "o3") == [])
        #expect(book.refusal { try $0.delegate(to: "a2") } == .nameTaken("w1"))
        let end = CommitmentEvent.delegationEnded(DelegationID("w1"), by: "a1")
        #expect(try book.handle(end).count == 1)
        #expect(try book.handle(end) == [])
        #expect(book.refusal { try $0.file(content(), by: "o3") } != nil)
    }

    /// CON-14: an empty item refuses the whole, with the list of what is missing; zero is a value.
    @Test func everyRequiredItemIsThere() throws {
        var book = try Commitments()
        var bare = content()
        bare.items = []
        guard case .unusable(let texts)? = book.refusal({ try $0.file(bare) }) else {
            Issue.record("It was taken.")
            return
        }
        #expect(texts.count == 6)
        #expect(texts[0] == "units (装置) is missing; zero and no are answers.")
        let zero = content(
            items: ["units": .number(0), "running": .number(0), "danger": .flag(false)])
        #expect(try book.file(zero) != nil)
    }

    @Test(arguments: [
        ("units", CommitmentItem.Value.number(-1)), ("units", .number(101)),
        ("units", .number(.min)), ("units", .text("3")), ("danger", .number(0)),
        ("grade", .choice("blue")), ("notice", .text("")),
        ("notice", .text(String(repeating: "长", count: 21))), ("running", .number(4)),
        ("nothing", .flag(true)),
    ])
    func anAnswerThatIsNoneIsRefused(id: String, value: CommitmentItem.Value) throws {
        var book = try Commitments()
        let refusal = book.refusal { try $0.file(content(items: [id: value])) }
        guard case .unusable(let texts)? = refusal else {
            Issue.record("It was taken.")
            return
        }
        #expect(texts.count == 1)
    }

    @Test func anItemIsAnsweredOnce() throws {
        var book = try Commitments()
        var twice = content()
        twice.items.append(CommitmentItem("units", .number(9)))
        #expect(book.refusal { try $0.file(twice) } != nil)
    }

    /// CON-16: each work that is counted is declared with its kind, place and time.
    @Test func worksHaveKindPlaceAndTime() throws {
        var book = try Commitments()
        let counted = book.refusal { try $0.file(content(items: ["fires": .number(1)])) }
        #expect(counted != nil)
        let good = DeclaredWork(
            kind: "hotWork", place: "罐区", device: DeviceID("v1"),
            hazardSource: HazardSourceID("s1"), from: t0, to: t0 + .hours(2))
        var bad: [DeclaredWork] = Array(repeating: good, count: 8)
        bad[0].kind = "painting"
        bad[1].place = ""
        bad[2].to = t0
        bad[3].device = DeviceID("v9")
        bad[4].hazardSource = HazardSourceID("s9")
        (bad[5].from, bad[5].to) = (t0 + .day * 2, t0 + .day * 3)
        bad[6].from = Instant(unixMilliseconds: .min)
        bad[7].permit = String(repeating: "1", count: 201)
        for work in bad {
            var one = content(items: ["fires": .number(1)])
            one.works = [work]
            #expect(book.refusal { try $0.file(one) } != nil)
        }
        var one = content(items: ["fires": .number(1)])
        one.works = [good]
        #expect(try book.file(one)?.latest.content.works == [good])
    }

    /// The same again is the same; a correction needs a reason and keeps what was said before.
    @Test func aCorrectionKeepsEveryVersion() throws {
        var book = try Commitments()
        let first = content()
        _ = try book.file(first)
        #expect(try book.file(first, at: t0 + .minutes(1)) == nil)
        var second = content(items: ["units": .number(5)])
        let bare = book.refusal { try $0.file(second, at: t0 + .minutes(2)) }
        #expect(
            bare
                == .correctionWithoutReason(
                    EnterpriseID("e1"), day("2021-11-01"), sentAt: t0))
        second.correctionReason = "数错"
        book.wake(at: ten + .hours(1))
        let one = try #require(try book.file(second, at: ten + .hours(1)))
        #expect(one.versions.map(\.content) == [first, second])
        // In time it was, and stays.
        #expect(!one.isLate && one.sentAt == t0)
        // The first comes again, late and out of order.
        #expect(try book.file(first, at: ten + .hours(2)) == nil)
        #expect(book.book.commitments[EnterpriseID("e1")]?.latest.content == second)
    }

    @Test func aCorrectionOfNothingIsRefused() throws {
        var book = try Commitments()
        var one = content()
        one.correctionReason = "更正"
        #expect(book.refusal { try $0.file(one) } != nil)
    }

    /// Yesterday's and tomorrow's are refused; the day is that of the profile's zone.
    @Test func onlyTodaysIsTaken() throws {
        var book = try Commitments()
        for other in ["2021-10-31", "2021-11-02"] {
            let refusal = book.refusal { try $0.file(content(), on: other) }
            #expect(refusal == .notToday(day(other), today: day("2021-11-01")))
        }
        let midnight = t0 + .hours(16)
        book.wake(at: midnight)
        #expect(
            book.refusal { try $0.file(content(), at: midnight) }
                == .notToday(day("2021-11-01"), today: day("2021-11-02")))
        #expect(try book.file(content(), on: "2021-11-02", at: midnight) != nil)
    }

    @Test func whatIsRefusedChangesNothing() throws {
        var book = try Commitments()
        _ = try book.file(content())
        _ = book.machine.takeChanges()
        let before = book.book
        _ = book.refusal { try $0.file(content(items: ["units": .number(7)])) }
        _ = book.refusal { try $0.delegate(to: "o2") }
        #expect(book.book == before)
        #expect(book.machine.takeChanges().isEmpty)
    }

    /// Where the regulation asks for none, none is late and none is missed.
    @Test func withoutARuleNothingIsDue() throws {
        var book = try Commitments(nil)
        #expect(book.book.nextDue == nil)
        #expect(try book.file(content(), at: ten + .hours(3))?.isLate == false)
    }
}

/// Days that were missed, and what was done about them (CON-12, CON-19).
@Suite struct MissedCommitmentTests {
    /// At the time of the profile everybody without one is missed.
    @Test func whoHasNotCommittedByTenIsMissed() throws {
        var book = try Commitments()
        #expect(book.book.nextDue == ten)
        _ = try book.file(content())
        #expect(book.wake(at: ten - .seconds(1)).isEmpty)
        let missed = book.wake(at: ten)
        #expect(missed.map(\.enterprise.text) == ["e2"])
        #expect(missed.first?.dueAt == ten && missed.first?.day == day("2021-11-01"))
        #expect(book.book.nextDue == ten + .day)
        #expect(book.wake(at: ten + .hours(5)).isEmpty)
    }

    /// One that comes later is late, and the record of the miss stays.
    @Test func theRecordStaysWhenSomethingComesLater() throws {
        var book = try Commitments()
        book.wake(at: ten)
        _ = try book.file(content(late: "network"), at: ten + .minutes(5))
        #expect(book.book.missedDays(of: EnterpriseID("e1")).count == 1)
    }

    /// A service that did not run at ten decides it afterwards, each day as of its time.
    @Test func daysThatPassedAreDecidedAfterwards() throws {
        var book = try Commitments()
        _ = try book.file(content())
        let late = ten + .day * 2 + .hours(1)
        let missed = book.wake(at: late).filter { $0.enterprise.text == "e1" }
        #expect(missed.map(\.day.text) == ["2021-11-02", "2021-11-03"])
        #expect(missed.map(\.dueAt) == [ten + .day, ten + .day * 2])
        #expect(missed.allSatisfy { $0.decidedAt == late })
    }

    /// Who begins after the time of the day has missed nothing on it.
    @Test func theFirstDayCountsOnlyFromBeforeItsTime() throws {
        let machine = try ingestMachine(at: ten + .minutes(1))
        #expect(machine.commitments.nextDue == ten + .day)
    }

    /// CON-19: a body above writes down what it did; several times, each once.
    @Test func aMissedDayIsDealtWith() throws {
        var book = try Commitments()
        book.wake(at: ten)
        let one = try #require(try book.deal("r1"))
        #expect(one.handlings.map(\.measure) == ["telephoned"])
        #expect(one.handlings.first?.node == NodeID("d1"))
        #expect(try book.deal("r1") == nil)
        #expect(book.refusal { try $0.deal("r1", text: "另一") } != nil)
        #expect(try book.deal("r2", text: "再次")?.handlings.count == 2)
        for node in ["e1", "d2", "", "nowhere"] {
            #expect(
                book.refusal { try $0.deal("r3", node: node) }
                    == .notAbove(subject: "county-1", node: NodeID(node), EnterpriseID("e1")))
        }
        #expect(
            book.refusal { try $0.deal("r3", on: "2021-11-02") }
                == .notMissed(EnterpriseID("e1"), day("2021-11-02")))
        #expect(book.refusal { try $0.deal("r3", measure: "x") } != nil)
        // An administrator of everything stands above each.
        let mended = try #require(try book.deal("r3", node: nil))
        #expect(mended.handlings.count == 3 && mended.handlings.last?.node == NodeID(""))
    }

    @Test func aRestartChangesNothing() throws {
        var book = try Commitments()
        _ = try book.file(content())
        _ = try book.delegate(to: "o3")
        book.wake(at: ten)
        _ = try book.deal("r1", of: "e2", node: "d2")
        var again = try ingestMachine()
        for change in book.machine.takeChanges() {
            if let part = change.part { again.restore(part, key: change.key) }
        }
        #expect(again.commitments == book.book)
        #expect(again.commitments.nextDue == book.book.nextDue)
    }

    /// A part is stored under its own key, and what is forgotten is removed.
    @Test func missedDaysAreForgottenAfterAMonth() throws {
        var book = try Commitments()
        book.wake(at: ten)
        _ = book.machine.takeChanges()
        book.wake(at: ten + .day * 400)
        let days = book.book.missedDays(of: EnterpriseID("e1"))
        #expect(days.count == 31 && days.first?.day != day("2021-11-01"))
        let gone = book.machine.takeChanges().filter { $0.part == nil }.map(\.key)
        #expect(gone.contains("missed/e1/2021-11-01"))
    }
}

/// CON-17: due, in time, late and missed, by period and by enterprise or area.
@Suite struct CommitmentStatisticsTests {
    @Test(arguments: [
        (CommitmentPeriod.day, "2021-11-01"), (.month, "2021-11"), (.quarter, "2021-Q4"),
        (.year, "2021"),
    ])
    func periodsHaveNames(period: CommitmentPeriod, name: String) {
        #expect(period.name(of: day("2021-11-01")) == name)
    }

    @Test func areasAddUpTheirEnterprises() throws {
        let registry = try registered()
        let counts = [
            count("e1", .inTime, 20), count("e1", .missed, 2), count("e2", .late, 3),
            count("e9", .missed, 9),
        ]
        let city = registry.statistics(of: counts, by: .area(.city))
        #expect(city.map(\.node.text) == ["c1"])
        #expect(city.first?.tally.due == 25 && city.first?.tally.inTime == 20)
        let park = registry.statistics(of: counts, by: .area(.park))
        #expect(park.map(\.tally.due) == [22])
        let own = registry.statistics(of: counts, by: .enterprise)
        #expect(own.map(\.node.text) == ["e1", "e2", "e9"])
    }

    private func count(
        _ enterprise: String, _ standing: CommitmentStanding, _ count: Int
    ) -> CommitmentCount {
        CommitmentCount(
            enterprise: EnterpriseID(enterprise), period: "2021-11", standing: standing,
            count: count)
    }
}

/// 2021-11-01 10:00 +08:00.
private let ten = t0 + .hours(2)

/// All items answered, and some of them otherwise.
private func content(
    items: [String: CommitmentItem.Value] = [:], late: String = ""
) -> CommitmentContent {
    var answers: [String: CommitmentItem.Value] = [
        "units": .number(3), "running": .number(2), "fires": .number(0), "danger": .flag(false),
        "grade": .choice("low"), "notice": .text("一切正常"),
    ]
    answers.merge(items) { $1 }
    return CommitmentContent(
        items: answers.map { CommitmentItem($0.key, $0.value) }, lateReason: late,
        lateText: late.isEmpty ? "" : "断网")
}

/// A machine of which only the commitments are asked.
private struct Commitments {
    var machine: IngestMachine
    var book: CommitmentBook { machine.commitments }

    init(_ rule: CommitmentRule? = tenOClock) throws { machine = try ingestMachine(rule: rule) }

    mutating func handle(
        _ event: CommitmentEvent, at now: Instant = t0
    ) throws -> [IngestMachine.Effect] {
        try machine.handle(.commitment(event), at: now)
    }

    /// The commitment as it stands; nil: nothing new.
    mutating func file(
        _ content: CommitmentContent, on date: String = "2021-11-01", by subject: String = "o1",
        at now: Instant = t0
    ) throws -> Commitment? {
        let draft = CommitmentDraft(
            enterprise: EnterpriseID("e1"), day: day(date), content: content)
        return try handle(.filed(draft, by: subject), at: now).compactMap { effect in
            if case .commitment(.filed(let one)) = effect { one } else { nil }
        }.first
    }

    mutating func delegate(
        to person: String, by subject: String = "o1"
    ) throws -> [IngestMachine.Effect] {
        let draft = DelegationDraft(
            id: DelegationID("w1"), enterprise: EnterpriseID("e1"), delegate: PersonID(person),
            from: day("2021-11-01"), to: day("2021-11-02"), reason: "出差")
        return try handle(.delegated(draft, by: subject))
    }

    /// The missed day with its records; nil: nothing new.
    mutating func deal(
        _ id: String, of enterprise: String = "e1", on date: String = "2021-11-01",
        measure: String = "telephoned", text: String = "已电话", node: String? = "d1"
    ) throws -> MissedCommitment? {
        let draft = HandlingDraft(
            id: HandlingID(id), enterprise: EnterpriseID(enterprise), day: day(date),
            measure: measure, text: text)
        let event = CommitmentEvent.handled(draft, by: "county-1", node: node.map { NodeID($0) })
        return try handle(event, at: ten + .hours(1)).compactMap { effect in
            if case .commitment(.handled(let one)) = effect { one } else { nil }
        }.first
    }

    @discardableResult
    mutating func wake(at now: Instant) -> [MissedCommitment] {
        machine.wake(at: now, heard: .distantFuture).compactMap { effect in
            if case .commitment(.missed(let one)) = effect { one } else { nil }
        }
    }

    /// Why it was refused; nil: it was taken.
    mutating func refusal<Answer>(
        _ body: (inout Commitments) throws -> Answer
    ) -> CommitmentRefusal? {
        do {
            _ = try body(&self)
            return nil
        } catch let refusal as IngestRefusal {
            if case .commitment(let refusal) = refusal { return refusal }
        } catch {
            Issue.record("\(error)")
        }
        return nil
    }
}
