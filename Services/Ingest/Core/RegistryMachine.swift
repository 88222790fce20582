package import Domain
package import Kernel

/// Keeps the registry: takes in files as a whole and says what changed.
///
/// *What it owns*: every entry of the registry; each is one part.
/// *How it moves*: an import adds and replaces, or is refused with all its mistakes at once.
/// *The odd case*: an import removes nothing. What should go is a decision of its own, with a name
/// and a reason, and has no event yet.
package struct RegistryMachine: Machine {
    /// A file was sent in.
    package enum Event: Sendable, Equatable {
        /// `scope` is the node that the importer may write under; nil: everywhere.
        case importSent(RegistryDocument, scope: NodeID?)
    }

    package enum Effect: Sendable, Equatable {
        /// An entry was added or changed; `node` is where it belongs in the tree.
        case put(RegistryEntry, node: NodeID)
        /// A file was taken in; `node` is the root of the tree.
        case imported(ImportSummary, node: NodeID)
    }

    package private(set) var registry = Registry()
    private var changed: [String: RegistryEntry] = [:]

    package init() {}

    /// Nothing in a registry waits for time to pass.
    package func nextDue(heard: Instant) -> Instant? { nil }

    package mutating func handle(
        _ event: Event, at now: Instant
    ) throws(ImportRefusal) -> [Effect] {
        switch event {
        case .importSent(let document, let scope):
            return accept(try registry.importing(document, within: scope))
        }
    }

    private mutating func accept(_ plan: RegistryImport) -> [Effect] {
        registry = plan.result
        for entry in plan.puts { changed[entry.partKey] = entry }
        return plan.puts.map { .put($0, node: registry.node(of: $0) ?? root) }
            + [.imported(plan.summary, node: root)]
    }

    /// The nation; a registry that passed the check has one.
    private var root: NodeID {
        registry.nodes.values.first { $0.kind == .nation }?.id ?? NodeID("")
    }

    package mutating func wake(at now: Instant, heard: Instant) -> [Effect] { [] }

    package mutating func takeChanges() -> [PartChange<RegistryEntry>] {
        let keys = changed.keys.sorted()
        defer { changed = [:] }
        return keys.map { PartChange(key: $0, part: changed[$0]) }
    }

    package mutating func restore(_ part: RegistryEntry, key: String) {
        registry.put(part)
    }
}
