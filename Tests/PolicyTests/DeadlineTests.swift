import Domain
import Policy
import Runtime
import Testing

/// NTF-10, NTF-24, NTF-33: both sides of every boundary of every kind of time.
@Suite struct DeadlineTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var deadline: Deadline
        /// Local, as `month day hour minute second millisecond` of 2021.
        var start: [Int64]
        var opens: [Int64]
        var due: [Int64]
        var isDueBefore: Bool

        var testDescription: String { "\(deadline) from \(start)" }
    }

    static func row(
        _ deadline: Deadline, from start: [Int64], opens: [Int64]? = nil, due: [Int64],
        isBefore: Bool = true
    ) -> Row {
        Row(
            deadline: deadline, start: start, opens: opens ?? start, due: due, isDueBefore: isBefore
        )
    }

    static let ten = Deadline.timeOfDay(minutes: 600, boundary: .before)
    static let tenUntil = Deadline.timeOfDay(minutes: 600, boundary: .until)
    static let looks = Deadline.windows(from: 420, to: 1_380, each: 60)

    static let rows: [Row] = [
        row(.after(.hours(1)), from: [11, 1, 8], due: [11, 1, 9], isBefore: false),
        row(.after(.hours(48)), from: [12, 30, 8], due: [13, 1, 8], isBefore: false),
        // 10时前: the next ten o'clock, and at ten itself that of tomorrow.
        row(ten, from: [11, 1, 8], due: [11, 1, 10]),
        row(ten, from: [11, 1, 9, 59, 59, 999], due: [11, 1, 10]),
        row(ten, from: [11, 1, 10], due: [11, 2, 10]),
        row(ten, from: [11, 1, 23, 59, 59, 999], due: [11, 2, 10]),
        row(ten, from: [11, 2, 0], due: [11, 2, 10]),
        row(tenUntil, from: [11, 1, 8], due: [11, 1, 10], isBefore: false),
        // A Monday; the day of the start does not count, and the end is midnight.
        row(.workingDays(1), from: [11, 1, 8], due: [11, 3]),
        row(.workingDays(1), from: [11, 1, 0], due: [11, 3]),
        row(.workingDays(1), from: [11, 1, 23, 59, 59, 999], due: [11, 3]),
        row(.workingDays(3), from: [11, 1, 8], due: [11, 5]),
        // Over a plain weekend.
        row(.workingDays(1), from: [11, 5, 8], due: [11, 9]),
        row(.workingDays(1), from: [11, 6, 8], due: [11, 9]),
        // Over the National Day: 10-01 to 10-07 are free, 10-09 is a Saturday that is worked.
        row(.workingDays(1), from: [9, 30, 17], due: [10, 9]),
        row(.workingDays(2), from: [9, 30, 17], due: [10, 10]),
        row(.workingDays(3), from: [9, 30, 17], due: [10, 12]),
        // A Sunday that is worked before the holiday.
        row(.workingDays(1), from: [9, 25, 8], due: [9, 27]),
        // The last of one year ends in the next.
        row(.workingDays(1), from: [12, 31, 8], due: [13, 5]),
        // Each hour between 7 and 23: from within a window to its end, never across the night.
        row(looks, from: [11, 1, 8], due: [11, 1, 9]),
        row(looks, from: [11, 1, 8, 59, 59, 999], due: [11, 1, 9]),
        row(looks, from: [11, 1, 22, 59, 59, 999], due: [11, 1, 23]),
        row(looks, from: [11, 1, 23], opens: [11, 2, 7], due: [11, 2, 8]),
        row(looks, from: [11, 1, 23, 30], opens: [11, 2, 7], due: [11, 2, 8]),
        row(looks, from: [11, 2, 0], opens: [11, 2, 7], due: [11, 2, 8]),
        row(looks, from: [11, 2, 6, 59, 59, 999], opens: [11, 2, 7], due: [11, 2, 8]),
        row(looks, from: [11, 2, 7], due: [11, 2, 8]),
    ]

    @Test(arguments: rows) func aTimeOpensAndEndsWhereTheLawSays(row: Row) throws {
        let calendar = try ProfileSource.calendar()
        let span = row.deadline.span(after: at(row.start), zone: .beijing, calendar: calendar)
        #expect(Zone.beijing.text(span.opensAt) == Zone.beijing.text(at(row.opens)))
        #expect(Zone.beijing.text(span.dueAt) == Zone.beijing.text(at(row.due)))
        #expect(span.isDueBefore == row.isDueBefore)
    }

    @Test func aWindowThatDoesNotFitBeforeTheEndIsTomorrows() throws {
        // 7 to 23 in steps of three hours: 22 to 25 does not fit.
        let thirds = Deadline.windows(from: 420, to: 1_380, each: 180)
        let calendar = try ProfileSource.calendar()
        let span = thirds.span(after: at([11, 1, 22, 30]), zone: .beijing, calendar: calendar)
        #expect(span.opensAt == at([11, 2, 7]))
        #expect(span.dueAt == at([11, 2, 10]))
    }

    @Test func sixteenWindowsMakeADay() throws {
        let calendar = try ProfileSource.calendar()
        var count = 0
        var now = at([11, 1, 7])
        while now < at([11, 2, 7]) {
            let span = Self.looks.span(after: now, zone: .beijing, calendar: calendar)
            if span.dueAt > at([11, 2, 7]) { break }
            count += 1
            now = span.dueAt
        }
        #expect(count == 16)
    }

    private func at(_ parts: [Int64]) -> Instant {
        let all = parts + Array(repeating: 0, count: 6 - parts.count)
        // Month 13 is January of the next year.
        return Zone.beijing.instant(
            LocalTime(
                year: all[0] > 12 ? 2022 : 2021, month: all[0] > 12 ? all[0] - 12 : all[0],
                day: all[1], hour: all[2], minute: all[3], second: all[4], millisecond: all[5]))
    }
}
