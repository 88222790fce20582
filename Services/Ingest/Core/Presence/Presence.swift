package import Domain

/// What can be connected or not: a point, a gateway, a camera, an enterprise by its gateways, or
/// the link to the platform of another node.
package struct PresenceSubject: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
    package enum Kind: String, CaseIterable, Codable, Sendable {
        case enterprise, gateway, camera, point, link

        /// The kind of its entry in the registry.
        package var entry: EntryKind {
            switch self {
            case .enterprise: .enterprise
            case .gateway: .gateway
            case .camera: .camera
            case .point: .point
            case .link: .node
            }
        }
    }

    package var kind: Kind
    package var id: String

    package init(_ kind: Kind, _ id: String) { (self.kind, self.id) = (kind, id) }

    package static func point(_ id: PointID) -> Self { Self(.point, id.text) }
    package static func gateway(_ id: GatewayID) -> Self { Self(.gateway, id.text) }
    package static func camera(_ id: CameraID) -> Self { Self(.camera, id.text) }
    package static func enterprise(_ id: EnterpriseID) -> Self { Self(.enterprise, id.text) }

    package var key: EntryKey { EntryKey(kind.entry, id) }
    package var description: String { kind.rawValue + "/" + id }
    /// The key of its stored part.
    var partKey: String { "presence/" + description }

    package static func < (left: Self, right: Self) -> Bool {
        (left.kind.rawValue, left.id) < (right.kind.rawValue, right.id)
    }
}

/// Whether something is connected 在线、离线; each state holds what is known in it.
package enum Presence: Hashable, Codable, Sendable {
    /// It is registered, and nothing ever came.
    case neverHeard
    case online(since: Instant)
    /// Since it was last heard, not since that was noticed.
    case offline(since: Instant)

    package var name: String {
        switch self {
        case .neverHeard: "neverHeard"
        case .online: "online"
        case .offline: "offline"
        }
    }
}

/// What sweeps over the watch found changed; what stays as it is is not said again.
package enum Observation: Hashable, Sendable {
    /// Nothing was heard since then; nil: never.
    case silent(PresenceSubject, since: Instant?)
    /// Heard for the first time, or again.
    case heard(PresenceSubject, at: Instant)
    /// A silence that has ended and was as long as the profile calls offline.
    case gap(PresenceSubject, Span)
    case sighted(Sighting)
    /// What was sighted is not so any more.
    case ended(FindingKey, at: Instant)
}
