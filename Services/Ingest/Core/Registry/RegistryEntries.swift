package import Domain
package import Policy

/// A body of the organisation tree 组织机构, from the nation down to towns and parks.
package struct Node: RegistryValue {
    package var id: NodeID
    /// The node above; nil for the nation.
    package var parent: NodeID?
    package var kind: NodeKind
    package var name: String

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

    package init(
        id: HazardSourceID, enterprise: EnterpriseID, name: String, unitKind: UnitKind,
        grade: Grade
    ) {
        (self.id, self.enterprise, self.name) = (id, enterprise, name)
        (self.unitKind, self.grade) = (unitKind, grade)
    }
}

/// A device 设备 that points hang on.
package struct Device: RegistryValue {
    package var id: DeviceID
    package var hazardSource: HazardSourceID
    package var name: String
    package var medium: String

    package init(id: DeviceID, hazardSource: HazardSourceID, name: String, medium: String) {
        (self.id, self.hazardSource, self.name, self.medium) = (id, hazardSource, name, medium)
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

    package init(
        id: PointID, device: DeviceID, name: String, indicator: Indicator, unit: String,
        rangeLow: Double, rangeHigh: Double, limits: Limits
    ) {
        (self.id, self.device, self.name, self.indicator) = (id, device, name, indicator)
        (self.unit, self.rangeLow, self.rangeHigh) = (unit, rangeLow, rangeHigh)
        self.limits = limits
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

    package init(id: GatewayID, enterprise: EnterpriseID, name: String) {
        (self.id, self.enterprise, self.name) = (id, enterprise, name)
    }
}
