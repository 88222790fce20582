import Domain
import IngestCore
import Policy
import Testing

/// Who is online, offline or filed, as the book decides it.
@Suite struct PresenceBookTests {
    private let point = PresenceSubject.point(PointID("t1"))
    private let other = PresenceSubject.point(PointID("x1"))
    private let enterprise = PresenceSubject.enterprise(EnterpriseID("e1"))
    private let limit = PresenceRule.ours.pointOffline

    private func book() throws -> PresenceBook {
        var book = PresenceBook()
        _ = book.follow(try registered().presenceSubjects(), at: t0)
        return book
    }

    private func online() throws -> PresenceBook {
        var book = try book()
        let all = book.all.map { Observation.heard($0.subject, at: t0) }
        _ = book.observe(all, at: t0)
        return book
    }

    private func sightings(_ effects: [PresenceEffect]) -> [String] {
        effects.compactMap { effect in
            if case .sighted(let sighting) = effect { return sighting.key.description }
            return nil
        }
    }

    /// ING-12, ING-21: what was never heard is a finding, once for an enterprise as a whole.
    @Test func absenceAlwaysRaisesSomething() throws {
        var book = try book()
        #expect(book.nextDue == t0 + limit)
        #expect(book.wake(at: t0 + limit - Interval(milliseconds: 1)).isEmpty)
        let found = sightings(book.wake(at: t0 + limit))
        #expect(found == ["neverConnected/enterprise/e1", "neverConnected/enterprise/e2"])
        // One point of it speaks: the others are findings of their own, after their minutes.
        let now = t0 + .hours(1)
        let heard = book.observe([.heard(enterprise, at: now), .heard(point, at: now)], at: now)
        #expect(sightings(heard).isEmpty)
        #expect(
            sightings(book.wake(at: now + limit)) == [
                "neverConnected/gateway/g1", "neverConnected/point/x1",
            ])
    }

    /// ING-19: offline since it was last heard, and each change is told once.
    @Test func aSilentPointIsAFindingUntilItSpeaks() throws {
        var book = try online()
        let now = t0 + limit
        let effects = book.observe([.silent(point, since: t0)], at: now)
        #expect(sightings(effects) == ["offline/point/t1"])
        let change = PresenceChange(
            subject: point, node: NodeID("e1"), from: "online", to: "offline", at: t0,
            clause: PresenceRule.ours.clause.text)
        #expect(effects.contains(.changed(change)))
        #expect(book.observe([.silent(point, since: t0)], at: now).isEmpty)
        let back = now + .minutes(3)
        let returned = book.observe([.gap(point, Span(t0, back))], at: back)
        #expect(returned.contains(.gap(point, node: NodeID("e1"), Span(t0, back))))
        #expect(returned.contains(.ended(FindingKey(.offline, point.key), at: back)))
        #expect(book.records[point]?.presence == .online(since: back))
    }

    /// An enterprise that is cut off is one finding; a point that stays away after that is another.
    @Test func aCutOfAllIsOneFinding() throws {
        var book = try online()
        let now = t0 + limit
        let silent = book.all.filter { $0.node == NodeID("e1") }.map(\.subject).sorted()
        // As the sweep has it: lines first.
        let found = book.observe(silent.map { .silent($0, since: t0) }, at: now)
        #expect(sightings(found) == ["offline/enterprise/e1"])
        #expect(book.records[point]?.presence == .offline(since: t0))
        let back = now + .hours(2)
        let most = silent.filter { $0 != other }.map { Observation.gap($0, Span(t0, back)) }
        #expect(sightings(book.observe(most, at: back)).isEmpty)
        #expect(sightings(book.wake(at: back + limit)) == ["offline/point/x1"])
    }

    /// ING-21: long-term offline by the days of the profile, and again a finding of its own.
    @Test func longTermOfflineIsListed() throws {
        var book = try online()
        _ = book.observe([.silent(point, since: t0)], at: t0 + limit)
        let long = PresenceRule.ours.longTermOffline
        #expect(book.wake(at: t0 + long - .seconds(1)).isEmpty)
        #expect(sightings(book.wake(at: t0 + long)) == ["longTermOffline/point/t1"])
        #expect(book.records[point]?.isLongTerm == true)
        #expect(book.wake(at: t0 + long * 3).isEmpty)
    }

    /// ING-19, CON-22: a filing takes a point out of what is due, and its end gives it its minutes.
    @Test func aFiledPointIsNoFindingUntilItsEnd() throws {
        var book = try online()
        _ = book.observe([.silent(point, since: t0)], at: t0 + limit)
        let start = t0 + .hours(1)
        let filed = book.setFiled([PointID("t1")], at: start)
        #expect(filed.contains(.ended(FindingKey(.offline, point.key), at: start)))
        #expect(book.records[point]?.name == "filedOutage")
        // What the line says meanwhile is no news.
        let back = start + .hours(1)
        #expect(book.observe([.heard(point, at: back)], at: back).count == 1)
        let again = back + .hours(1)
        #expect(book.observe([.silent(point, since: back)], at: again).isEmpty)
        #expect(book.wake(at: t0 + .hours(2_000)).isEmpty)
        let end = t0 + .hours(2_000)
        #expect(sightings(book.setFiled([], at: end)).isEmpty)
        #expect(sightings(book.wake(at: end + limit)) == ["offline/point/t1"])
    }

    /// While the platform itself was down nobody listened; after that the minutes run.
    @Test func ourOwnStopIsNobodysSilence() throws {
        var book = try book()
        let start = t0 + .hours(3)
        #expect(book.wake(at: start, listeningSince: start).isEmpty)
        #expect(book.nextDue == start + limit)
        let found = sightings(book.wake(at: start + limit, listeningSince: start))
        #expect(found == ["neverConnected/enterprise/e1", "neverConnected/enterprise/e2"])
        // It was silent since it was registered all the same.
        #expect(book.records[enterprise]?.silentSince == t0)
    }

    /// One finding says how many points it stands for; those that are filed are not among them.
    @Test func aSilentEnterpriseNamesItsCount() throws {
        var book = try online()
        _ = book.setFiled([PointID("x1")], at: t0)
        let effects = book.observe([.silent(enterprise, since: t0)], at: t0 + limit)
        let clues = effects.compactMap { effect -> [Clue]? in
            if case .sighted(let sighting) = effect { return sighting.clues }
            return nil
        }
        #expect(clues.first?.last == Clue("points silent with it", "1"))
    }

    /// ING-26: a link that is silent has a name of its own.
    @Test func aBrokenLinkIsAnAlert() throws {
        var book = try online()
        let link = PresenceSubject(.link, "p1")
        _ = book.follow(
            try registered().presenceSubjects() + [(subject: link, node: NodeID("p1"))], at: t0)
        _ = book.observe([.heard(link, at: t0)], at: t0)
        let found = book.observe([.silent(link, since: t0)], at: t0 + .hours(1))
        #expect(sightings(found) == ["linkBroken/node/p1"])
    }

    /// A restart in the middle changes nothing.
    @Test func storedRecordsAreTheWholeState() throws {
        var book = try online()
        _ = book.observe(
            [.silent(point, since: t0), .silent(enterprise, since: t0)], at: t0 + limit)
        var again = PresenceBook()
        for record in book.all.reversed() { again.restore(record) }
        #expect(again.all == book.all)
        #expect(again.nextDue == book.nextDue)
        let later = t0 + .hours(400)
        #expect(again.wake(at: later) == book.wake(at: later))
        let keys = book.takeChanged().map { $0.key }
        #expect(keys.contains("presence/point/t1"))
        #expect(book.takeChanged().isEmpty)
    }

    /// What leaves the registry is not due any more.
    @Test func whatIsRemovedIsNotWatched() throws {
        var book = try online()
        let left = try registered().presenceSubjects().filter { $0.subject != point }
        let effects = book.follow(left, at: t0)
        #expect(effects.contains(.ended(FindingKey(.offline, point.key), at: t0)))
        #expect(book.records[point] == nil)
        #expect(book.observe([.silent(point, since: t0)], at: t0 + .hours(1)).isEmpty)
    }
}
