/// The rules of one industry as data 行业数据包: which fields entries have, and what is expected.
package struct Pack: Sendable, Equatable {
    package var id: String
    /// The day of its rules.
    package var version: CalendarDay
    package var title: String
    /// The documents that it implements (ING-30).
    package var standards: [String]
    package var indicators: [IndicatorForm] = []
    package var kinds: [KindForm] = []
    package var lists: [WordList] = []
    package var expected: [ExpectedRule] = []
    package var scope: [ScopeRule] = []
    package var cleaning: [CleaningRule] = []
    /// Names that say nothing (ING-14): remarked, not refused.
    package var vagueNames: [String] = []

    package init(id: String, version: CalendarDay, title: String, standards: [String]) {
        (self.id, self.version, self.title) = (id, version, title)
        self.standards = standards
    }

    /// A list of words that a fact may choose from, such as the 18 processes.
    package struct WordList: Sendable, Equatable {
        package var id: String
        package var title: String
        /// Each with what it is called.
        package var words: [Word]
    }

    /// One word of a list.
    package struct Word: Sendable, Equatable {
        package var id: String
        package var title: String
    }
}

/// What a point may measure.
package struct IndicatorForm: Sendable, Equatable {
    package var id: String
    package var title: String
    /// The letters that national codes have for it.
    package var codes: [String] = []
    package var units: [String] = []
    package var isGas = false
    /// On and off, written as 1 and 0.
    package var isDiscrete = false
    /// Facts that a point of this indicator must state.
    package var requires: [String] = []
    /// The most and least that limits may be, by unit.
    package var bounds: [Bound] = []
    package var clause = ""

    /// The bounds of the limits in one unit.
    package struct Bound: Sendable, Equatable {
        package var unit: String
        package var highMax: Double?
        package var highHighMax: Double?
        package var lowMin: Double?
        package var clause: String
    }
}

/// The fields that a pack gives to a kind of entry, and where such an entry may stand.
package struct KindForm: Sendable, Equatable {
    package var of: EntryKind
    /// The kind of a device or an object, such as `tank`; empty: every entry of `of`.
    package var kind = ""
    package var title: String
    /// The letters that national codes have for it.
    package var code = ""
    /// What an object of this kind may stand under.
    package var under: [EntryKind] = []
    package var facts: [FactForm] = []
    /// The indicators whose limits somebody must have verified (ING-06).
    package var verified: [String] = []
    package var clause = ""

    package init(of: EntryKind, kind: String = "", title: String, under: [EntryKind] = []) {
        (self.of, self.kind, self.title, self.under) = (of, kind, title, under)
    }
}

/// One field that a pack declares.
package struct FactForm: Sendable, Equatable {
    package var id: String
    package var title: String
    package var kind: FactKind
    /// The most characters of a text.
    package var max = 200
    package var range: ClosedRange<Double>?
    /// The words of a choice.
    package var words: [String] = []
    /// The characters of a code, and whose code it begins with.
    package var length = 0
    package var begins: EntryKind?
    /// What a reference leads to.
    package var target: EntryKind?
    package var isRequired = false
    /// Several values, with `;` between.
    package var isMany = false
    package var clause = ""

    package init(id: String, title: String, kind: FactKind) {
        (self.id, self.title, self.kind) = (id, title, kind)
    }
}

/// What a source or an enterprise should have.
package struct ExpectedRule: Sendable, Equatable {
    package enum Subject: String, CaseIterable, Sendable {
        /// Each device of the kind in sources of the unit kind.
        case device
        /// The source as a whole.
        case source
        /// The enterprise as a whole.
        case enterprise
        /// Each object of the kind.
        case object
    }

    package enum Wanted: Sendable, Equatable {
        case indicator(String)
        case camera
        case object(String)
        /// The indicators that the fact of this name declares.
        case declared(String)
    }

    package var subject: Subject
    /// The kind of device or object; empty: any.
    package var kind = ""
    /// The unit kind of the source, such as tankFarm; empty: any.
    package var unitKind = ""
    /// The grades of the source; empty: any.
    package var grades: [Int] = []
    package var wanted: [Wanted] = []
    package var clause = ""
}

/// Which enterprises are in the scope of a pack by a day, by one of their numbers.
package struct ScopeRule: Sendable, Equatable {
    package var title: String
    /// The fact of the enterprise that is counted.
    package var fact: String
    package var atLeast: Double
    /// Only enterprises with this fact set to `true`; empty: all.
    package var onlyIf = ""
    package var by: CalendarDay
    package var clause = ""
}

/// What is cleaned on schedule, and how often (EDG-11).
package struct CleaningRule: Sendable, Equatable {
    /// Devices or objects of the kind.
    package var of: EntryKind
    package var kind: String
    /// The fact that says after how many hours.
    package var everyFact: String
    /// What holds if an entry does not say; nil: then it is not cleaned on schedule.
    package var usualHours: Double?
    /// The fact that says who cleans; empty: none.
    package var cleaner: String
    package var clause: String

    package init(
        of: EntryKind, kind: String, everyFact: String, usualHours: Double?, cleaner: String = "",
        clause: String
    ) {
        (self.of, self.kind, self.everyFact, self.usualHours) = (of, kind, everyFact, usualHours)
        (self.cleaner, self.clause) = (cleaner, clause)
    }
}
