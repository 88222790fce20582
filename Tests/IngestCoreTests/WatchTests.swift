import Domain
import IngestCore
import Policy
import Testing

/// What the watch makes of single points and lines.
@Suite struct WatchTests {
    private let point = PointID("t1")
    private let gateway = GatewayID("g1")

    private func table() throws -> WatchTable {
        var table = WatchTable(presence: .ours, detectors: .ours)
        table.follow(try registered(), packs: .none)
        return table
    }

    private func kinds(_ found: [Observation]) -> [FindingKind] {
        found.compactMap(\.sighting?.key.kind)
    }

    /// ING-19: offline at the minutes of the profile, not before; since it was last heard.
    @Test func silenceIsSaidAtTheMinute() throws {
        var table = try table()
        table.take(one("t1", 20, at: t0), from: gateway, receivedAt: t0)
        let heard = table.sweep(at: t0, max: 100)
        #expect(heard.contains(.heard(.point(point), at: t0)))
        #expect(heard.contains(.heard(.gateway(gateway), at: t0)))
        #expect(heard.contains(.heard(.enterprise(EnterpriseID("e1")), at: t0)))
        let limit = PresenceRule.ours.pointOffline
        let before = limit.milliseconds - 1
        #expect(table.sweep(at: t0 + Interval(milliseconds: before), max: 100).isEmpty)
        let silent = table.sweep(at: t0 + limit, max: 100)
        #expect(silent.contains(.silent(.point(point), since: t0)))
        #expect(silent.count == 3)
        // Said once.
        #expect(table.sweep(at: t0 + .hours(5), max: 100).isEmpty)
    }

    /// ING-19: a gap has both ends to the millisecond, though no sweep was made in between.
    @Test func aGapBetweenSweepsIsExact() throws {
        var table = try table()
        table.take(one("t1", 20, at: t0), from: gateway, receivedAt: t0)
        _ = table.sweep(at: t0, max: 100)
        let back = t0 + .minutes(17) + Interval(milliseconds: 123)
        table.take(one("t1", 21, at: back), from: gateway, receivedAt: back)
        let found = table.sweep(at: back, max: 100)
        #expect(found.contains(.gap(.point(point), Span(t0, back))))
        #expect(found.contains(.gap(.gateway(gateway), Span(t0, back))))
        #expect(!found.contains(.silent(.point(point), since: t0)))
    }

    /// A detector in clean air reads zero for ever, and one with gas does not.
    @Test func gasAtZeroIsNoFlatLine() throws {
        let file = city(
            line: 17,
            "point id=q1 device=v1 name=可燃 indicator=combustibleGas unit=%LEL rangeLow=0 "
                + "rangeHigh=100 high=25")
        var table = WatchTable(presence: .ours, detectors: .ours)
        table.follow(try Registry().importing(file).result, packs: .none)
        func feed(_ value: Double, from: Instant) -> [FindingKind] {
            (0..<1_600 as Range<Int64>).flatMap { minute -> [FindingKind] in
                let at = from + .minutes(minute)
                table.take(one("q1", value, at: at), from: gateway, receivedAt: at)
                return kinds(table.sweep(at: at, max: 100))
            }
        }
        #expect(feed(0, from: t0).isEmpty)
        #expect(feed(3.5, from: t0 + .hours(48)) == [.flatLine])
    }

    /// A device that says that it is faulty does not pretend to measure.
    @Test func badQualityIsNoFlatLine() throws {
        var table = try table()
        for minute in 0..<1_600 as Range<Int64> {
            let at = t0 + .minutes(minute)
            table.take(one("t1", 20, at: at, quality: 2), from: gateway, receivedAt: at)
            #expect(kinds(table.sweep(at: at, max: 100)).isEmpty)
        }
    }

    /// A late reading with another value shows that the line was not flat.
    @Test func lateReadingsDisproveAFlatLine() throws {
        var table = try table()
        for minute in 0..<1_430 as Range<Int64> {
            let at = t0 + .minutes(minute)
            table.take(one("t1", 20, at: at), from: gateway, receivedAt: at)
        }
        let now = t0 + .minutes(1_430)
        table.take(one("t1", 21, at: t0 + .minutes(700)), from: gateway, receivedAt: now)
        for minute in 1_431..<1_500 as Range<Int64> {
            let at = t0 + .minutes(minute)
            table.take(one("t1", 20, at: at), from: gateway, receivedAt: at)
        }
        #expect(kinds(table.sweep(at: t0 + .minutes(1_500), max: 100)).isEmpty)
    }

    /// After a filing the same value has to stand its whole time again.
    @Test func aFilingEndsAFlatLineAndBeginsItAnew() throws {
        var table = try table()
        func feed(_ minutes: Range<Int64>) -> [Observation] {
            minutes.flatMap { minute -> [Observation] in
                let at = t0 + .minutes(minute)
                table.take(one("t1", 20, at: at), from: gateway, receivedAt: at)
                return table.sweep(at: at, max: 100)
            }
        }
        #expect(kinds(feed(0..<1_500)) == [.flatLine])
        table.setFiled([point], at: t0 + .minutes(1_500))
        let key = FindingKey(.flatLine, EntryKey(.point, "t1"))
        let ended = feed(1_500..<1_600).contains { observation in
            if case .ended(key, _) = observation { return true }
            return false
        }
        #expect(ended)
        table.setFiled([], at: t0 + .minutes(1_600))
        #expect(kinds(feed(1_600..<3_000)).isEmpty)
        #expect(kinds(feed(3_000..<3_100)) == [.flatLine])
    }

    /// ING-18: values beyond the registered range, in a row, show another range.
    @Test func valuesBeyondTheRangeAreFound() throws {
        var table = try table()
        func feed(_ values: [Double], from minute: Int64) -> [Observation] {
            values.enumerated().flatMap { index, value -> [Observation] in
                let at = t0 + .minutes(minute + Int64(index))
                table.take(one("t1", value, at: at), from: gateway, receivedAt: at)
                return table.sweep(at: at, max: 100)
            }
        }
        // A spike is none.
        #expect(kinds(feed([20, 201, 202, 20, 201, 202, 203, 204], from: 0)).isEmpty)
        let found = feed([205], from: 8)
        #expect(kinds(found) == [.outsideRange])
        #expect(found.compactMap(\.sighting).first?.firstAt == t0 + .minutes(4))
        let key = FindingKey(.outsideRange, EntryKey(.point, "t1"))
        #expect(feed([100], from: 9).contains(.ended(key, at: t0 + .minutes(9))))
    }

    /// ING-13: a clock that is off keeps its distance.
    @Test(arguments: [-7_200, -600, 400] as [Int64])
    func aWrongClockIsFound(seconds: Int64) throws {
        var table = try table()
        var found: [Observation] = []
        for minute in 0..<60 as Range<Int64> {
            let at = t0 + .minutes(minute)
            table.take(
                one("t1", Double(minute), at: at + .seconds(seconds)), from: gateway,
                receivedAt: at)
            found += table.sweep(at: at, max: 100)
        }
        #expect(kinds(found) == [.clockSkew])
        #expect(found.compactMap(\.sighting).first?.key.id == "g1")
    }

    /// A backlog catches up, and is no wrong clock; nor is one that comes beside live data.
    @Test(arguments: [true, false])
    func aLateDeliveryIsNoWrongClock(hasLive: Bool) throws {
        var table = try table()
        var found: [Observation] = []
        for minute in 0..<180 as Range<Int64> {
            let at = t0 + .minutes(minute)
            // Three days behind, and ten minutes of it in each minute.
            let behind = Interval.minutes(72 * 60 - minute * 10)
            table.take(one("t1", 1, at: at - behind), from: gateway, receivedAt: at)
            if hasLive { table.take(one("t1", 2, at: at), from: gateway, receivedAt: at) }
            found += table.sweep(at: at, max: 100)
        }
        #expect(!kinds(found).contains(.clockSkew))
    }

    /// What was found before a restart is neither found again nor ended by it.
    @Test func aRestartKeepsWhatWasFound() throws {
        var first = try table()
        var sighting: Sighting?
        for minute in 0..<1_500 as Range<Int64> {
            let at = t0 + .minutes(minute)
            first.take(one("t1", 20, at: at), from: gateway, receivedAt: at)
            sighting = first.sweep(at: at, max: 100).compactMap(\.sighting).first ?? sighting
        }
        var book = FindingBook()
        _ = book.sighted(try #require(sighting), at: t0)
        var second = try table()
        let last = t0 + .minutes(1_499)
        second.restore(
            Reading(measuredAt: last, receivedAt: last, value: 20, quality: 0), of: point)
        var record = PresenceRecord(.point(point), node: NodeID("e1"), registeredAt: t0)
        record.presence = .online(since: t0)
        second.resume([record], book.all, at: last)
        #expect(second.sweep(at: last + .seconds(5), max: 100).isEmpty)
        let next = t0 + .minutes(1_500)
        second.take(one("t1", 20, at: next), from: gateway, receivedAt: next)
        #expect(kinds(second.sweep(at: next, max: 100)).isEmpty)
        second.take(one("t1", 20.5, at: next + .minutes(1)), from: gateway, receivedAt: next)
        let key = FindingKey(.flatLine, EntryKey(.point, "t1"))
        #expect(
            second.sweep(at: next, max: 100).contains(.ended(key, at: next + .minutes(1))))
    }

    /// ING-19: time in which the platform did not listen is nobody's gap; silence after it is.
    @Test func ourOwnStopIsNobodysGap() throws {
        let subjects = [
            PresenceSubject.point(point), .gateway(gateway), .enterprise(EnterpriseID("e1")),
        ]
        let records = subjects.map { subject -> PresenceRecord in
            var record = PresenceRecord(subject, node: NodeID("e1"), registeredAt: t0)
            record.presence = .online(since: t0)
            return record
        }
        func restarted(at now: Instant) throws -> WatchTable {
            var table = try table()
            table.restore(
                Reading(measuredAt: t0, receivedAt: t0, value: 20, quality: 0), of: point)
            table.resume(records, [], at: now)
            return table
        }
        let start = t0 + .hours(5)
        var heard = try restarted(at: start)
        #expect(heard.sweep(at: start, max: 100).isEmpty)
        let soon = start + .minutes(1)
        heard.take(one("t1", 21, at: soon), from: gateway, receivedAt: soon)
        #expect(heard.sweep(at: soon, max: 100).isEmpty)
        var silent = try restarted(at: start)
        let later = silent.sweep(at: start + PresenceRule.ours.pointOffline, max: 100)
        #expect(later.count == 3)
        for subject in subjects { #expect(later.contains(.silent(subject, since: start))) }
    }

    /// What was offline before a start is back when it is heard, since when it was offline.
    @Test func whatWasOfflineBeforeAStartComesBack() throws {
        var record = PresenceRecord(.gateway(gateway), node: NodeID("e1"), registeredAt: t0)
        record.presence = .offline(since: t0)
        var table = try table()
        table.resume([record], [], at: t0 + .hours(5))
        #expect(table.sweep(at: t0 + .hours(5), max: 100).isEmpty)
        let back = t0 + .hours(6)
        table.take(one("t1", 21, at: back), from: gateway, receivedAt: back)
        let heard = Observation.heard(.gateway(gateway), at: back)
        #expect(table.sweep(at: back, max: 100).contains(heard))
        var book = PresenceBook()
        book.restore(record)
        let gap = PresenceEffect.gap(record.subject, node: NodeID("e1"), Span(t0, back))
        #expect(book.observe([heard], at: back).contains(gap))
    }

    /// A sweep says only so much at once, and loses nothing.
    @Test func aSweepIsBounded() throws {
        var table = try table()
        table.take(one("t1", 20, at: t0), from: gateway, receivedAt: t0)
        var found: [Observation] = []
        var sweeps = 0
        while sweeps < 10 {
            let some = table.sweep(at: t0, max: 1)
            #expect(some.count <= 2)
            found += some
            sweeps += 1
        }
        #expect(found.count == 3)
    }
}
