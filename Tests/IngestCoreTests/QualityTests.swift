import Domain
import IngestCore
import Policy
import Testing

/// The five scores of an enterprise and day (ING-13).
@Suite struct QualityTests {
    private let window = Span(t0, t0 + .hours(24))

    private func day(
        _ id: String, gaps: [Span] = [], outages: [Span] = [], readings: Int64 = 1_000,
        immediate: Int64 = 1_000, accurate: Int64 = 1_000
    ) -> PointDay {
        let online = OnlineTime(window: window, registeredAt: t0, gaps: gaps, outages: outages)
        var count = DayCount()
        (count.readings, count.immediate, count.accurate) = (readings, immediate, accurate)
        let due = SpanSet([window]).subtracting(SpanSet(outages))
        return PointDay(point: PointID(id), online: online, count: count, due: due)
    }

    private func finding(_ kind: FindingKind, _ id: String, hours: Range<Int64>) -> DayFinding {
        DayFinding(
            key: FindingKey(kind, EntryKey(.point, id)),
            span: Span(t0 + .hours(hours.lowerBound), t0 + .hours(hours.upperBound)),
            points: [PointID(id)])
    }

    private func scores(
        _ points: [PointDay], _ findings: [DayFinding] = [], _ registered: [Sighting] = []
    ) -> [QualityScore] {
        QualityDay(window: window, points: points, findings: findings, registered: registered)
            .scores
    }

    /// All is well: five full scores, each with its formula, and nothing to look into.
    @Test func aGoodDayIsFull() {
        let scores = scores([day("t1"), day("x1")])
        #expect(scores.map(\.quality) == FindingKind.Quality.allCases)
        #expect(scores.map(\.score) == Array(repeating: 10_000, count: 5))
        #expect(scores.allSatisfy { $0.losses.isEmpty && !$0.formula.isEmpty })
        #expect(Set(scores.map(\.quality.title)).count == 5)
    }

    /// Each quality is lost by what belongs to it, and by nothing else.
    @Test func eachScoreLosesItsOwn() {
        let gap = Span(t0, t0 + .hours(12))
        let truth = scores([day("t1"), day("x1")], [finding(.flatLine, "t1", hours: 0..<12)])
        #expect(truth.map(\.score) == [7_500, 10_000, 10_000, 10_000, 10_000])
        let late = scores([day("t1", immediate: 500), day("x1")])
        #expect(late.map(\.score) == [10_000, 7_500, 10_000, 10_000, 10_000])
        let gone = scores([day("t1", gaps: [gap]), day("x1")])
        #expect(gone.map(\.score) == [10_000, 10_000, 7_500, 10_000, 10_000])
        let unit = Sighting(
            .noUnit, EntryKey(.point, "t1"), node: NodeID("e1"), firstAt: t0, lastAt: t0, clues: [])
        #expect(
            scores([day("t1"), day("x1")], [], [unit]).map(\.score) == [
                10_000, 10_000, 10_000, 5_000, 10_000,
            ])
        let bad = scores([day("t1", accurate: 500), day("x1")])
        #expect(bad.map(\.score) == [10_000, 10_000, 10_000, 10_000, 7_500])
    }

    /// The drill-down adds up to what is missing.
    @Test func lossesAddUp() {
        let scores = scores(
            [day("t1", gaps: [Span(t0, t0 + .hours(1))], immediate: 900), day("x1", accurate: 10)],
            [
                finding(.flatLine, "t1", hours: 2..<5), finding(.rangeMoved, "t1", hours: 4..<8),
                finding(.clockSkew, "x1", hours: 0..<6),
            ])
        for score in scores {
            let lost = score.losses.reduce(0) { $0 + $1.amount }
            #expect(score.whole - score.part == lost, "\(score.quality)")
        }
        // Findings that overlap cost their time once.
        #expect(scores[0].losses.first?.amount == Interval.hours(6).milliseconds)
        #expect(scores[0].losses.first?.reason == "flatLine, rangeMoved")
        // A clock that is off for a quarter of the day costs a quarter of the readings.
        #expect(scores[1].losses.first?.amount == 250)
        #expect(scores[1].losses.first?.reason == "clockSkew")
    }

    /// ING-12: what should be connected and is not registered counts as silent all day.
    @Test func missingPointsCostCompleteness() {
        let missing = Sighting(
            .missingPoint, EntryKey(.device, "v1"), node: NodeID("e1"), firstAt: t0, lastAt: t0,
            clues: [Clue("pressure", "003"), Clue("toxicGas", "003")])
        let scores = scores([day("t1"), day("x1")], [], [missing])
        #expect(scores.map(\.score) == [10_000, 10_000, 5_000, 10_000, 10_000])
    }

    /// ING-19: filed outage costs nothing; a day of it has no score that could be good or bad.
    @Test func aFiledDayHasNoScore() {
        let all = day(
            "t1", gaps: [window], outages: [window], readings: 0, immediate: 0, accurate: 0)
        let scores = scores([all], [finding(.flatLine, "t1", hours: 0..<24)])
        #expect(scores.map(\.score) == [nil, nil, nil, 10_000, nil])
    }

    /// ING-18: a filed stop excuses nothing while data show that the unit runs.
    @Test func aRefutedStopExcusesNothing() throws {
        var record = PresenceRecord(.point(PointID("t1")), node: NodeID("e1"), registeredAt: t0)
        record.presence = .online(since: t0)
        let source = EntryKey(.hazardSource, "s1")
        let lie = PastFinding(
            key: FindingKey(.stoppedButRunning, source), node: NodeID("e1"),
            span: Span(t0 + .hours(6), t0 + .hours(30)), clues: [])
        for (past, scored) in [([], nil), ([lie], 0)] as [([PastFinding], Int64?)] {
            let book = DayBook(
                window: window, registry: try registered(), records: [record], gaps: [:],
                outages: [record.subject: [window]], findings: past)
            let scores = book.scores(of: NodeID("e1"), counts: [:])
            #expect(scores.first?.score == scored)
            #expect(scores.first?.whole == Interval.hours(past.isEmpty ? 0 : 18).milliseconds)
        }
    }

    /// Readings are counted by what is good about them.
    @Test func readingsAreCounted() throws {
        var table = WatchTable(presence: .ours, detectors: .ours)
        table.follow(try registered(), packs: .none)
        let gateway = GatewayID("g1")
        let now = t0 + .hours(1)
        for (value, ago, quality) in [
            (20.0, 5, 0), (20.0, 61, 0), (20.0, 60, 1), (300.0, 0, 0),
        ] as [(Double, Int64, UInt8)] {
            table.take(
                one("t1", value, at: now - .seconds(ago), quality: quality), from: gateway,
                receivedAt: now)
        }
        let day = try #require(table.takeDay().first)
        #expect(day.point == PointID("t1"))
        #expect(day.count.readings == 4)
        #expect(day.count.immediate == 3)
        #expect(day.count.accurate == 2)
        #expect(table.takeDay().isEmpty)
    }
}

/// Online rates of enterprises from records, gaps and filings (ING-19).
@Suite struct PresenceReportTests {
    private let window = Span(t0, t0 + .hours(10))

    private func record(
        _ subject: PresenceSubject, _ presence: Presence, registered: Instant = t0
    ) -> PresenceRecord {
        var record = PresenceRecord(subject, node: NodeID("e1"), registeredAt: registered)
        record.presence = presence
        return record
    }

    /// The rate counts all points; what never spoke counts as silent, filed outage not at all.
    @Test func theRateIsThatOfAllPoints() throws {
        let (a, b) = (PresenceSubject(.point, "a"), PresenceSubject(.point, "b"))
        let (c, d) = (PresenceSubject(.point, "c"), PresenceSubject(.point, "d"))
        let gap = Span(t0 + .hours(1), t0 + .hours(2))
        let filed = Span(t0 + .hours(4), t0 + .hours(12))
        let report = PresenceReport(window: window, gaps: [a: [gap]], outages: [c: [filed]])
        let all = report.enterprises([
            record(.enterprise(EnterpriseID("e1")), .online(since: t0)),
            record(a, .online(since: gap.to)), record(b, .neverHeard),
            record(c, .offline(since: t0 + .hours(5))),
            record(d, .offline(since: t0 + .hours(9)), registered: t0 + .hours(8)),
        ])
        let one = try #require(all.first)
        #expect(all.count == 1)
        // 10 + 10 + 4 + 2 hours are due; a gives 9, b none, c 4, d 1.
        #expect(one.points.due == .hours(26))
        #expect(one.points.connected == .hours(14))
        #expect(one.points.filed == .hours(6))
        #expect(one.points.rate == 5_384)
        #expect(one.line.rate == 10_000)
        #expect(one.pointCount == 4 && one.silentCount == 3)
        #expect(one.rows.map(\.record.subject.id) == ["b", "a", "d", "c"])
        #expect(one.rows.map(\.gaps) == [[window], [gap], [Span(t0 + .hours(9), window.to)], []])
    }
}

/// What is connected of each source (ING-12).
@Suite struct SourceConnectionTests {
    /// The register without what was received is a list, to the point.
    @Test func whatIsNotReceivedIsListed() throws {
        let registry = try registered()
        var book = PresenceBook()
        _ = book.follow(registry.presenceSubjects(), at: t0)
        let none = registry.connections(by: .none, book.records)
        #expect(none.map(\.silent) == [[PointID("t1"), PointID("x1")]])
        let point = PresenceSubject(.point, "t1")
        _ = book.observe([.heard(point, at: t0)], at: t0)
        let one = try #require(registry.connections(by: .none, book.records).first)
        #expect(one.source == HazardSourceID("s1") && one.registered == 2)
        #expect(one.connected == 1 && one.silent == [PointID("x1")] && !one.isComplete)
        _ = book.setFiled([PointID("x1")], at: t0)
        let all = try #require(registry.connections(by: .none, book.records).first)
        #expect(all.isComplete && all.filed == 1)
    }
}
