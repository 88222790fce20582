package import Domain
package import Kernel
package import Policy

/// Keeps the registry: takes in files as a whole, and changes that somebody reviewed.
///
/// *What it owns*: every entry of the registry and every change request; each is one part.
/// *How it moves*: an import adds and replaces, or is refused with all its mistakes at once; a
/// request changes nothing until it is accepted.
/// *The odd case*: an import removes nothing. What should go is a request of its own, with a name
/// and a reason.
package struct RegistryMachine: Machine {
    package enum Event: Sendable, Equatable {
        /// A file was sent in. `scope` is the node that the importer may write under; nil:
        /// everywhere.
        case importSent(RegistryDocument, scope: NodeID?, by: String = "")
        /// Somebody wants one entry to be changed or removed.
        case proposed(ChangeProposal, by: String, scope: NodeID?)
        /// Somebody of the body `node` reviewed a request.
        case reviewed(
            ChangeID, ChangeRequest.Review.Verdict, reason: String, by: String, node: NodeID)
    }

    package enum Effect: Sendable, Equatable {
        /// An entry was added or changed; `node` is where it belongs in the tree.
        case put(RegistryEntry, node: NodeID)
        /// What was changed of an entry that was there, or that it was removed.
        case recorded(EntryRecord, node: NodeID)
        /// A request was proposed or reviewed.
        case requested(ChangeRequest)
        /// A file was taken in; `node` is the root of the tree.
        case imported(ImportSummary, node: NodeID)
    }

    package internal(set) var registry = Registry()
    package private(set) var changes: ChangeBook
    var changed: [String: RegistryPart?] = [:]

    /// What may be registered; no part of the state.
    package let packs: Packs

    package init(packs: Packs = .none, review: ReviewRule = .ours) {
        self.packs = packs
        changes = ChangeBook(rule: review)
    }

    /// Nothing in a registry waits for time to pass.
    package func nextDue(heard: Instant) -> Instant? { nil }

    package mutating func handle(
        _ event: Event, at now: Instant
    ) throws(RegistryRefusal) -> [Effect] {
        switch event {
        case .importSent(let document, let scope, let by):
            do throws(ImportRefusal) {
                return accept(
                    try registry.importing(document, within: scope, packs: packs), by: by)
            } catch {
                throw .file(error)
            }
        case .proposed(let proposal, let by, let scope):
            do throws(ChangeRefusal) {
                let request = try changes.proposed(
                    proposal, by: by, within: scope, registry: registry, packs: packs, at: now)
                return note(request)
            } catch {
                throw .change(error)
            }
        case .reviewed(let id, let verdict, let reason, let by, let node):
            do throws(ChangeRefusal) {
                let request = try changes.reviewed(
                    id, verdict, reason: reason, by: by, at: node, registry: registry, now: now)
                return try review(request)
            } catch {
                throw .change(error)
            }
        }
    }

    private mutating func accept(_ plan: RegistryImport, by: String) -> [Effect] {
        let before = registry
        registry = plan.result
        for entry in plan.puts { changed[entry.partKey] = .entry(entry) }
        var summary = plan.summary
        summary.by = by
        return plan.puts.flatMap { entry in
            effects(
                of: entry, from: before[entry.key], by: by, reviewedBy: [], reason: "",
                origin: summary.fileName)
        } + [.imported(summary, node: root)]
    }

    func effects(
        of entry: RegistryEntry, from before: RegistryEntry?, by: String, reviewedBy: [String],
        reason: String, origin: String
    ) -> [Effect] {
        let node = registry.node(of: entry) ?? root
        guard let before else { return [.put(entry, node: node)] }
        let record = EntryRecord(
            change: EntryChange(from: before, to: entry), isRemoval: false, by: by,
            reviewedBy: reviewedBy, reason: reason, origin: origin)
        return [.put(entry, node: node), .recorded(record, node: node)]
    }

    /// A request as it stands; one that is known already says nothing new.
    private mutating func note(_ request: ChangeRequest) -> [Effect] {
        if changes.requests[request.id] == request { return [] }
        changes.put(request)
        changed[request.partKey] = .change(request)
        return [.requested(request)]
    }

    private mutating func review(_ request: ChangeRequest) throws(ChangeRefusal) -> [Effect] {
        guard request.state == .accepted, changes.requests[request.id] != request else {
            return note(request)
        }
        let done = try request.isRemoval ? remove(request) : change(request)
        return note(request) + done
    }

    private mutating func change(_ request: ChangeRequest) throws(ChangeRefusal) -> [Effect] {
        let before = registry[request.key]
        let stands = before?.fields ?? []
        let stale = request.fields.filter { field in
            field.field != "id"
                && field.before != stands.first { $0.name == field.field }?.text ?? ""
        }
        if !stale.isEmpty { throw .stale(request.id, fields: stale.map(\.field)) }
        let texts = request.fields.map { ChangeProposal.FieldText($0.field, $0.after) }
        let after = try registry.changed(request.key, texts, packs: packs, file: request.id.text)
        registry.put(after)
        changed[after.partKey] = .entry(after)
        return effects(
            of: after, from: before, by: request.proposedBy,
            reviewedBy: request.reviews.map(\.by), reason: request.reason,
            origin: request.id.text)
    }

    private mutating func remove(_ request: ChangeRequest) throws(ChangeRefusal) -> [Effect] {
        try remove(
            request.key, by: request.proposedBy, reviewedBy: request.reviews.map(\.by),
            reason: request.reason, origin: request.id.text)
    }

    mutating func remove(
        _ key: EntryKey, by: String, reviewedBy: [String], reason: String, origin: String
    ) throws(ChangeRefusal) -> [Effect] {
        guard let before = registry[key] else { throw .unknownEntry(key) }
        try registry.checkRemoval(of: key)
        let node = registry.node(of: before) ?? root
        registry.remove(key)
        changed[before.partKey] = .some(nil)
        let change = EntryChange(
            kind: key.kind, id: key.id, name: before.name, isNew: false,
            fields: before.fields.map { FieldChange($0.name, before: $0.text, after: "") })
        let record = EntryRecord(
            change: change, isRemoval: true, by: by, reviewedBy: reviewedBy, reason: reason,
            origin: origin)
        return [.recorded(record, node: node)]
    }

    /// The nation; a registry that passed the check has one.
    private var root: NodeID {
        registry.nodes.values.first { $0.kind == .nation }?.id ?? NodeID("")
    }

    package mutating func wake(at now: Instant, heard: Instant) -> [Effect] { [] }

    package mutating func takeChanges() -> [PartChange<RegistryPart>] {
        let keys = changed.keys.sorted()
        defer { changed = [:] }
        return keys.map { PartChange(key: $0, part: changed[$0] ?? nil) }
    }

    package mutating func restore(_ part: RegistryPart, key: String) {
        switch part {
        case .entry(let entry): registry.put(entry)
        case .change(let request): changes.put(request)
        }
    }
}

/// Why an event was refused; nothing has changed.
package enum RegistryRefusal: Error, Equatable, Sendable {
    case file(ImportRefusal)
    case change(ChangeRefusal)
}
