package import Domain

/// Which points there are and whose they are: what a reading is checked against.
///
/// A value made from the registry after each import; streams compare the version, which only
/// grows, to know when to look up their points anew.
package struct PointDirectory: Sendable {
    package let version: UInt64
    private var enterprises: [PointID: EnterpriseID]

    package init(_ registry: Registry = Registry(), version: UInt64 = 0) {
        self.version = version
        enterprises = [:]
        enterprises.reserveCapacity(registry.points.count)
        for point in registry.points.values {
            enterprises[point.id] = registry.enterprise(of: point.id)
        }
    }

    /// Points of one enterprise, without a registry.
    package init(_ points: Set<PointID>, of enterprise: EnterpriseID) {
        version = 1
        enterprises = Dictionary(uniqueKeysWithValues: points.map { ($0, enterprise) })
    }

    /// The enterprise of a point; nil if the registry has no such point.
    package func enterprise(of point: PointID) -> EnterpriseID? { enterprises[point] }
}
