package import Domain

/// One enterprise that a scope rule names (ING-29): the rule that is due first.
package struct ScopeRow: Sendable, Equatable {
    package enum State: String, CaseIterable, Sendable {
        /// A gateway of it is registered, or the day on which it was connected.
        case connected
        /// Not connected, and there is time.
        case due
        /// Not connected, and the day is past.
        case overdue
    }

    package var enterprise: EnterpriseID
    package var name: String
    package var pack: String
    package var rule: String
    package var number: String
    package var by: CalendarDay
    package var state: State
    package var clause: String
}

extension Registry {
    /// The enterprises that the scope rules of packs name, by pack and id.
    package func scope(by packs: Packs, on today: CalendarDay?) -> [ScopeRow] {
        let connected = Set(
            gateways.values.map(\.enterprise)
                + enterprises.values.filter { $0.facts["dustConnectedOn"] != nil }.map(\.id))
        return packs.all.flatMap { pack in
            enterprises.values.compactMap { enterprise in
                let fits = pack.scope.filter { $0.names(enterprise) }
                guard let rule = fits.min(by: { $0.by.text < $1.by.text }) else { return nil }
                let isLate = today.map { rule.by.text < $0.text } ?? false
                return ScopeRow(
                    enterprise: enterprise.id, name: enterprise.name, pack: pack.id,
                    rule: rule.title, number: enterprise.facts.text(rule.fact), by: rule.by,
                    state: connected.contains(enterprise.id)
                        ? .connected : isLate ? .overdue : .due,
                    clause: rule.clause)
            }
        }
    }
}

extension ScopeRule {
    fileprivate func names(_ enterprise: Enterprise) -> Bool {
        if !onlyIf.isEmpty, enterprise.facts.text(onlyIf) != "true" { return false }
        let number = enterprise.facts[fact]?.number
        if atLeast == 0 { return !onlyIf.isEmpty }
        return number.map { $0 >= atLeast } ?? false
    }
}
