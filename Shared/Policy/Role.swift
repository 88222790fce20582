package import Domain

/// The name of a role in a profile, such as `principal` or `county`.
package struct RoleID: Identifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// A post that officers hold 岗位, such as `safetyHead`, under the name that registry and profile
/// share.
package struct PostID: Identifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// Somebody whom the law names, and how the one who fills the role is found 接收对象.
package struct Role: Equatable, Codable, Sendable {
    package enum Holder: Equatable, Codable, Sendable {
        /// The responsible person of this tier of the hazard source.
        case person(Tier)
        /// The body of the first of these kinds that the enterprise stands under: exactly one.
        case body([NodeKind])
        /// The officers who hold this post 岗位 at the first of these kinds of node.
        case post(PostID, at: [NodeKind])
        /// Every body of these kinds under the node that the case belongs to.
        case under([NodeKind])
    }

    package var id: RoleID
    package var name: String
    package var holder: Holder
    package var clause: Clause

    package init(id: RoleID, name: String, holder: Holder, clause: Clause) {
        (self.id, self.name, self.holder, self.clause) = (id, name, holder, clause)
    }
}
