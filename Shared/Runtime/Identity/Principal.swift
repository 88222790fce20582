package import Domain
package import RPC

/// Who makes a call, as its token says.
package struct Principal: Hashable, Sendable {
    /// What a caller is, and so what it may do at all.
    package enum Role: String, CaseIterable, Codable, Sendable {
        /// Another service of Hazwatch.
        case service
        /// A gateway that pushes readings of its enterprise.
        case gateway
        /// The platform of a lower node, which speaks for what stands under it.
        case link
        /// A person on duty.
        case officer
        /// A person who changes the registry.
        case administrator
    }

    package var subject: String
    package var role: Role
    /// The node of the organisation tree; the caller sees what stands under it.
    package var node: NodeID

    package init(subject: String, role: Role, node: NodeID) {
        (self.subject, self.role, self.node) = (subject, role, node)
    }

    /// True if the caller may see what belongs to `node`: what stands under its own node; services
    /// and tokens for no node in particular see everything.
    package func sees(_ other: NodeID, in tree: OrganisationTree) -> Bool {
        role == .service || node.text.isEmpty || tree.stands(other, under: node)
    }

    /// Throws `PERMISSION_DENIED` unless the caller has one of the roles.
    package func require(_ roles: Role...) throws(RPCStatus) {
        if roles.contains(role) { return }
        let allowed = roles.map(\.rawValue).joined(separator: " or ")
        throw RPCStatus(
            .permissionDenied,
            "This call is for the role \(allowed); the token of \(subject) has the role "
                + "\(role.rawValue). Use a token of the right role: `hazwatch token issue`.")
    }
}

/// Under which interceptors leave the principal.
package enum PrincipalKey: CallStorageKey {
    package typealias Value = Principal
}

extension ServerCall {
    /// Who makes the call; `UNAUTHENTICATED` if no token was checked.
    package func principal() throws(RPCStatus) -> Principal {
        guard let principal = storage[PrincipalKey.self] else {
            throw RPCStatus(
                .unauthenticated,
                "The call carries no token. Send `authorization: Bearer TOKEN`; "
                    + "`hazwatch token issue` makes one.")
        }
        return principal
    }
}
