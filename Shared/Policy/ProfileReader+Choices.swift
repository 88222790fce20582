import Domain

/// The readings that a profile chooses where its regulation can be read in two ways.
extension ProfileReader {
    mutating func choices(in top: Section) -> Choices? {
        let names = Choices.Name.allCases.map(\.rawValue)
        guard let section = section("choices", in: top, keys: names) else { return nil }
        let inPark = choice(.cityManagedInPark, in: section, of: Choices.CityManagedInPark.self)
        let repeats = choice(.circularRepeats, in: section, of: Choices.CircularRepeats.self)
        let fall = choice(.fall, in: section, of: Choices.Fall.self)
        let rise = choice(.rise, in: section, of: Choices.Rise.self)
        let running = choice(.running, in: section, of: Choices.Running.self)
        let boundary = choice(.boundary, in: section, of: Deadline.Boundary.self)
        let others = otherChoices(in: section)
        guard let inPark, let repeats, let fall, let rise, let running, let boundary else {
            return nil
        }
        var choices = others
        (choices.cityManagedInPark, choices.circularRepeats) = (inPark, repeats)
        (choices.fall, choices.rise, choices.running) = (fall, rise, running)
        choices.boundary = boundary
        self.boundary = boundary.value
        looksAreInstants = choices.hourlyLooks?.value == .instants
        return choices
    }

    /// Those that do not arise in every regulation.
    private mutating func otherChoices(in section: Section) -> Choices {
        var choices = Choices.plain
        choices.cityManagedRed = optional(.cityManagedRed, in: section)
        choices.hourlyLooks = optional(.hourlyLooks, in: section)
        choices.patrolRanking = optional(.patrolRanking, in: section)
        choices.bulletinRanking = optional(.bulletinRanking, in: section)
        choices.patrolCounties = optional(.patrolCounties, in: section)
        choices.dustWorkers = optional(.dustWorkers, in: section)
        choices.passwordLength = optional(.passwordLength, in: section)
        choices.stated = Choices.Stated.Key.allCases.compactMap { stated($0, in: section) }
        return choices
    }

    private mutating func optional<Value: RawRepresentable & CaseIterable>(
        _ name: Choices.Name, in section: Section
    ) -> Choices.Choice<Value>? where Value.RawValue == String {
        section.entry(name.rawValue) == nil
            ? nil : choice(name, in: section, of: Value.self)
    }

    private mutating func choice<Value: RawRepresentable & CaseIterable>(
        _ name: Choices.Name, in section: Section, of type: Value.Type
    ) -> Choices.Choice<Value>? where Value.RawValue == String {
        let words = listed(Value.allCases.map(\.rawValue))
        let example = "`{ value: …, clause: … }` with one of \(words): \(name.question)"
        guard required(name.rawValue, in: section, example: example) != nil,
            let row = self.section(name.rawValue, in: section, keys: ["value", "clause"])
        else { return nil }
        let value = word("value", in: row, as: Value.self)
        guard let clause = clause(in: row), let value else { return nil }
        return Choices.Choice(value, clause: clause)
    }

    private mutating func stated(
        _ key: Choices.Stated.Key, in section: Section
    ) -> Choices.Stated? {
        guard section.entry(key.rawValue) != nil,
            let row = self.section(
                key.rawValue, in: section, keys: ["value", "at", "otherwise", "clause"])
        else { return nil }
        let value = text("value", in: row, example: "what this profile reads, in a few words")
        let at = text("at", in: row, example: "the id of the obligation or role that holds it")
        let otherwise = text("otherwise", in: row, example: "what to write there instead")
        guard let clause = clause(in: row), let value, let at, let otherwise else { return nil }
        return Choices.Stated(
            key: key, value: value, at: at, otherwise: otherwise, clause: clause)
    }

    /// A stated choice names the row that holds it.
    mutating func check(
        _ stated: [Choices.Stated], obligations: [ObligationRule], roles: [Role],
        in top: Section
    ) {
        let known = obligations.map(\.id.text) + roles.map(\.id.text)
        for choice in stated where !known.contains(choice.at) {
            let place = top.entry("choices")?.value.value(choice.key.rawValue)?.value("at")
            complain(
                "there is no obligation and no role `\(choice.at)`; write the id of the row that "
                    + "holds the value.", line: place?.line ?? top.line,
                path: "choices.\(choice.key.rawValue).at")
        }
    }
}
