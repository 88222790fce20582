package import Domain

extension PolicyProfile {
    /// One thing that the profile makes happen, with the clause that says so.
    package struct Explanation: Equatable, Sendable {
        package var text: String
        package var clause: Clause

        package init(text: String, clause: Clause) {
            (self.text, self.clause) = (text, clause)
        }
    }

    /// Who is told at `level` for an enterprise at `placement`, over which channel, and which
    /// circulars follow if nothing is done. Nothing is sent.
    package func explanation(at level: WarningLevel, _ placement: Placement) -> [Explanation] {
        guard let rule = recipients(at: level, placement), !rule.roles.isEmpty else {
            let clause = recipients(at: level, placement)?.clause ?? zoneClause
            return [Explanation(text: "nobody is told, and no circular follows", clause: clause)]
        }
        let told = rule.roles.compactMap { id -> Explanation? in
            guard let role = role(id) else { return nil }
            let channels = channels(of: role).channels.map(\.rawValue).joined(separator: ", ")
            return Explanation(text: "\(role.name) (\(id)) by \(channels)", clause: rule.clause)
        }
        return told + circulars(at: level).flatMap(explanation)
    }

    private func explanation(of rule: CircularRule) -> [Explanation] {
        let to = rule.to.compactMap { role($0)?.name }.joined(separator: "、")
        let circular = Explanation(
            text: "after \(rule.after.words) a circular to \(to), then one each "
                + "\(rule.every.words) until the level falls",
            clause: rule.clause)
        guard let copiesClause = rule.copiesClause, !rule.copies.isEmpty else { return [circular] }
        let copies = rule.copies.compactMap { role($0)?.name }.joined(separator: "、")
        return [
            circular, Explanation(text: "a copy of each to \(copies)", clause: copiesClause),
        ]
    }
}
