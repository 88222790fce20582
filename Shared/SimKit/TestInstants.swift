package import Domain

extension Instant {
    /// 2021-11-01 08:00:00 +08:00: where the time of every test begins.
    package static let t0 = Instant(unixMilliseconds: 1_635_724_800_000)
}
