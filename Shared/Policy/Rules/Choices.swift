package import Domain

/// How a profile reads what its regulation says twice, differently, or not at all 取舍.
///
/// Each has its alternatives in its type, so that the other reading is one line away.
package struct Choices: Equatable, Codable, Sendable {
    /// A reading with the clause that it rests on.
    package struct Choice<Value: Codable & Equatable & Sendable>: Equatable, Codable, Sendable {
        package var value: Value
        package var clause: Clause

        package init(_ value: Value, clause: Clause) {
            (self.value, self.clause) = (value, clause)
        }
    }

    /// Which path a city-managed enterprise in a park takes.
    package enum CityManagedInPark: String, CaseIterable, Codable, Sendable {
        case union, cityPath, parkPath
    }

    /// Who hears of the repeats of a circular beside its addressee.
    package enum CircularRepeats: String, CaseIterable, Codable, Sendable {
        case addressee, addresseeAndDesks, everyone
    }

    /// What a level that is come down to does with its times.
    package enum Fall: String, CaseIterable, Codable, Sendable {
        /// They begin anew.
        case restart
        /// They go on where a higher level took their place.
        case resume
    }

    /// What a higher level does with the times of the lower one.
    package enum Rise: String, CaseIterable, Codable, Sendable {
        /// They end and stay on record.
        case supersede
        /// They go on beside the higher one's.
        case keep
    }

    /// Which rules a running case follows when the profile gets a new version.
    package enum Running: String, CaseIterable, Codable, Sendable {
        /// Those that it began with.
        case keep
        /// Those of the new version, from its next level on.
        case follow
    }

    package var cityManagedInPark: Choice<CityManagedInPark>
    package var circularRepeats: Choice<CircularRepeats>
    package var fall: Choice<Fall>
    package var rise: Choice<Rise>
    package var running: Choice<Running>

    package init(
        cityManagedInPark: Choice<CityManagedInPark>,
        circularRepeats: Choice<CircularRepeats>, fall: Choice<Fall>, rise: Choice<Rise>,
        running: Choice<Running>
    ) {
        (self.cityManagedInPark, self.circularRepeats) = (cityManagedInPark, circularRepeats)
        (self.fall, self.rise, self.running) = (fall, rise, running)
    }
}

extension Choices {
    /// The readings that requirements suggest, for profiles that say nothing yet.
    package static let plain = Choices(
        cityManagedInPark: Choice(.union, clause: Clause("")),
        circularRepeats: Choice(.addressee, clause: Clause("")),
        fall: Choice(.restart, clause: Clause("")), rise: Choice(.supersede, clause: Clause("")),
        running: Choice(.keep, clause: Clause("")))
}
