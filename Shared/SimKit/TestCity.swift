package import Contracts
import Domain

/// A small city of a test: the counties `d1` and `d2` of one city, in each a plant with one tank.
package enum TestCity {
    /// Sources `s1` and `s2`, points `x1` and `x2` with L 20, H 80, HH 90, gateways `g1` and `g2`.
    package static let registry = """
        nodes:
          - { id: cn, kind: nation, name: 国 }
          - { id: p1, kind: province, parent: cn, name: 省 }
          - { id: c1, kind: city, parent: p1, name: 市 }
          - { id: d1, kind: county, parent: c1, name: 甲县 }
          - { id: d2, kind: county, parent: c1, name: 乙县 }
        enterprises:
          - { id: e1, county: d1, placement: outsidePark, name: 甲厂, shortName: 甲厂 }
          - { id: e2, county: d2, placement: outsidePark, name: 乙厂, shortName: 乙厂 }
        hazardSources:
          - { id: s1, enterprise: e1, name: 甲罐区, unitKind: tankFarm, grade: 1 }
          - { id: s2, enterprise: e2, name: 乙罐区, unitKind: tankFarm, grade: 1 }
        devices:
          - { id: v1, hazardSource: s1, name: 甲罐, medium: 苯 }
          - { id: v2, hazardSource: s2, name: 乙罐, medium: 苯 }
        points:
          - { id: x1, device: v1, name: 压力, indicator: pressure, unit: kPa, rangeLow: 0, rangeHigh: 200, low: 20, high: 80, highHigh: 90 }
          - { id: x2, device: v2, name: 压力, indicator: pressure, unit: kPa, rangeLow: 0, rangeHigh: 200, low: 20, high: 80, highHigh: 90 }
        persons:
          - { id: a1, hazardSource: s1, tier: principal, name: 某甲, telephone: 000-0000-0001 }
          - { id: a2, hazardSource: s1, tier: technical, name: 某乙, telephone: 000-0000-0002 }
          - { id: a3, hazardSource: s1, tier: operating, name: 某丙, telephone: 000-0000-0003 }
          - { id: b1, hazardSource: s2, tier: principal, name: 某丁, telephone: 000-0000-0004 }
          - { id: b2, hazardSource: s2, tier: technical, name: 某戊, telephone: 000-0000-0005 }
          - { id: b3, hazardSource: s2, tier: operating, name: 某己, telephone: 000-0000-0006 }
        gateways:
          - { id: g1, enterprise: e1, name: 甲网关 }
          - { id: g2, enterprise: e2, name: 乙网关 }
        """
}

extension TestHost {
    /// A batch was not stored.
    package struct NotStored: Error {
        package var answer: IngestV1.PushResponse
    }

    /// One reading of a plant of `TestCity` at its time, and everything that follows from it.
    package func measure(
        _ value: Double, minute: Int64, plant number: Int = 1, quality: CommonV1.Quality = .good
    ) async throws {
        let time = Instant.t0 + .minutes(minute)
        try await advance(to: time)
        let row = IngestV1.Row(
            pointID: "x\(number)", measuredAtUnixMs: time.unixMilliseconds, value: value,
            quality: quality)
        let answer = try await push(
            [row], sequence: UInt64(minute + 1), gateway: "g\(number)", enterprise: "e\(number)")
        guard answer.stored == 1 else { throw NotStored(answer: answer) }
        try await settle()
    }
}
