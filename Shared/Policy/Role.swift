package import Domain

/// The name of a role in a profile, such as `principal` or `county`.
package struct RoleID: Identifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// Somebody whom the law names, and how the one who fills the role is found 接收对象.
package struct Role: Equatable, Sendable {
    package enum Holder: Equatable, Sendable {
        /// The responsible person of this tier of the hazard source.
        case person(Tier)
        /// The body of the first of these kinds that the enterprise stands under: exactly one.
        case body([NodeKind])
    }

    package var id: RoleID
    package var name: String
    package var holder: Holder
    package var clause: Clause

    package init(id: RoleID, name: String, holder: Holder, clause: Clause) {
        (self.id, self.name, self.holder, self.clause) = (id, name, holder, clause)
    }
}
