package import Domain

/// Who reviews what is changed in the registry 数据审核 (ING-25): bodies, not persons.
package struct ReviewRule: Equatable, Codable, Sendable {
    /// A body of one of these kinds, above what is changed.
    package var bodies: [NodeKind]
    /// The bodies of the second person that some changes need.
    package var secondBodies: [NodeKind]
    package var clause: Clause

    package init(bodies: [NodeKind], secondBodies: [NodeKind], clause: Clause) {
        (self.bodies, self.secondBodies, self.clause) = (bodies, secondBodies, clause)
    }

    /// Where a regulation names nobody: the county's, and as second person its or the city's.
    package static let ours = ReviewRule(
        bodies: [.county], secondBodies: [.county, .city], clause: Clause("ours"))
}
