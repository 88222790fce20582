package import Domain

extension Choices {
    /// The questions that regulations leave, in the order in which people ask them.
    package enum Name: String, CaseIterable, Sendable {
        case cityManagedRed, cityManagedInPark, overdue, twoClocks, hourlyLooks, circularRepeats
        case fall, rise, patrolRanking, bulletinRanking, patrolCounties, dustWorkers, redBody
        case boundary, passwordLength, running

        /// The number of the contradiction; nil: it is a question of ours.
        package var number: Int? {
            switch self {
            case .cityManagedRed: 1
            case .cityManagedInPark: 2
            case .overdue: 3
            case .twoClocks: 4
            case .hourlyLooks: 5
            case .circularRepeats: 6
            case .fall: 7
            case .rise: 8
            case .patrolRanking, .bulletinRanking: 9
            case .patrolCounties: 10
            case .dustWorkers: 11
            case .redBody: 12
            case .boundary: 13
            case .passwordLength: 14
            case .running: nil
            }
        }

        package var question: String {
            switch self {
            case .cityManagedRed:
                "does red for a city-managed enterprise go also to whom orange goes?"
            case .cityManagedInPark: "which path does a city-managed enterprise in a park take?"
            case .overdue: "from when does 逾期 count where no limit is set?"
            case .twoClocks: "do the times of a level and of a field report run side by side?"
            case .hourlyLooks: "is a look each hour owed within the hours, or at the full hours?"
            case .circularRepeats: "who hears of the repeats of a circular?"
            case .fall: "do the times of a level begin anew when a higher one falls to it?"
            case .rise: "do the times of a level end when a higher one begins?"
            case .patrolRanking: "which end of the ranking by system use is bad?"
            case .bulletinRanking: "which end of the ranking by number of risks is bad?"
            case .patrolCounties: "is a number of counties without 不少于 the least, or exact?"
            case .dustWorkers: "does the number of dust workers count all, or those of a shift?"
            case .redBody: "who has a red warning that the text gives to nobody?"
            case .boundary: "is what happens at the very time that 前 names late?"
            case .passwordLength: "does N位以上 include N?"
            case .running: "which rules does a running case follow when a new version comes?"
            }
        }
    }

    /// One question with the answer of a profile, and what to write for another.
    package struct Entry: Equatable, Sendable {
        package var name: Name
        package var value: String
        /// Where the answer stands, and what can be written there instead.
        package var alternative: String
        package var clause: Clause
    }

    /// The questions that the profile answers, in order.
    package var entries: [Entry] {
        Name.allCases.compactMap(entry)
    }

    private func entry(_ name: Name) -> Entry? {
        switch name {
        case .cityManagedRed: cityManagedRed.map { entry(name, $0) }
        case .cityManagedInPark: entry(name, cityManagedInPark)
        case .overdue: entry(name, .overdue)
        case .twoClocks: entry(name, .twoClocks)
        case .hourlyLooks: hourlyLooks.map { entry(name, $0) }
        case .circularRepeats: entry(name, circularRepeats)
        case .fall: entry(name, fall)
        case .rise: entry(name, rise)
        case .patrolRanking: patrolRanking.map { entry(name, $0) }
        case .bulletinRanking: bulletinRanking.map { entry(name, $0) }
        case .patrolCounties: patrolCounties.map { entry(name, $0) }
        case .dustWorkers: dustWorkers.map { entry(name, $0) }
        case .redBody: entry(name, .redBody)
        case .boundary: entry(name, boundary)
        case .passwordLength: passwordLength.map { entry(name, $0) }
        case .running: entry(name, running)
        }
    }

    private func entry<Value: RawRepresentable & CaseIterable & Equatable>(
        _ name: Name, _ choice: Choice<Value>
    ) -> Entry where Value.RawValue == String {
        let others = Value.allCases.filter { $0 != choice.value }.map { "`value: \($0.rawValue)`" }
        return Entry(
            name: name, value: choice.value.rawValue,
            alternative: "choices.\(name.rawValue): \(others.joined(separator: " or "))",
            clause: choice.clause)
    }

    private func entry(_ name: Name, _ key: Stated.Key) -> Entry? {
        stated.first { $0.key == key }.map { choice in
            Entry(
                name: name, value: choice.value,
                alternative: "\(choice.at): \(choice.otherwise)", clause: choice.clause)
        }
    }
}
