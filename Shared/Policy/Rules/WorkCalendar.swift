package import Domain

/// Which days are worked 工作日: Monday to Friday, less holidays 节假日, plus the weekend days that
/// are worked in their place 调休.
package struct WorkCalendar: Equatable, Codable, Sendable {
    /// What the State Council has announced for one year; days as month × 100 + day.
    package struct Year: Equatable, Codable, Sendable {
        package var holidays: [Int]
        package var workedWeekends: [Int]
        package var clause: Clause

        package init(holidays: [Int], workedWeekends: [Int], clause: Clause) {
            (self.holidays, self.workedWeekends) = (holidays, workedWeekends)
            self.clause = clause
        }
    }

    /// The calendar has no such year, so nobody can say which of its days are worked.
    package struct MissingYear: Error, Equatable, CustomStringConvertible {
        package var year: Int64

        package var description: String {
            "The calendar has no year \(year): add its holidays and worked weekends, as the State "
                + "Council announced them, to the profile's calendar."
        }
    }

    package var years: [Int64: Year]

    package init(years: [Int64: Year] = [:]) {
        self.years = years
    }
}
