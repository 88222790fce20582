package import Domain
package import Policy

/// An object 监控对象 beside tanks and units, such as a duty centre.
package struct ObjectID: Identifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// A camera 摄像头.
package struct CameraID: Identifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// A body of the organisation tree 组织机构, from the nation down to towns and parks.
package struct Node: RegistryValue {
    package var id: NodeID
    /// The node above; nil for the nation.
    package var parent: NodeID?
    package var kind: NodeKind
    package var name: String
    package var facts = Facts()

    package init(id: NodeID, parent: NodeID?, kind: NodeKind, name: String) {
        (self.id, self.parent, self.kind, self.name) = (id, parent, kind, name)
    }
}

/// A regulated company 企业; it is its own node in the tree.
package struct Enterprise: RegistryValue {
    package var id: EnterpriseID
    package var county: NodeID
    /// The park that it stands in; nil outside of parks.
    package var park: NodeID?
    package var placement: Placement
    package var name: String
    package var shortName: String
    package var facts = Facts()

    package init(
        id: EnterpriseID, county: NodeID, park: NodeID?, placement: Placement, name: String,
        shortName: String
    ) {
        (self.id, self.county, self.park) = (id, county, park)
        (self.placement, self.name, self.shortName) = (placement, name, shortName)
    }

    package var node: NodeID { NodeID(id.text) }
}

/// A major hazard source 重大危险源.
package struct HazardSource: RegistryValue {
    package var id: HazardSourceID
    package var enterprise: EnterpriseID
    package var name: String
    package var unitKind: UnitKind
    package var grade: Grade
    package var facts = Facts()

    package init(
        id: HazardSourceID, enterprise: EnterpriseID, name: String, unitKind: UnitKind,
        grade: Grade
    ) {
        (self.id, self.enterprise, self.name) = (id, enterprise, name)
        (self.unitKind, self.grade) = (unitKind, grade)
    }
}

/// A device 设备 that points hang on.
///
/// It belongs to a hazard source or to an object, and to exactly one.
package struct Device: RegistryValue {
    package var id: DeviceID
    package var hazardSource: HazardSourceID?
    package var object: ObjectID?
    package var name: String
    /// The kind that a pack declares, such as tank; empty: not said.
    package var kind = ""
    package var medium: String
    package var facts = Facts()

    package init(
        id: DeviceID, hazardSource: HazardSourceID?, object: ObjectID? = nil, name: String,
        kind: String = "", medium: String, facts: Facts = Facts()
    ) {
        (self.id, self.hazardSource, self.object) = (id, hazardSource, object)
        (self.name, self.kind, self.medium, self.facts) = (name, kind, medium, facts)
    }
}

/// What is watched beside devices 监控对象: a duty centre, a key position, an area of the plant.
package struct PlantObject: RegistryValue {
    /// What it stands under.
    package enum Parent: Hashable, Codable, Sendable {
        case node(NodeID)
        case enterprise(EnterpriseID)
        case hazardSource(HazardSourceID)
        case device(DeviceID)
        case object(ObjectID)
    }

    package var id: ObjectID
    /// The kind that a pack declares, such as dutyCentre.
    package var kind: String
    package var parent: Parent
    package var name: String
    package var facts = Facts()

    package init(id: ObjectID, kind: String, parent: Parent, name: String) {
        (self.id, self.kind, self.parent, self.name) = (id, kind, parent, name)
    }
}

/// A camera 摄像头 of a hazard source or of an object, and of exactly one.
package struct Camera: RegistryValue {
    package var id: CameraID
    package var hazardSource: HazardSourceID?
    package var object: ObjectID?
    package var name: String
    package var facts = Facts()

    package init(
        id: CameraID, hazardSource: HazardSourceID?, object: ObjectID? = nil, name: String
    ) {
        (self.id, self.hazardSource, self.object, self.name) = (id, hazardSource, object, name)
    }
}

/// One measuring place 点位 with its unit, range 量程 and limits 阈值.
package struct Point: RegistryValue {
    package var id: PointID
    package var device: DeviceID
    package var name: String
    package var indicator: Indicator
    package var unit: String
    package var rangeLow: Double
    package var rangeHigh: Double
    package var limits: Limits
    package var facts = Facts()

    package init(
        id: PointID, device: DeviceID, name: String, indicator: Indicator, unit: String,
        rangeLow: Double, rangeHigh: Double, limits: Limits, facts: Facts = Facts()
    ) {
        (self.id, self.device, self.name, self.indicator) = (id, device, name, indicator)
        (self.unit, self.rangeLow, self.rangeHigh) = (unit, rangeLow, rangeHigh)
        (self.limits, self.facts) = (limits, facts)
    }
}

/// A responsible person 包保责任人 of one tier of one hazard source.
package struct ResponsiblePerson: RegistryValue {
    package var id: PersonID
    package var hazardSource: HazardSourceID
    package var tier: Tier
    package var name: String
    package var telephone: String
    package var email: String?
    /// When the number was last verified.
    package var verifiedOn: CalendarDay?
    package var facts = Facts()

    package init(
        id: PersonID, hazardSource: HazardSourceID, tier: Tier, name: String, telephone: String,
        email: String? = nil, verifiedOn: CalendarDay? = nil
    ) {
        (self.id, self.hazardSource, self.tier) = (id, hazardSource, tier)
        (self.name, self.telephone) = (name, telephone)
        (self.email, self.verifiedOn) = (email, verifiedOn)
    }
}

/// A person who holds a post 人员岗位 at a body or an enterprise.
package struct Officer: RegistryValue {
    package var id: PersonID
    package var node: NodeID
    package var post: PostID
    package var name: String
    package var telephone: String
    package var email: String?
    /// When the number was last verified.
    package var verifiedOn: CalendarDay?
    /// From this day on the post is not filled by this person.
    package var leftOn: CalendarDay?
    package var facts = Facts()

    package init(
        id: PersonID, node: NodeID, post: PostID, name: String, telephone: String,
        email: String? = nil, verifiedOn: CalendarDay? = nil, leftOn: CalendarDay? = nil
    ) {
        (self.id, self.node, self.post, self.name) = (id, node, post, name)
        (self.telephone, self.email) = (telephone, email)
        (self.verifiedOn, self.leftOn) = (verifiedOn, leftOn)
    }
}

/// A gateway 网关 that pushes the readings of one enterprise.
package struct Gateway: RegistryValue {
    package var id: GatewayID
    package var enterprise: EnterpriseID
    package var name: String
    package var facts = Facts()

    package init(id: GatewayID, enterprise: EnterpriseID, name: String) {
        (self.id, self.enterprise, self.name) = (id, enterprise, name)
    }
}
