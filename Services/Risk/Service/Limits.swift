/// What the risk service holds back from growing without bound, with the reason of each number.
enum RiskLimits {
    /// Alarms on one page: some 100 kB, far below the limit on messages.
    static let alarmsPerPageMax = 500

    /// Rows that one call looks through for those that its token may see: some 20 ms. A page may
    /// be short or empty and still name the next one.
    static let rowsPerCallMax = 5_000

    /// Tables of points that are remembered as known: one a gateway, some 2 kB each.
    static let tablesRememberedMax = 2_000

    /// Points that a warning about unknown points names.
    static let pointsNamedMax = 5

    /// Bytes that one reading of a batch holds in memory: point, time, value, quality.
    static let bytesPerReading = 24
}
