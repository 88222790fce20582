package import Domain

/// To whom an enterprise files that devices are out of service 停用报备对象 (CON-22).
package struct FilingRule: Equatable, Codable, Sendable {
    /// The body of the first of `kinds` above an enterprise of this placement.
    package struct Addressee: Equatable, Codable, Sendable {
        package var placement: Placement
        package var kinds: [NodeKind]

        package init(_ placement: Placement, _ kinds: [NodeKind]) {
            (self.placement, self.kinds) = (placement, kinds)
        }
    }

    /// One for each placement.
    package var addressees: [Addressee]
    package var clause: Clause
    /// How long a filing waits until whoever verifies is reminded, and again (CON-23).
    package var nudgeEvery: Interval

    package init(
        addressees: [Addressee], clause: Clause, nudgeEvery: Interval = Self.nudgeEvery
    ) {
        (self.addressees, self.clause, self.nudgeEvery) = (addressees, clause, nudgeEvery)
    }

    /// Regulations blame filings that nobody confirms, and give no time. Ours.
    package static let nudgeEvery = Interval.day

    /// The kinds of body for one placement; empty: nobody is named.
    package func kinds(for placement: Placement) -> [NodeKind] {
        addressees.first { $0.placement == placement }?.kinds ?? []
    }

    /// Where a regulation names nobody: the county, of city-managed enterprises the city.
    package static let ours = FilingRule(
        addressees: [
            Addressee(.inPark, [.county]), Addressee(.outsidePark, [.county]),
            Addressee(.cityManaged, [.city, .county]),
        ],
        clause: Clause("ours"))
}
