import Domain
import Foundation
import Ingest
import IngestCore
import Policy

/// Who would fill the roles of a profile by a registry file, and whom it lacks.
struct RegistryGaps {
    let registry: Registry
    /// `2021-11-01`: who has left by then fills no role.
    private let today: String

    /// One role of one enterprise that nobody fills, or whose holder has no verified number.
    struct Gap: Equatable {
        var enterprise: EnterpriseID
        var source: HazardSourceID?
        var role: RoleID
        var text: String

        var record: Record {
            Record([
                Field("enterprise", "enterprise", .text(enterprise.text)),
                Field("source", "hazard source", source.map { .text($0.text) } ?? .none),
                Field("role", "role", .text(role.text)),
                Field("text", "what is missing", .text(text)),
            ])
        }
    }

    /// One who fills a role, or what keeps it empty.
    struct Holder: Equatable {
        var source: HazardSourceID?
        var name: String
        var lack: String?
    }

    init(path: String) throws {
        let now = Instant(unixMilliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
        today = String(Zone.beijing.local(now).text.prefix(10))
        guard let content = try? Data(contentsOf: URL(fileURLWithPath: path)) else {
            throw Failure.refused(
                "\(path) cannot be read.", next: "Look at its name and its permissions.")
        }
        let name = URL(fileURLWithPath: path).lastPathComponent
        let packs = try PackSource.load()
        let document = RegistryFormat.read(Array(content), fileName: name, packs: packs)
        do {
            registry = try Registry().importing(document, packs: packs).result
        } catch .mistakes(let mistakes) {
            let lines = mistakes.map { "line \($0.line): \($0.text)" }.joined(separator: "\n")
            throw Failure.refused(
                "\(name) is no registry:\n\(lines)", next: "Mend the file and try again.")
        } catch .outside(_, let entry) {
            throw Failure.refused("\(name): \(entry.id) is out of scope.", next: "")
        }
    }

    /// Whose rules an enterprise follows under a profile.
    func placements(of id: EnterpriseID, by profile: PolicyProfile) throws -> [Placement] {
        guard let enterprise = registry.enterprises[id] else {
            throw Failure.refused(
                "The registry has no enterprise \(id).",
                next:
                    "It has \(registry.enterprises.values.map(\.id.text).joined(separator: ", ")).")
        }
        return placements(of: enterprise, by: profile)
    }

    private func placements(of enterprise: Enterprise, by profile: PolicyProfile) -> [Placement] {
        profile.placements(
            of: enterprise.placement, isInPark: body(of: [.park], over: enterprise) != nil)
    }

    /// Every role that a profile tells, or lets owe something, for each enterprise of the registry.
    func gaps(of profile: PolicyProfile) -> [Gap] {
        registry.enterprises.values.flatMap { enterprise in
            let placements = placements(of: enterprise, by: profile)
            return named(by: profile, WarningLevel.allCases, placements).flatMap { role in
                holders(of: role, in: enterprise).compactMap { holder in
                    holder.lack.map {
                        Gap(
                            enterprise: enterprise.id, source: holder.source, role: role.id,
                            text: $0)
                    }
                }
            }
        }
    }

    /// Who fills the roles of one level for one enterprise.
    func holders(
        of profile: PolicyProfile, _ id: EnterpriseID, at level: WarningLevel,
        _ placements: [Placement]
    ) throws -> [Record] {
        guard let enterprise = registry.enterprises[id] else { return [] }
        return named(by: profile, [level], placements).flatMap { role in
            holders(of: role, in: enterprise).map { holder in
                Record([
                    Field("role", "role", .text(role.id.text)),
                    Field("name", "name", .text(role.name)),
                    Field("source", "hazard source", holder.source.map { .text($0.text) } ?? .none),
                    Field("holder", "is", .text(holder.name)),
                    Field("lack", "what is missing", holder.lack.map { .text($0) } ?? .none),
                ])
            }
        }
    }

    /// Whom the profile names at these levels, each once, in the order of its roles.
    private func named(
        by profile: PolicyProfile, _ levels: [WarningLevel], _ placements: [Placement]
    ) -> [Role] {
        var ids: [RoleID] = []
        for (level, placement) in levels.flatMap({ level in placements.map { (level, $0) } }) {
            ids += profile.recipients(at: level, placement)?.roles ?? []
            let tracking = profile.tracking.filter {
                $0.level == level && $0.placement == placement
            }
            ids += tracking.map(\.role)
            for rule in RuleReach(profile, level: level, placement).rules {
                ids += rule.owners + rule.tells + rule.copies + rule.addressees
            }
        }
        return profile.roles.filter { ids.contains($0.id) }
    }

    // MARK: Who fills a role

    private func holders(of role: Role, in enterprise: Enterprise) -> [Holder] {
        switch role.holder {
        case .person(let tier):
            return registry.hazardSources.values.filter { $0.enterprise == enterprise.id }
                .map { person(of: tier, for: $0) }
        case .body(let kinds):
            guard let node = body(of: kinds, over: enterprise) else {
                return [Holder(source: nil, name: "", lack: missing(kinds))]
            }
            return [Holder(source: nil, name: name(of: node), lack: nil)]
        case .post(let post, let kinds): return officers(post, at: kinds, of: enterprise)
        case .under: return []
        }
    }

    private func person(of tier: Tier, for source: HazardSource) -> Holder {
        let persons = registry.persons.values.filter {
            $0.hazardSource == source.id && $0.tier == tier
        }
        guard let person = persons.first else {
            return Holder(
                source: source.id, name: "", lack: "no person of the tier \(tier); add one")
        }
        return Holder(
            source: source.id, name: person.name,
            lack: lack(person.telephone, isVerified: person.verifiedOn != nil))
    }

    private func officers(
        _ post: PostID, at kinds: [NodeKind], of enterprise: Enterprise
    ) -> [Holder] {
        guard let node = body(of: kinds, over: enterprise) else {
            return [Holder(source: nil, name: "", lack: missing(kinds))]
        }
        let officers = registry.officers.values.filter { officer in
            officer.node == node && officer.post == post
                && officer.leftOn.map { today < $0.text } ?? true
        }
        guard !officers.isEmpty else {
            let text = "nobody holds the post \(post) at \(node); add an officer"
            return [Holder(source: nil, name: "", lack: text)]
        }
        return officers.map { officer in
            Holder(
                source: nil, name: officer.name,
                lack: lack(officer.telephone, isVerified: officer.verifiedOn != nil))
        }
    }

    private func lack(_ telephone: String, isVerified: Bool) -> String? {
        if telephone.isEmpty { return "no telephone number; add it" }
        return isVerified ? nil : "the number was never verified; try it, and write verifiedOn"
    }

    private func missing(_ kinds: [NodeKind]) -> String {
        "no \(kinds.map(\.rawValue).joined(separator: " or ")) stands above the enterprise"
    }

    /// The node of the first of `kinds` that the enterprise stands under, or is.
    private func body(of kinds: [NodeKind], over enterprise: Enterprise) -> NodeID? {
        let path = registry.path(of: enterprise.node)
        for kind in kinds {
            if kind == .enterprise { return enterprise.node }
            if let node = path.first(where: { registry.nodes[$0]?.kind == kind }) { return node }
        }
        return nil
    }

    private func name(of node: NodeID) -> String {
        registry.nodes[node]?.name ?? registry.enterprises[EnterpriseID(node.text)]?.name
            ?? node.text
    }
}

extension ObligationRule {
    /// To whom its document goes.
    fileprivate var addressees: [RoleID] {
        if case .document(let document) = form { return document.to }
        return []
    }
}
