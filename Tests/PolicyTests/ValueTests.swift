import Domain
import Policy
import Runtime
import Testing

@Suite struct ValueTests {
    static let clauses: [(text: String, complaints: Int)] = [
        ("002-WD §1", 0), ("002-WD §17", 0), ("002-WD §18", 1), ("002-WD §0", 1),
        ("002-WD §5; 002-WD §6", 0), ("002-WD §5; 002-WD §99", 1), ("000 §23", 0),
        ("000 §24", 1), ("001 §26", 0), ("002-EN 八", 0), ("003 二(一)1(1)", 0), ("004 F", 0),
        ("ours 0010", 0), ("ours 9999", 1), ("ours", 1), ("", 1),
    ]

    @Test(arguments: clauses)
    func clauseMustNameAnArticleThatExists(row: (text: String, complaints: Int)) {
        let complaints = ClauseIndex.known.complaints(about: Clause(row.text))
        #expect(complaints.count == row.complaints)
    }

    // first 5 s, doubled, at most 10 min
    static let waits: [(failure: Int, wait: Interval)] = [
        (1, .seconds(5)), (2, .seconds(10)), (3, .seconds(20)), (7, .seconds(320)),
        (8, .minutes(10)), (150, .minutes(10)),
    ]

    @Test(arguments: waits)
    func waitsDoubleUpToTheLongest(row: (failure: Int, wait: Interval)) throws {
        let profile = try ProfileSource.load("mem-2021")
        #expect(profile.retry.wait(afterFailure: row.failure) == row.wait)
    }

    static let intervals: [(interval: Interval, words: String)] = [
        (.minutes(30), "30分钟"), (.hours(1), "1小时"), (.minutes(90), "90分钟"),
        (.hours(24), "24小时"),
        (.hours(96), "4天"), (.seconds(90), "90秒"), (.init(milliseconds: 5), "5毫秒"),
    ]

    @Test(arguments: intervals)
    func intervalsAreSaidInTheLargestUnitWithoutRest(row: (interval: Interval, words: String)) {
        #expect(row.interval.words == row.words)
    }

    @Test func profileIsNamedWithItsVersion() throws {
        #expect(try ProfileSource.load("mem-2021").name == "mem-2021/2021-06-25")
    }

    @Test func textsStateWhatTheLawWantsSaid() throws {
        // NTF-52: enterprise, source, level, time, cause, what is due and when, clause.
        let texts = try ProfileSource.load("mem-2021").templates
        let needed: [NoticeTemplate.Name] = [.enterprise, .source, .colour, .cause, .clause]
        for name in needed {
            #expect(texts[.warning].names.contains(name))
            #expect(texts[.circular].names.contains(name))
        }
        #expect(texts[.warning].names.contains(.time))
        #expect(texts[.warning].names.contains(.duty))
        #expect(texts[.circular].names.contains(.due))
    }
}
