package import Domain
package import Policy

/// What notification copies from the registry: one entry as ingest last wrote it.
package enum RegistryFact: Equatable, Codable, Sendable {
    case node(OrganisationTree.Node)
    case enterprise(Enterprise)
    case source(HazardSource)
    case person(Person)
    case officer(Officer)

    package struct Enterprise: Equatable, Codable, Sendable {
        package var id: EnterpriseID
        /// The park that it stands in, or else its county.
        package var parent: NodeID
        package var placement: Placement
        /// What notices call it.
        package var name: String

        package init(id: EnterpriseID, parent: NodeID, placement: Placement, name: String) {
            (self.id, self.parent) = (id, parent)
            (self.placement, self.name) = (placement, name)
        }

        package var node: NodeID { NodeID(id.text) }
    }

    package struct HazardSource: Equatable, Codable, Sendable {
        package var id: HazardSourceID
        package var enterprise: EnterpriseID
        package var name: String

        package init(id: HazardSourceID, enterprise: EnterpriseID, name: String) {
            (self.id, self.enterprise, self.name) = (id, enterprise, name)
        }
    }

    package struct Person: Equatable, Codable, Sendable {
        package var id: PersonID
        package var source: HazardSourceID
        package var tier: Tier
        package var name: String
        package var telephone: String
        /// Empty: none.
        package var email: String
        /// The day on which the number was last verified, such as `2021-11-01`; empty: never.
        package var verifiedOn: String

        package init(
            id: PersonID, source: HazardSourceID, tier: Tier, name: String, telephone: String,
            email: String = "", verifiedOn: String = ""
        ) {
            (self.id, self.source, self.tier) = (id, source, tier)
            (self.name, self.telephone) = (name, telephone)
            (self.email, self.verifiedOn) = (email, verifiedOn)
        }
    }

    /// Who holds a post at a body or an enterprise 岗位人员.
    package struct Officer: Equatable, Codable, Sendable {
        package var id: PersonID
        package var node: NodeID
        package var post: PostID
        package var name: String
        package var telephone: String
        package var email: String
        package var verifiedOn: String
        /// The day on which they left it; empty: they hold it.
        package var leftOn: String

        package init(
            id: PersonID, node: NodeID, post: PostID, name: String, telephone: String,
            email: String = "", verifiedOn: String = "", leftOn: String = ""
        ) {
            (self.id, self.node, self.post, self.name) = (id, node, post, name)
            (self.telephone, self.email) = (telephone, email)
            (self.verifiedOn, self.leftOn) = (verifiedOn, leftOn)
        }
    }

    /// The part in which it is kept.
    var key: String {
        switch self {
        case .node(let node): "fact/node/\(node.id)"
        case .enterprise(let enterprise): "fact/enterprise/\(enterprise.id)"
        case .source(let source): "fact/source/\(source.id)"
        case .person(let person): "fact/person/\(person.source)/\(person.tier)"
        case .officer(let officer): "fact/officer/\(officer.id)"
        }
    }
}
