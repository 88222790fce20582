import Domain
import NotificationCore
import Policy

/// Who there is: enterprises of all placements with their persons, under one tree.
enum City {
    struct Works {
        var name: String
        var placement: Placement
        var parent: String
    }

    static let works = [
        Works(name: "park-works", placement: .inPark, parent: "park"),
        Works(name: "county-works", placement: .outsidePark, parent: "county"),
        Works(name: "city-works", placement: .cityManaged, parent: "county"),
        Works(name: "city-park-works", placement: .cityManaged, parent: "park"),
    ]

    static let nodes: [OrganisationTree.Node] = [
        node("nation", nil, .nation), node("province", "nation", .province),
        node("city", "province", .city), node("county", "city", .county),
        node("town", "county", .town), node("park", "county", .park),
    ]

    private static func node(_ id: String, _ parent: String?, _ kind: NodeKind)
        -> OrganisationTree.Node
    {
        .init(id: NodeID(id), parent: parent.map { NodeID($0) }, kind: kind, name: "\(id)局")
    }

    /// Every node that somebody may act for.
    static let allNodes = nodes.map(\.id) + works.map { NodeID($0.name) }

    static func source(_ index: Int) -> HazardSourceID { HazardSourceID("s\(index)") }

    /// The registry; of `gaps` nobody fills the posts.
    static func registry(hasGaps: Bool) -> [RegistryFact] {
        var facts = nodes.map { RegistryFact.node($0) }
        for (index, one) in works.enumerated() {
            facts.append(
                .enterprise(
                    .init(
                        id: EnterpriseID(one.name), parent: NodeID(one.parent),
                        placement: one.placement, name: "\(one.name)厂")))
            facts.append(
                .source(
                    .init(id: source(index), enterprise: EnterpriseID(one.name), name: "罐区")))
            for (number, tier) in Tier.allCases.enumerated() where !(hasGaps && index == 1) {
                // In one place one person has two tiers.
                let telephone = index == 2 ? "tel-2" : "tel-\(index)-\(number)"
                facts.append(
                    .person(
                        .init(
                            id: PersonID("\(tier)-\(index)"), source: source(index), tier: tier,
                            name: "某\(index)", telephone: telephone)))
            }
            facts += posts(
                at: one.name, ["safetyHead", "safetyDirector", "safetyLeader", "principal"])
        }
        if hasGaps { return facts }
        return facts + posts(at: "park", ["head", "leaderInCharge", "principal"])
            + posts(
                at: "county",
                ["sectionHead", "leaderInCharge", "principal", "dutyLeader", "warningGroup"])
            + posts(at: "city", ["divisionStaff", "divisionHead"])
    }

    private static func posts(at node: String, _ posts: [String]) -> [RegistryFact] {
        posts.map { post in
            .officer(
                .init(
                    id: PersonID("\(post)-\(node)"), node: NodeID(node), post: PostID(post),
                    name: "某", telephone: "tel-\(post)-\(node)"))
        }
    }
}
