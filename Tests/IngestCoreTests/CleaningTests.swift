import Domain
import Foundation
import IngestCore
import Testing

/// The cleaning of dust: on schedule, checked in, or a finding (EDG-11).
@Suite struct CleaningTests {
    private static let area = CleaningKey(.object, "w1")
    /// Monday 2021-11-01 08:00; the first whole day that counts ends on Wednesday at midnight.
    private let firstDue = t0 + .hours(40)

    private func machine(every hours: String = "") throws -> IngestMachine {
        var machine = IngestMachine(
            registrar: RegistryMachine(packs: plantPacks),
            commitments: CommitmentBook(form: smallForm, rule: nil, zone: .beijing))
        let more = [
            workshop(every: hours),
            "officer id=o1 node=e1 post=safetyHead name=安全员 telephone=000-0000-0004",
            "officer id=o2 node=d1 post=duty name=值班员 telephone=000-0000-0005",
        ]
        try machine.take((city + more).joined(separator: "\n"), at: t0)
        return machine
    }

    private func workshop(every hours: String) -> String {
        "object id=w1 kind=workshop enterprise=e1 name=打磨车间"
            + (hours.isEmpty ? "" : " cleanEveryHours=\(hours)")
    }

    private func draft(
        _ id: String, cleaned: Instant, place: (Double, Double) = (119.01, 25.43),
        of key: CleaningKey = area, photo: String? = nil
    ) -> CleaningDraft {
        CleaningDraft(
            id: CleaningID(id), key: key, cleanedAt: cleaned,
            place: .init(longitude: place.0, latitude: place.1), photo: photo ?? "photo of \(id)")
    }

    private func standing(_ machine: IngestMachine) throws -> CleaningStanding {
        try #require(machine.cleanings.standings[Self.area])
    }

    private func open(_ machine: IngestMachine) -> FindingRecord? {
        machine.watch.findings[FindingKey(.cleaningMissed, Self.area.entry)]
    }

    private func missed(_ effects: [IngestMachine.Effect]) -> [MissedCleaning] {
        effects.compactMap { effect in
            if case .cleaning(.missed(let one)) = effect { one } else { nil }
        }
    }

    /// EDG-11: turns begin at midnight of the profile's zone, and longer ones on a Monday.
    @Test(arguments: [
        (Zone.beijing, Int64(24), Interval.hours(16)), (.beijing, 8, .hours(8)),
        (.beijing, 168, .hours(160)), (Zone(offsetMinutes: 0), 24, .day),
        (.beijing, 12, .hours(4)),
    ])
    func turnsBeginWhereDaysDo(zone: Zone, hours: Int64, wait: Interval) {
        let book = CleaningBook(zone: zone)
        #expect(book.boundary(after: t0, .hours(hours)) == t0 + wait)
        #expect(book.boundary(after: t0 + wait, .hours(hours)) == t0 + wait + .hours(hours))
        let early = Instant(unixMilliseconds: 0)
        let next = book.boundary(after: early, .hours(hours))
        #expect(next > early && next - early <= .hours(hours))
    }

    /// EDG-11: what nobody checked in is a finding from the turn's end on, and stays one.
    @Test func aMissedCleaningIsAFinding() throws {
        var machine = try machine()
        #expect(machine.nextDue(heard: t0) == firstDue)
        #expect(machine.wake(at: firstDue - Interval(milliseconds: 1), heard: t0).isEmpty)
        #expect(open(machine) == nil)
        let first = try #require(missed(machine.wake(at: firstDue, heard: t0)).first)
        #expect(first.from == t0 && first.dueAt == firstDue && first.day == "2021-11-02")
        #expect(first.area.clause == "004 三(二)")
        let finding = try #require(open(machine))
        #expect(finding.id == "cleaningMissed/object/w1/1" && finding.node == NodeID("e1"))
        #expect(finding.firstAt == t0 && finding.lastAt == firstDue)
        #expect(finding.clues.prefix(2).map(\.text) == ["1", "never"])
        // The next one missed is the same finding, with its count.
        #expect(missed(machine.wake(at: firstDue + .day, heard: t0)).count == 1)
        #expect(open(machine)?.number == 1 && open(machine)?.clues.first?.text == "2")
        #expect(machine.nextDue(heard: t0) == firstDue + .day * 2)
    }

    /// EDG-11: a cleaning that was checked in keeps its turn, and ends what was missed before.
    @Test func aCheckInKeepsItsTurn() throws {
        var machine = try machine()
        _ = try machine.checkIn(draft("c1", cleaned: t0 + .hours(20)), at: t0 + .hours(20))
        #expect(try standing(machine).isDone)
        #expect(missed(machine.wake(at: firstDue, heard: t0)).isEmpty && open(machine) == nil)
        // It is none for the next turn.
        #expect(try !standing(machine).isDone)
        #expect(missed(machine.wake(at: firstDue + .day, heard: t0)).count == 1)
        #expect(open(machine)?.clues[1].text == "2021-11-02 04:00:00 +08:00")
        let now = firstDue + .day + .hours(1)
        let effects = try machine.checkIn(draft("c2", cleaned: now), at: now)
        #expect(effects.count == 2 && open(machine) == nil)
        #expect(try standing(machine).missedCount == 0)
    }

    /// EDG-11: the same again is one, and another of the same name is none.
    @Test func aCheckInIsIdempotent() throws {
        var machine = try machine()
        let one = draft("c1", cleaned: t0)
        #expect(try machine.checkIn(one, at: t0).count == 1)
        let before = machine.cleanings
        #expect(try machine.checkIn(one, at: t0 + .hours(1)).isEmpty)
        #expect(machine.cleanings == before)
        #expect(throws: IngestRefusal.cleaning(.nameTaken(CleaningID("c1")))) {
            try machine.checkIn(draft("c1", cleaned: t0 - .minutes(1)), at: t0)
        }
        #expect(throws: IngestRefusal.cleaning(.nameTaken(CleaningID("c1")))) {
            try machine.checkIn(one, by: "a1", at: t0)
        }
    }

    /// EDG-11: only who belongs to the enterprise, where something is to be cleaned, with time,
    /// place and a photograph of its own.
    @Test func nonsenseIsRefused() throws {
        var machine = try machine()
        let enterprise = EnterpriseID("e1")
        for subject in ["o2", "nobody"] {
            #expect(
                throws: IngestRefusal.cleaning(.notStaff(subject: subject, enterprise))
            ) { try machine.checkIn(draft("c1", cleaned: t0), by: subject, at: t0) }
        }
        let other = CleaningKey(.device, "v1")
        #expect(throws: IngestRefusal.cleaning(.notScheduled(other))) {
            try machine.checkIn(draft("c1", cleaned: t0, of: other), at: t0)
        }
        _ = try machine.checkIn(draft("c0", cleaned: t0, photo: "once"), at: t0)
        let before = machine.cleanings
        let wrong = [
            draft("", cleaned: t0), draft("a b", cleaned: t0),
            draft("c1", cleaned: t0 + .minutes(2)),
            draft("c1", cleaned: t0 - .day * 3 - .seconds(1)),
            draft("c1", cleaned: t0, place: (0, 0)), draft("c1", cleaned: t0, place: (200, 20)),
            draft("c1", cleaned: t0, place: (.nan, 20)),
            draft("c1", cleaned: t0, photo: "once"),
        ]
        for one in wrong {
            #expect(throws: IngestRefusal.self, "\(one)") { try machine.checkIn(one, at: t0) }
        }
        #expect(machine.cleanings == before)
        #expect(try machine.checkIn(draft("c1", cleaned: t0 - .day * 3), at: t0).count == 1)
    }

    /// EDG-11: what is told late ends the finding only if it was the last turn that was kept.
    @Test func whatIsToldLateStaysOnRecord() throws {
        var machine = try machine()
        _ = machine.wake(at: firstDue, heard: t0)
        let now = firstDue + .day
        _ = machine.wake(at: now, heard: t0)
        _ = try machine.checkIn(draft("c1", cleaned: firstDue - .hours(1)), at: now)
        #expect(open(machine) != nil)
        #expect(try standing(machine).missedCount == 2)
        _ = try machine.checkIn(draft("c2", cleaned: firstDue + .hours(1)), at: now)
        #expect(open(machine) == nil)
    }

    /// EDG-11: the schedule is the registry's: sooner at once, never put off, gone with its area.
    @Test func theScheduleFollowsTheRegistry() throws {
        var machine = try machine()
        try machine.take(workshop(every: "8"), at: t0 + .hours(1))
        #expect(try standing(machine).dueAt == t0 + .hours(8))
        try machine.take(workshop(every: "168"), at: t0 + .hours(2))
        #expect(try standing(machine).dueAt == t0 + .hours(8))
        #expect(missed(machine.wake(at: t0 + .hours(8), heard: t0)).count == 1)
        #expect(try standing(machine).dueAt == t0 + .hours(160))
        #expect(open(machine) != nil)
        try machine.take("object id=w1 kind=keyPosition enterprise=e1 name=部位", at: t0 + .hours(9))
        #expect(machine.cleanings.standings.isEmpty && open(machine) == nil)
        #expect(machine.nextDue(heard: t0) == nil)
    }

    /// EDG-11: a restart changes nothing, and a store from before is followed.
    @Test func schedulesSurviveARestart() throws {
        var first = try machine()
        _ = first.wake(at: firstDue, heard: t0)
        _ = try first.checkIn(draft("c1", cleaned: firstDue), at: firstDue)
        var second = try machine()
        second = IngestMachine(
            registrar: RegistryMachine(packs: plantPacks),
            commitments: CommitmentBook(form: smallForm, rule: nil, zone: .beijing))
        var old = second
        for change in first.takeChanges() {
            let data = try JSONEncoder().encode(try #require(change.part))
            let part = try JSONDecoder().decode(IngestPart.self, from: data)
            second.restore(part, key: change.key)
            if !change.key.hasPrefix("cleaning/") { old.restore(part, key: change.key) }
        }
        #expect(second.cleanings == first.cleanings)
        #expect(second.nextDue(heard: t0) == first.nextDue(heard: t0))
        #expect(try second.checkIn(draft("c1", cleaned: firstDue), at: firstDue).isEmpty)
        #expect(old.nextDue(heard: t0) == nil)
        _ = try old.handle(.watch(.observed([], listeningSince: t0)), at: t0)
        #expect(old.nextDue(heard: t0) == firstDue)
    }

    /// EDG-11: after a long stop what was missed is one record until lately, and none is lost.
    @Test func aLongStopIsOneRecord() throws {
        var machine = try machine()
        let end = t0 + .day * 100
        let all = missed(machine.wake(at: end, heard: t0))
        let first = try #require(all.first)
        #expect(first.from == t0 && first.dueAt > end - .day * 31)
        #expect(all.count == 31)
        for (one, next) in zip(all, all.dropFirst()) { #expect(one.dueAt == next.from) }
        #expect(all.allSatisfy { $0.decidedAt == end })
    }
}

extension IngestMachine {
    fileprivate mutating func checkIn(
        _ draft: CleaningDraft, by subject: String = "o1", at now: Instant
    ) throws -> [Effect] {
        try handle(.cleaning(.checkedIn(draft, by: subject)), at: now)
    }
}
