import Domain
import Foundation
import SimKit

/// Eight plants with one hazard source each, in and outside a park and managed by the city; and the
/// rules of Changzhou with times of seconds.
package enum KillPlant {
    struct Works: Sendable {
        var number: Int
        var placement: Placement

        var enterprise: String { "e\(number)" }
        var source: String { "s\(number)" }
        var point: String { "x\(number)" }
        var gateway: String { "g\(number)" }
    }

    static let works: [Works] = (1...8).map { number in
        let placement: Placement =
            switch number {
            case 1...3: .outsidePark
            case 4...6: .inPark
            case _: .cityManaged
            }
        return Works(number: number, placement: placement)
    }

    /// Everybody who acts: each enterprise, the park, the district and the city.
    static let nodes = works.map(\.enterprise) + ["k1", "d1", "c1"]

    static func placement(of enterprise: String) -> Placement {
        works.first { $0.enterprise == enterprise }?.placement ?? .outsidePark
    }

    // MARK: Registry

    /// The last two digits of a number choose what goes wrong with messages to it; smsc.py has the
    /// table.
    private static let officers: [(node: String, post: String, fault: String)] =
        works.flatMap { works in
            [
                (works.enterprise, "safetyHead", "14"), (works.enterprise, "safetyDirector", "00"),
                (works.enterprise, "safetyLeader", "09"), (works.enterprise, "principal", "07"),
            ]
        } + [
            ("k1", "head", "08"), ("k1", "leaderInCharge", "06"), ("k1", "principal", "14"),
            ("d1", "sectionHead", "08"), ("d1", "leaderInCharge", "17"), ("d1", "principal", "14"),
            ("d1", "dutyLeader", "00"), ("c1", "divisionStaff", "00"),
            ("c1", "divisionHead", "04"),
        ]

    package static var registry: String {
        var lines = [
            "nodes:", "  - { id: cn, kind: nation, name: 国 }",
            "  - { id: p1, kind: province, parent: cn, name: 省 }",
            "  - { id: c1, kind: city, parent: p1, name: 市 }",
            "  - { id: d1, kind: county, parent: c1, name: 区 }",
            "  - { id: k1, kind: park, parent: d1, name: 园区 }", "enterprises:",
        ]
        for one in works {
            let park = one.placement == .inPark ? ", park: k1" : ""
            lines.append(
                "  - { id: \(one.enterprise), county: d1\(park), placement: \(one.placement), "
                    + "name: 示范\(one.number)厂, shortName: \(one.number)厂 }")
        }
        lines.append("hazardSources:")
        lines += works.map {
            "  - { id: \($0.source), enterprise: \($0.enterprise), name: 罐区, "
                + "unitKind: tankFarm, grade: 1 }"
        }
        lines.append("devices:")
        lines += works.map {
            "  - { id: v\($0.number), hazardSource: \($0.source), name: 储罐, medium: 苯 }"
        }
        lines.append("points:")
        lines += works.map {
            "  - { id: \($0.point), device: v\($0.number), name: 压力, indicator: pressure, "
                + "unit: kPa, rangeLow: 0, rangeHigh: 200, low: 20, high: 80, highHigh: 90 }"
        }
        // The tiers that every source must have; the city's rules name none of them.
        lines.append("persons:")
        lines += works.flatMap { one in
            ["principal", "technical", "operating"].map { tier in
                "  - { id: \(one.source)-\(tier), hazardSource: \(one.source), tier: \(tier), "
                    + "name: 示范人员, telephone: 000-0000-0000 }"
            }
        }
        lines.append("officers:")
        for (index, one) in officers.enumerated() {
            let number = String(index + 1)
            let middle = String(repeating: "0", count: 4 - number.count) + number
            lines.append(
                "  - { id: \(one.node)-\(one.post), node: \(one.node), post: \(one.post), "
                    + "name: 示范人员\(index + 1), telephone: 000-\(middle)-00\(one.fault) }")
        }
        lines.append("gateways:")
        lines += works.map { "  - { id: \($0.gateway), enterprise: \($0.enterprise), name: 网关 }" }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The digits of each person's telephone, as the SMSC sees them.
    static var telephones: [String: String] {
        var all: [String: String] = [:]
        for (index, one) in officers.enumerated() {
            let number = String(index + 1)
            let middle = String(repeating: "0", count: 4 - number.count) + number
            all["\(one.node)-\(one.post)"] = "000\(middle)00\(one.fault)"
        }
        return all
    }

    // MARK: Rules

    /// What is different from the city's own rules: the times, and no limit for a number.
    private static let rules = """
        id: changzhou-seconds
        version: "2020-09-10"
        title: 常州办法，以秒计时，仅供试验
        inherits: changzhou-2020
        budget: { perNumber: 100000, within: 24 h, clause: ours 0023 }
        retry: { first: 1 s, factor: 2, longest: 4 s, clause: ours 0014 }
        channels:
          person:
            by: [{ channel: sms, wait: 60 s }, { channel: smsBackup, wait: 60 s }, voice]
            clause: ours 0023
        levelModel:
          rules:
            - { id: high-high-or-low-low-30-minutes, lasting: 2 s, clause: ours 0010 }
        obligations:
          - { id: blue-registered, due: 8 s, every: 8 s, clause: 000 §14 }
          - { id: blue-explained, due: 3 s, clause: 000 §14 }
          - { id: yellow-registered, due: 5 s, every: 5 s, clause: 000 §14 }
          - { id: yellow-cleared, due: 4 s, every: 4 s, clause: 000 §14 }
          - { id: yellow-explained, due: 3 s, clause: 000 §14 }
          - { id: orange-cleared, due: 3 s, clause: 000 §15 }
          - { id: orange-effective, due: 4 s, clause: 000 §15 }
          - { id: red-lowered, due: 2 s, clause: 000 §16 }
          - { id: red-reported, due: 3 s, clause: 000 §16 }
          - { id: red-effective, due: 4 s, clause: 000 §16 }
          - { id: hourly-look, due: 4 s, every: 4 s, clause: 000 N三(二) }

        """

    /// The file of the rules.
    static func profile(in folder: TemporaryFolder) -> String {
        folder.file("changzhou-seconds.yaml")
    }

    static func writeProfile(to folder: TemporaryFolder) throws {
        try Data(rules.utf8).write(to: URL(fileURLWithPath: profile(in: folder)))
    }
}
