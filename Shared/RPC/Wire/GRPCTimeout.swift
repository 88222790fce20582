/// The value of the `grpc-timeout` header: up to eight digits and a unit.
enum GRPCTimeout {
    /// The nanoseconds that the bytes say, or nil when they are malformed.
    static func parse(_ bytes: UnsafeRawBufferPointer) -> Int64? {
        guard let unit = bytes.last, (2...9).contains(bytes.count) else { return nil }
        var amount: Int64 = 0
        for byte in bytes.dropLast() {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            amount = amount * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        let nanoseconds: Int64
        switch unit {
        case UInt8(ascii: "n"): nanoseconds = 1
        case UInt8(ascii: "u"): nanoseconds = 1_000
        case UInt8(ascii: "m"): nanoseconds = 1_000_000
        case UInt8(ascii: "S"): nanoseconds = 1_000_000_000
        case UInt8(ascii: "M"): nanoseconds = 60_000_000_000
        case UInt8(ascii: "H"): nanoseconds = 3_600_000_000_000
        default: return nil
        }
        // The longest, 99,999,999 hours, is 11,000 years and overflows; it means "no limit".
        let (product, overflow) = amount.multipliedReportingOverflow(by: nanoseconds)
        return overflow ? Int64.max : product
    }

    /// The header's value, rounded up where eight digits do not hold it.
    static func format(nanoseconds: Int64) -> String {
        let units: [(Int64, String)] = [
            (1, "n"), (1_000, "u"), (1_000_000, "m"), (1_000_000_000, "S"), (60_000_000_000, "M"),
        ]
        let amount = max(0, nanoseconds)
        for (size, name) in units {
            let count = amount / size + (amount % size == 0 ? 0 : 1)
            if count <= 99_999_999 { return "\(count)\(name)" }
        }
        return "99999999H"
    }
}
