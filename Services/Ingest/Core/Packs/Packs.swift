/// The packs that an instance works with, put together: what may be registered.
package struct Packs: Sendable {
    package let all: [Pack]
    private let indicators: [String: IndicatorForm]
    private let forms: [String: Form]

    /// All facts that one kind of entry takes, from every pack.
    package struct Form: Sendable {
        package fileprivate(set) var titles: [String] = []
        package fileprivate(set) var under: [EntryKind] = []
        package fileprivate(set) var facts: [FactForm] = []
        /// Those of `facts` that an entry must state; few, and looked at for every row.
        package fileprivate(set) var required: [FactForm] = []
        package fileprivate(set) var verified: [String] = []
        package fileprivate(set) var code = ""

        package func fact(_ id: String) -> FactForm? { facts.first { $0.id == id } }

        fileprivate mutating func add(_ kind: KindForm) {
            titles.append(kind.title)
            under += kind.under.filter { !under.contains($0) }
            facts += kind.facts.filter { fact($0.id) == nil }
            required = facts.filter(\.isRequired)
            verified += kind.verified.filter { !verified.contains($0) }
            if code.isEmpty { code = kind.code }
        }
    }

    /// No pack: the six indicators that every registry has, and no facts.
    package static let none = Packs([])

    /// Of two packs that declare the same, the first counts; a reader refuses contradictions.
    package init(_ packs: [Pack]) {
        all = packs
        var indicators: [String: IndicatorForm] = [:]
        for form in packs.flatMap(\.indicators) + Self.builtIn where indicators[form.id] == nil {
            indicators[form.id] = form
        }
        var forms: [String: Form] = [:]
        let kinds = packs.flatMap(\.kinds)
        for kind in kinds where kind.kind.isEmpty {
            let key = Self.key(kind.of, "")
            var form = forms[key] ?? Form()
            form.add(kind)
            forms[key] = form
        }
        for kind in kinds where !kind.kind.isEmpty {
            let key = Self.key(kind.of, kind.kind)
            // A kind has what all of its sort have, and more.
            var form = forms[key] ?? forms[Self.key(kind.of, "")] ?? Form()
            if forms[key] == nil { form.titles = [] }
            form.add(kind)
            forms[key] = form
        }
        (self.indicators, self.forms) = (indicators, forms)
    }

    /// True: some pack wants something cleaned.
    var haveCleaning: Bool { all.contains { !$0.cleaning.isEmpty } }

    package func indicator(_ id: String) -> IndicatorForm? { indicators[id] }

    /// In the order of the packs, each once.
    package var indicatorIDs: [String] {
        (all.flatMap(\.indicators) + Self.builtIn).map(\.id).withoutRepeats
    }

    /// The form of an entry; nil if no pack knows this kind of device or object.
    package func form(_ of: EntryKind, _ kind: String) -> Form? {
        forms[Self.key(of, kind)] ?? (kind.isEmpty ? Form() : nil)
    }

    /// The kinds of devices or objects, in the order of the packs.
    package func kindNames(of kind: EntryKind) -> [String] {
        all.flatMap(\.kinds).filter { $0.of == kind && !$0.kind.isEmpty }.map(\.kind)
            .withoutRepeats
    }

    /// Every fact of any kind of entry, once: more columns of a CSV file.
    package var factIDs: [String] {
        all.flatMap(\.kinds).flatMap(\.facts).map(\.id).withoutRepeats
    }

    private static func key(_ of: EntryKind, _ kind: String) -> String { of.rawValue + "/" + kind }

    private static let builtIn: [IndicatorForm] = [
        ("temperature", "温度"), ("pressure", "压力"), ("liquidLevel", "液位"),
        ("combustibleGas", "可燃气体浓度"), ("toxicGas", "有毒有害气体浓度"), ("other", "其他"),
    ].map { IndicatorForm(id: $0.0, title: $0.1) }
}

extension [String] {
    /// Each once, where it first stands.
    var withoutRepeats: [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }
}
