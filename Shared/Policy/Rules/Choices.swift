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

    /// Whether red for a city-managed enterprise goes also to whom orange goes (000 §5).
    package enum CityManagedRed: String, CaseIterable, Codable, Sendable {
        case includesOrange, strict
    }

    /// What a look each hour between two times means (000 N三(二)).
    package enum HourlyLooks: String, CaseIterable, Codable, Sendable {
        /// Once within each hour: from 7 to 23, 16.
        case windows
        /// At each full hour, both ends included: from 7 to 23, 17.
        case instants
    }

    /// Which end of a ranking is the bad one (REP-29).
    package enum WorstEnd: String, CaseIterable, Codable, Sendable {
        case top, bottom
    }

    /// How a number of counties without "at least" is meant (002-PA §7).
    package enum PatrolCounties: String, CaseIterable, Codable, Sendable {
        case atLeast, exactly
    }

    /// Whose number decides whether a dust enterprise is in scope (004 一, 004 四(一)).
    package enum DustWorkers: String, CaseIterable, Codable, Sendable {
        case total, perShift
    }

    /// Whether a length of 10以上 is met by 10 (001 §20).
    package enum PasswordLength: String, CaseIterable, Codable, Sendable {
        case inclusive, exclusive
    }

    /// A reading that is a value elsewhere in the file: there it is changed.
    package struct Stated: Equatable, Codable, Sendable {
        package var key: Key
        package var value: String
        /// The rule or role that holds it.
        package var at: String
        /// What to write there for the other reading.
        package var otherwise: String
        package var clause: Clause

        /// What can be stated so.
        package enum Key: String, CaseIterable, Codable, Sendable {
            /// From when 逾期 counts where no limit is set (000 §15).
            case overdue
            /// Two times for one event, from the level and from the report (000 §16, §17).
            case twoClocks
            /// Who has a red warning that the text gives to nobody (004 三(三)).
            case redBody
        }

        package init(key: Key, value: String, at: String, otherwise: String, clause: Clause) {
            (self.key, self.value, self.at) = (key, value, at)
            (self.otherwise, self.clause) = (otherwise, clause)
        }
    }

    package var cityManagedInPark: Choice<CityManagedInPark>
    package var circularRepeats: Choice<CircularRepeats>
    package var fall: Choice<Fall>
    package var rise: Choice<Rise>
    package var running: Choice<Running>
    /// Whether what happens at the very time of day that a text names with 前 is late.
    package var boundary: Choice<Deadline.Boundary>
    // The others do not arise in every regulation.
    package var cityManagedRed: Choice<CityManagedRed>?
    package var hourlyLooks: Choice<HourlyLooks>?
    package var patrolRanking: Choice<WorstEnd>?
    package var bulletinRanking: Choice<WorstEnd>?
    package var patrolCounties: Choice<PatrolCounties>?
    package var dustWorkers: Choice<DustWorkers>?
    package var passwordLength: Choice<PasswordLength>?
    package var stated: [Stated] = []

    package init(
        cityManagedInPark: Choice<CityManagedInPark>,
        circularRepeats: Choice<CircularRepeats>, fall: Choice<Fall>, rise: Choice<Rise>,
        running: Choice<Running>, boundary: Choice<Deadline.Boundary>
    ) {
        (self.cityManagedInPark, self.circularRepeats) = (cityManagedInPark, circularRepeats)
        (self.fall, self.rise, self.running) = (fall, rise, running)
        self.boundary = boundary
    }
}

extension Choices {
    /// The readings that requirements suggest, for profiles that say nothing yet.
    package static let plain = Choices(
        cityManagedInPark: Choice(.union, clause: Clause("")),
        circularRepeats: Choice(.addressee, clause: Clause("")),
        fall: Choice(.restart, clause: Clause("")), rise: Choice(.supersede, clause: Clause("")),
        running: Choice(.keep, clause: Clause("")),
        boundary: Choice(.before, clause: Clause("")))
}
