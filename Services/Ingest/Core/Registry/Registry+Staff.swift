package import Domain
package import Policy

// Who speaks for an enterprise, and which body stands above it.

extension Registry {
    /// The body of the first of `kinds` above a node; nil if there is none.
    func body(above node: NodeID, kinds: [NodeKind]) -> NodeID? {
        let bodies = path(of: node).compactMap { nodes[$0] }
        for kind in kinds {
            if let body = bodies.first(where: { $0.kind == kind }) { return body.id }
        }
        return nil
    }

    /// True if the person holds a post at the enterprise, or is responsible for a source of it.
    package func isStaff(
        _ subject: String, of enterprise: EnterpriseID, on day: CalendarDay?
    ) -> Bool {
        if let officer = officers[PersonID(subject)] {
            return officer.node.text == enterprise.text && officer.isInPost(on: day)
        }
        return persons[PersonID(subject)].map { self.enterprise(of: $0) == enterprise } ?? false
    }

    /// Who signs for the enterprise 主要负责人, by id: whoever holds the post `principal`, and the
    /// principal responsible persons of its sources.
    package func principals(of enterprise: EnterpriseID, on day: CalendarDay?) -> [PersonID] {
        let officials = officers.values.filter { officer in
            officer.node.text == enterprise.text && officer.post == .principal
                && officer.isInPost(on: day)
        }
        let responsible = persons.values.filter { person in
            person.tier == .principal && self.enterprise(of: person) == enterprise
        }
        return (officials.map(\.id) + responsible.map(\.id)).sorted()
    }

    /// True if `principals` names the person; without looking through the registry.
    package func isPrincipal(
        _ subject: String, of enterprise: EnterpriseID, on day: CalendarDay?
    ) -> Bool {
        guard isStaff(subject, of: enterprise, on: day) else { return false }
        if let officer = officers[PersonID(subject)] { return officer.post == .principal }
        return persons[PersonID(subject)]?.tier == .principal
    }

    private func enterprise(of person: ResponsiblePerson) -> EnterpriseID? {
        hazardSources[person.hazardSource]?.enterprise
    }
}

extension Officer {
    /// True unless the person has left by that day; a day that nobody knows is no reason.
    func isInPost(on day: CalendarDay?) -> Bool {
        guard let leftOn, let day else { return true }
        return leftOn.text > day.text
    }
}

extension PostID {
    /// 主要负责人.
    package static let principal = PostID("principal")
}
