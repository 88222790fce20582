package import Domain

/// What notification copies from the registry: one entry as ingest last wrote it.
package enum RegistryFact: Equatable, Codable, Sendable {
    case node(OrganisationTree.Node)
    case enterprise(Enterprise)
    case source(HazardSource)
    case person(Person)

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

        package init(
            id: PersonID, source: HazardSourceID, tier: Tier, name: String, telephone: String
        ) {
            (self.id, self.source, self.tier) = (id, source, tier)
            (self.name, self.telephone) = (name, telephone)
        }
    }
}
