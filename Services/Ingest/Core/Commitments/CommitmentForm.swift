/// What a commitment must say 安全承诺填报项, as data: items, kinds of work, reasons for lateness.
package struct CommitmentForm: Sendable, Equatable {
    /// A word with what it is called.
    package struct Word: Sendable, Equatable {
        package var id: String
        package var title: String

        package init(id: String, title: String) { (self.id, self.title) = (id, title) }
    }

    /// One item of the form.
    package struct Item: Sendable, Equatable {
        package enum Kind: String, CaseIterable, Sendable {
            /// A count; zero is a value.
            case number
            /// Yes or no; no is a value.
            case flag
            /// One of the words of the item.
            case choice
            case text
        }

        /// The four parts that the announcement has at least (CON-15).
        package enum Part: String, CaseIterable, Sendable {
            /// 装置开停
            case units
            /// 特殊作业
            case specialWork
            /// 风险研判
            case judgement
            /// 承诺和措施
            case measures
        }

        package var id: String
        package var title: String
        package var part: Part
        package var kind: Kind
        package var isRequired = true
        /// The most that a number may be, or the most characters of a text.
        package var max: Int64
        package var words: [Word] = []
        /// The kind of work that a number counts: so many works of it are declared.
        package var work: String?
        /// False: shown to the enterprise and to bodies above it, not on the board.
        package var isPublished = true
        package var clause: String

        package init(
            id: String, title: String, part: Part, kind: Kind, max: Int64, clause: String
        ) {
            (self.id, self.title, self.part, self.kind) = (id, title, part, kind)
            (self.max, self.clause) = (max, clause)
        }
    }

    /// Numbers that are parts of another: together they are not more than it.
    package struct Sum: Sendable, Equatable {
        package var total: String
        package var parts: [String]

        package init(total: String, parts: [String]) { (self.total, self.parts) = (total, parts) }
    }

    /// Which items say whether all units run, or none (ING-18).
    package struct Declares: Sendable, Equatable {
        package var units: String
        package var running: String
        package var stopped: String
        /// Units are being started or stopped if one of these says yes, or counts any.
        package var changing: [String]
        /// The kind of work that starts or stops units.
        package var work: String

        package init(
            units: String, running: String, stopped: String, changing: [String], work: String
        ) {
            (self.units, self.running, self.stopped) = (units, running, stopped)
            (self.changing, self.work) = (changing, work)
        }
    }

    package var id: String
    package var version: CalendarDay
    package var title: String
    package var items: [Item]
    package var works: [Word]
    package var lateReasons: [Word]
    package var measures: [Word]
    package var sums: [Sum]
    /// Nil: commitments by this form say nothing of that.
    package var declares: Declares?

    package init(
        id: String, version: CalendarDay, title: String, items: [Item], works: [Word],
        lateReasons: [Word], measures: [Word], sums: [Sum] = [],
        declares: Declares? = nil
    ) {
        (self.id, self.version, self.title) = (id, version, title)
        (self.items, self.works, self.lateReasons) = (items, works, lateReasons)
        (self.measures, self.sums, self.declares) = (measures, sums, declares)
    }

    package subscript(item id: String) -> Item? { items.first { $0.id == id } }
}
