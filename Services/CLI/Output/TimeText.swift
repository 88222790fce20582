import Domain

/// Times as people write them: always with date and zone when shown, the zone optional when read.
enum TimeText {
    /// `2021-11-01 08:00:00 +08:00`, with milliseconds where there are any.
    static func precise(_ instant: Instant, _ zone: Zone) -> String {
        let local = zone.local(instant)
        guard local.millisecond != 0 else { return zone.text(instant) }
        let digits = String(1_000 + local.millisecond).dropFirst()
        return local.text + "." + digits + " " + zone.name
    }

    /// Reads `2021-11-01 08:00:00 +08:00` and its shorter forms, ISO 8601, or Unix milliseconds.
    static func instant(_ text: String, zone: Zone) -> Instant? {
        if text.utf8.count >= 11, let milliseconds = Int64(text) {
            return Instant(unixMilliseconds: milliseconds)
        }
        var scanner = DigitScanner(text)
        guard let year = scanner.digits(4), scanner.take("-"), let month = scanner.digits(2),
            scanner.take("-"), let day = scanner.digits(2), (1...12).contains(month),
            day >= 1, day <= days(inMonth: month, year: year)
        else { return nil }
        var local = LocalTime(year: year, month: month, day: day)
        if scanner.take(" ") || scanner.take("T") {
            guard clock(&scanner, into: &local) else { return nil }
        }
        _ = scanner.take(" ")
        guard !scanner.isAtEnd else { return zone.instant(local) }
        guard let own = Self.zone(scanner.rest) else { return nil }
        return own.instant(local)
    }

    private static func clock(_ scanner: inout DigitScanner, into local: inout LocalTime) -> Bool {
        guard let hour = scanner.digits(2), hour < 24, scanner.take(":"),
            let minute = scanner.digits(2), minute < 60
        else { return false }
        (local.hour, local.minute) = (hour, minute)
        guard scanner.take(":") else { return true }
        guard let second = scanner.digits(2), second < 60 else { return false }
        local.second = second
        guard scanner.take(".") else { return true }
        guard let fraction = scanner.fraction() else { return false }
        local.millisecond = fraction
        return true
    }

    /// Reads `+08:00`, `+0800`, `+08` or `Z`.
    static func zone(_ text: String) -> Zone? {
        if text == "Z" || text == "z" { return Zone(offsetMinutes: 0) }
        var scanner = DigitScanner(text)
        let isBehind = scanner.take("-")
        guard isBehind || scanner.take("+"), let hours = scanner.digits(2), hours <= 14 else {
            return nil
        }
        var minutes: Int64 = 0
        if !scanner.isAtEnd {
            _ = scanner.take(":")
            guard let read = scanner.digits(2), read < 60 else { return nil }
            minutes = read
        }
        guard scanner.isAtEnd else { return nil }
        let offset = Int32(hours * 60 + minutes)
        return Zone(offsetMinutes: isBehind ? -offset : offset)
    }

    /// Reads `500ms`, `10s`, `3min`, `2h` or `1d`.
    static func interval(_ text: String) -> Interval? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let count = Int64(digits), count < 1_000_000_000 else { return nil }
        switch text.dropFirst(digits.count).drop(while: { $0 == " " }) {
        case "ms": return Interval(milliseconds: count)
        case "s": return .seconds(count)
        case "min", "m": return .minutes(count)
        case "h": return .hours(count)
        case "d": return .hours(count * 24)
        default: return nil
        }
    }

    /// `48 h 12 min`, in the two greatest units that fit.
    static func text(_ interval: Interval) -> String {
        let seconds = interval.milliseconds / 1_000
        let (days, hours) = (seconds / 86_400, seconds / 3_600 % 24)
        let (minutes, rest) = (seconds / 60 % 60, seconds % 60)
        if days > 0 { return hours > 0 ? "\(days) d \(hours) h" : "\(days) d" }
        if hours > 0 { return minutes > 0 ? "\(hours) h \(minutes) min" : "\(hours) h" }
        if minutes > 0 { return rest > 0 ? "\(minutes) min \(rest) s" : "\(minutes) min" }
        return seconds > 0 ? "\(seconds) s" : "\(interval.milliseconds) ms"
    }

    static func days(inMonth month: Int64, year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

/// Walks over a text digit by digit.
struct DigitScanner {
    private var bytes: ArraySlice<UInt8>

    init(_ text: some StringProtocol) { bytes = ArraySlice(text.utf8) }

    var isAtEnd: Bool { bytes.isEmpty }
    var rest: String { String(decoding: bytes, as: UTF8.self) }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard let first = bytes.first, UInt32(first) == character.value else { return false }
        bytes.removeFirst()
        return true
    }

    /// Exactly `count` digits.
    mutating func digits(_ count: Int) -> Int64? {
        guard bytes.count >= count else { return nil }
        var number: Int64 = 0
        for byte in bytes.prefix(count) {
            guard (0x30...0x39).contains(byte) else { return nil }
            number = number * 10 + Int64(byte - 0x30)
        }
        bytes.removeFirst(count)
        return number
    }

    /// One to nine digits behind a point, as whole milliseconds.
    mutating func fraction() -> Int64? {
        let taken = bytes.prefix { (0x30...0x39).contains($0) }
        guard (1...9).contains(taken.count) else { return nil }
        bytes.removeFirst(taken.count)
        let three = (Array(taken) + [0x30, 0x30]).prefix(3)
        return three.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }
}
