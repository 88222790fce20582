package import Domain
package import Policy

extension NotificationMachine {
    /// What a warning of an invented enterprise tells persons by short message at each level and
    /// placement: how long the texts of a profile come to be. Nothing is sent.
    package static func examples(of profile: PolicyProfile) -> [Notice] {
        WarningLevel.allCases.reversed().flatMap { level in
            Placement.allCases.flatMap { examples(of: profile, at: level, $0) }
        }
    }

    /// The same at one level for one placement.
    package static func examples(
        of profile: PolicyProfile, at level: WarningLevel, _ placement: Placement
    ) -> [Notice] {
        var machine = NotificationMachine(profile: profile)
        // 2021-11-01 08:00 in Beijing.
        let now = Instant(unixMilliseconds: 1_635_724_800_000)
        let news = LevelNews(
            seq: 1, source: HazardSourceID("example-source"),
            enterprise: EnterpriseID("example-enterprise"), sourceName: "原料储罐区",
            enterpriseName: "示例精细化工有限公司", level: level, changedAt: now, knownAt: now,
            causes: [
                .init(
                    deviceName: "V-101甲醇储罐", pointName: "压力", unit: "kPa", state: .highHigh,
                    value: 92.5, limit: 90, measuredAt: now)
            ])
        let fact = RegistryFact.Enterprise(
            id: news.enterprise, parent: NodeID("example"), placement: placement,
            name: news.enterpriseName)
        // An enterprise and a level are never refused.
        let events: [NotificationEvent] = [.registered(.enterprise(fact)), .levelChanged(news)]
        let effects = events.flatMap { (try? machine.handle($0, at: now)) ?? [] }
        return effects.compactMap { effect in
            guard case .publishNotice(let notice) = effect, notice.reason == .levelRaised else {
                return nil
            }
            return notice
        }
    }
}
