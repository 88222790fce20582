import Domain
import Policy

/// What notification knows of the registry: who is where, and who fills which role of a case.
struct RegistryCopy: Sendable {
    private(set) var tree = OrganisationTree()
    private(set) var enterprises: [EnterpriseID: RegistryFact.Enterprise] = [:]
    private(set) var sources: [HazardSourceID: RegistryFact.HazardSource] = [:]
    /// The person of each tier of each source.
    private var persons: [TierPost: RegistryFact.Person] = [:]
    /// Who holds each post of each node, by id.
    private var officers: [OfficerPost: [RegistryFact.Officer]] = [:]
    private var postOfOfficer: [PersonID: OfficerPost] = [:]

    private struct TierPost: Hashable {
        var source: HazardSourceID
        var tier: Tier
    }

    private struct OfficerPost: Hashable {
        var node: NodeID
        var post: PostID
    }

    init() {}

    mutating func put(_ fact: RegistryFact) {
        switch fact {
        case .node(let node): tree.put(node)
        case .enterprise(let enterprise):
            enterprises[enterprise.id] = enterprise
            tree.put(
                .init(
                    id: enterprise.node, parent: enterprise.parent, kind: .enterprise,
                    name: enterprise.name))
        case .source(let source): sources[source.id] = source
        case .person(let person):
            persons[TierPost(source: person.source, tier: person.tier)] = person
        case .officer(let officer): put(officer)
        }
    }

    /// An officer has one post: a new entry takes the place of the one of the same id.
    private mutating func put(_ officer: RegistryFact.Officer) {
        if let before = postOfOfficer[officer.id] {
            let rest = (officers[before] ?? []).filter { $0.id != officer.id }
            officers[before] = rest.isEmpty ? nil : rest
        }
        let post = OfficerPost(node: officer.node, post: officer.post)
        postOfOfficer[officer.id] = post
        let all = (officers[post] ?? []) + [officer]
        officers[post] = all.sorted { $0.id < $1.id }
    }

    /// True if it holds the source, its enterprise and the persons whom `profile` tells.
    func knows(_ source: HazardSourceID, for profile: PolicyProfile) -> Bool {
        guard let enterprise = sources[source]?.enterprise, enterprises[enterprise] != nil else {
            return false
        }
        return profile.roles.allSatisfy { role in
            switch role.holder {
            case .person(let tier): persons[TierPost(source: source, tier: tier)] != nil
            case .body, .post, .under: true
            }
        }
    }

    /// Whose rules an enterprise follows; one that nobody registered counts as outside parks.
    func placements(of id: EnterpriseID?, by profile: PolicyProfile) -> [Placement] {
        guard let enterprise = id.flatMap({ enterprises[$0] }) else { return [.outsidePark] }
        let park = tree.body(of: enterprise.node, kinds: [.park])
        return profile.placements(of: enterprise.placement, isInPark: park != nil)
    }

    struct Number: Hashable {
        var person: PersonID
        var telephone: String
    }

    /// The numbers that are known to be right.
    var verifiedNumbers: Set<Number> {
        // A set has no order that could matter.
        let ofTiers = persons.values.filter { !$0.verifiedOn.isEmpty }
            .map { Number(person: $0.id, telephone: $0.telephone) }
        // Nor has this an order.
        let ofPosts = officers.values.joined().filter { !$0.verifiedOn.isEmpty }
            .map { Number(person: $0.id, telephone: $0.telephone) }
        return Set(ofTiers).union(ofPosts)
    }

    // MARK: Who fills a role

    /// The name of the one who fills a role; that of the role if nobody does.
    func holderName(of role: RoleID, in one: Case, by profile: PolicyProfile) -> String {
        let names = holders(of: role, in: one, by: profile).compactMap(\.name)
        if names.isEmpty { return profile.role(role)?.name ?? role.text }
        return names.joined(separator: "、")
    }

    /// All who fill a role; never empty.
    func holders(of id: RoleID, in one: Case, by profile: PolicyProfile) -> [Notice.Holder] {
        guard let role = profile.role(id) else {
            return [.nobody("The profile has no role \(id).")]
        }
        switch role.holder {
        case .person(let tier): return [person(tier, in: one)]
        case .body(let kinds): return [body(kinds, in: one)]
        case .post(let post, let kinds): return filling(post, kinds, in: one)
        case .under(let kinds): return bodies(kinds, under: one)
        }
    }

    /// Where whoever fills a role stands.
    func node(of role: RoleID, in one: Case, by profile: PolicyProfile) -> NodeID {
        let first = holders(of: role, in: one, by: profile).first
        return first.map { node(of: role, $0, in: one, by: profile) } ?? one.node
    }

    /// Where a holder of a role stands: a body itself, a person where the post is.
    func node(
        of role: RoleID, _ holder: Notice.Holder, in one: Case, by profile: PolicyProfile
    ) -> NodeID {
        if case .body(let id, _) = holder { return id }
        switch profile.role(role)?.holder {
        case .post(_, let kinds): return tree.body(of: one.node, kinds: kinds)?.id ?? one.node
        case .person, .body, .under, nil: return one.node
        }
    }

    private func person(_ tier: Tier, in one: Case) -> Notice.Holder {
        guard let source = one.source else {
            return .nobody("The case is about no hazard source, which could have a \(tier) person.")
        }
        guard let person = persons[TierPost(source: source, tier: tier)] else {
            return .nobody(
                "No \(tier) person of hazard source \(source) is registered; import one with "
                    + "tier \(tier).")
        }
        guard !person.telephone.isEmpty else {
            return .nobody(
                "Person \(person.id) (\(tier) of \(source)) has no telephone number; import one.")
        }
        return .person(
            person.id, name: person.name, telephone: person.telephone, email: person.email)
    }

    private func filling(
        _ post: PostID, _ kinds: [NodeKind], in one: Case
    ) -> [Notice.Holder] {
        guard let node = tree.body(of: one.node, kinds: kinds) else {
            return [body(kinds, in: one)]
        }
        let all = (officers[OfficerPost(node: node.id, post: post)] ?? []).filter {
            $0.leftOn.isEmpty && !$0.telephone.isEmpty
        }
        if all.isEmpty {
            return [
                .nobody(
                    "No officer with a telephone number holds the post \(post) at \(node.id); "
                        + "import one.")
            ]
        }
        return all.map {
            .person($0.id, name: $0.name, telephone: $0.telephone, email: $0.email)
        }
    }

    private func bodies(_ kinds: [NodeKind], under one: Case) -> [Notice.Holder] {
        let all = tree.nodes(under: one.node, kinds: kinds).map {
            Notice.Holder.body($0.id, name: $0.name)
        }
        let names = kinds.map(\.rawValue).joined(separator: " or ")
        return all.isEmpty ? [.nobody("No \(names) stands under \(one.node).")] : all
    }

    private func body(_ kinds: [NodeKind], in one: Case) -> Notice.Holder {
        if let body = tree.body(of: one.node, kinds: kinds) {
            return .body(body.id, name: body.name)
        }
        let names = kinds.map(\.rawValue).joined(separator: " or ")
        return .nobody(
            "No \(names) is registered above enterprise \(one.node); import the organisation tree "
                + "above it.")
    }
}
