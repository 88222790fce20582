package import Domain

/// What risk copies from the registry: one entry as ingest last wrote it.
package enum RegistryFact: Equatable, Codable, Sendable {
    case node(OrganisationTree.Node)
    case enterprise(Enterprise)
    case source(HazardSource)
    case device(Device)
    case point(Point)
    /// It is there no more; never stored.
    case removed(Removal)

    package enum Removal: Equatable, Codable, Sendable {
        case point(PointID)
        case device(DeviceID)
    }

    package struct Enterprise: Equatable, Codable, Sendable {
        package var id: EnterpriseID
        /// The park that it stands in, or else its county.
        package var parent: NodeID
        package var name: String

        package init(id: EnterpriseID, parent: NodeID, name: String) {
            (self.id, self.parent, self.name) = (id, parent, name)
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

    package struct Device: Equatable, Codable, Sendable {
        package var id: DeviceID
        package var source: HazardSourceID
        package var name: String

        package init(id: DeviceID, source: HazardSourceID, name: String) {
            (self.id, self.source, self.name) = (id, source, name)
        }
    }

    package struct Point: Equatable, Codable, Sendable {
        package var id: PointID
        package var device: DeviceID
        package var name: String
        package var unit: String
        package var limits: Limits

        package init(
            id: PointID, device: DeviceID, name: String, unit: String, limits: Limits
        ) {
            (self.id, self.device, self.name) = (id, device, name)
            (self.unit, self.limits) = (unit, limits)
        }
    }
}
