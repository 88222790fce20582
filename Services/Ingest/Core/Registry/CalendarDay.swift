package import Domain

/// A day of the calendar 日期 as people write it: `2021-11-01`.
package struct CalendarDay: Hashable, Codable, Sendable, CustomStringConvertible {
    package let text: String
    package var description: String { text }

    /// Nil if `text` is not four, two and two digits, or there is no such day from 2000 to 2099.
    package init?(_ text: String) {
        let digits = text.utf8.map { Int64($0) - 0x30 }
        guard digits.count == 10, text.utf8.elementsEqual(Self.shape(of: digits)) else {
            return nil
        }
        func number(_ places: Range<Int>) -> Int64 {
            digits[places].reduce(0) { $0 * 10 + $1 }
        }
        let day = LocalTime(year: number(0..<4), month: number(5..<7), day: number(8..<10))
        let zone = Zone.beijing
        // A day that there is comes back as the same.
        guard (2_000...2_099).contains(day.year), (1...12).contains(day.month), day.day >= 1,
            zone.local(zone.instant(day)) == day
        else { return nil }
        self.text = text
    }

    /// The day that it is in China.
    package init?(of instant: Instant) {
        self.init(String(Zone.beijing.local(instant).text.prefix(10)))
    }

    /// How many days it is from this one to `other`; nil never, as both are days.
    package func days(to other: CalendarDay) -> Int64? {
        guard let from = noon, let to = other.noon else { return nil }
        return (to.unixMilliseconds - from.unixMilliseconds) / Self.dayMilliseconds
    }

    private static let dayMilliseconds: Int64 = 86_400_000

    private var noon: Instant? {
        let parts = text.split(separator: "-").compactMap { Int64($0) }
        guard parts.count == 3 else { return nil }
        return Zone.beijing.instant(
            LocalTime(year: parts[0], month: parts[1], day: parts[2], hour: 12))
    }

    /// The same digits with dashes where they belong.
    private static func shape(of digits: [Int64]) -> [UInt8] {
        digits.enumerated().map { place, digit in
            if place == 4 || place == 7 { return 0x2D }
            return (0...9).contains(digit) ? UInt8(digit + 0x30) : 0
        }
    }
}
