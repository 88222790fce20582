package import Domain

/// Keeps the findings, and what is done about them (ING-12, ING-18, ING-22, CON-47).
///
/// *What it owns*: every finding; each is one part.
/// *How it moves*: detectors open and end findings, people write down what was done, bodies give
/// tasks and verify corrections.
/// *The odd case*: a finding with a task does not go by itself, even if nothing shows it any more:
/// somebody has to say why it was there. Seen again before that, it is the same finding.
package struct FindingBook: Sendable, Equatable {
    /// The open ones; the closed ones are in tables.
    package private(set) var current: [FindingKey: FindingRecord] = [:]
    /// How many there were of each.
    private var numbers: [FindingKey: Int64] = [:]
    private var changed: Set<FindingKey> = []

    /// How soon what may be forbidden is inspected; nil: nobody is told to.
    package let inspectWithin: Interval?

    package init(inspectWithin: Interval? = nil) { self.inspectWithin = inspectWithin }

    /// By kind and entry.
    package var all: [FindingRecord] { current.keys.sorted().compactMap { current[$0] } }

    /// The number of the last one, open or closed; nil: there never was one.
    func lastNumber(of key: FindingKey) -> Int64? { numbers[key] }

    package subscript(key: FindingKey) -> FindingRecord? { current[key] }

    // MARK: Store

    /// What is kept of a kind at an entry: its open finding, and how many there were.
    package struct Part: Hashable, Codable, Sendable {
        package var open: FindingRecord?
        package var number: Int64
        package var key: FindingKey
    }

    package mutating func restore(_ part: Part) {
        numbers[part.key] = part.number
        if let open = part.open { current[part.key] = open }
    }

    package mutating func takeChanged() -> [Part] {
        defer { changed = [] }
        return changed.sorted().map {
            Part(open: current[$0], number: numbers[$0] ?? 0, key: $0)
        }
    }

    // MARK: Detectors

    /// Something is seen; the same that is open already is only carried on.
    package mutating func sighted(
        _ sighting: Sighting, by: String = "", at now: Instant
    ) -> [FindingEffect] {
        guard var record = current[sighting.key] else {
            let number = (numbers[sighting.key] ?? 0) + 1
            numbers[sighting.key] = number
            var record = FindingRecord(sighting.bounded, number: number, recordedBy: by)
            if sighting.key.kind.isIntegrity, let inspectWithin {
                record.state = .assigned(
                    .init(text: "核查", dueAt: now + inspectWithin, by: by, at: now))
            }
            put(record)
            return [.opened(record)]
        }
        let before = record
        record.goneAt = nil
        record.lastAt = max(record.lastAt, sighting.lastAt)
        record.clues = sighting.bounded.clues
        if record == before { return [] }
        put(record)
        return [.changed(record)]
    }

    /// Somebody who may decide about it did it: it is opened and closed with the reason, unless it
    /// is open already.
    package mutating func reviewed(
        _ sighting: Sighting, by: String, reason: String, at now: Instant
    ) -> [FindingEffect] {
        if current[sighting.key] != nil { return sighted(sighting, by: by, at: now) }
        let number = (numbers[sighting.key] ?? 0) + 1
        numbers[sighting.key] = number
        let opened = FindingRecord(sighting.bounded, number: number, recordedBy: by)
        var closed = opened
        closed.state = .reviewed(by: by, reason: reason, at: now)
        changed.insert(sighting.key)
        return [.opened(opened), .closed(closed)]
    }

    /// What showed it is gone.
    package mutating func ended(_ key: FindingKey, at: Instant) -> [FindingEffect] {
        guard var record = current[key], record.goneAt == nil, key.kind.origin != .act else {
            return []
        }
        record.goneAt = at
        record.lastAt = max(record.lastAt, at)
        guard case .open = record.state else {
            put(record)
            return [.changed(record)]
        }
        record.state = .ended(at: at)
        return close(record)
    }

    /// Puts what the registry shows now in place of what it showed before; with `around` only what
    /// belongs to those nodes was looked at.
    package mutating func reconcile(
        _ sightings: [Sighting], around: Set<NodeID>? = nil, at now: Instant
    ) -> [FindingEffect] {
        var effects: [FindingEffect] = []
        let seen = Set(sightings.map(\.key))
        for key in current.keys.sorted()
        where key.kind.origin == .registry && !seen.contains(key) {
            if let around, let open = current[key], !around.contains(open.node) { continue }
            effects += ended(key, at: now)
        }
        for sighting in sightings {
            // Seen at each import: only what it says may change, not when it was last looked at.
            if let open = current[sighting.key], open.goneAt == nil,
                open.clues == sighting.bounded.clues
            {
                continue
            }
            effects += sighted(sighting, at: now)
        }
        return effects
    }

    private mutating func put(_ record: FindingRecord) {
        current[record.key] = record
        changed.insert(record.key)
    }

    private mutating func close(_ record: FindingRecord) -> [FindingEffect] {
        current[record.key] = nil
        changed.insert(record.key)
        return [.closed(record)]
    }

    // MARK: People

    /// Somebody saw what was done and writes it down (ING-18).
    package mutating func record(
        _ sighting: Sighting, by subject: String, in registry: Registry, at now: Instant
    ) throws(FindingRefusal) -> [FindingEffect] {
        guard sighting.key.kind.origin == .act else { throw .notManual(sighting.key.kind.rawValue) }
        guard registry[sighting.key.entry] != nil else { throw .unknownEntry(sighting.key.entry) }
        if sighting.clues.isEmpty || sighting.clues.contains(where: \.isUnusable) {
            throw .unusable(
                "A record needs what was seen, at most \(FindingLimits.textMax) characters each.")
        }
        return sighted(sighting, by: subject, at: now)
    }

    /// The enterprise is to put it right by a time.
    package mutating func assign(
        _ key: FindingKey, _ task: FindingRecord.Assignment
    ) throws(FindingRefusal) -> [FindingEffect] {
        var record = try open(key)
        try check(task.text, "task")
        if task.dueAt <= task.at { throw .unusable("A task is due after it is given.") }
        record.state = .assigned(task)
        put(record)
        return [.changed(record)]
    }

    /// The enterprise says what it did.
    package mutating func correct(
        _ key: FindingKey, _ correction: FindingRecord.Correction
    ) throws(FindingRefusal) -> [FindingEffect] {
        var record = try open(key)
        try check(correction.text, "correction")
        guard let task = record.state.task else {
            throw .notYet(record.id, state: record.state.name, needed: "assigned")
        }
        record.state = .corrected(task, correction)
        put(record)
        return [.changed(record)]
    }

    /// A body verified the correction, or sends it back with what is still wrong.
    package mutating func verify(
        _ key: FindingKey, accepted: Bool, text: String, by subject: String, at now: Instant
    ) throws(FindingRefusal) -> [FindingEffect] {
        var record = try open(key)
        guard case .corrected(var task, let correction) = record.state else {
            throw .notYet(record.id, state: record.state.name, needed: "corrected")
        }
        if correction.by == subject { throw .ownCorrection(record.id, subject: subject) }
        guard accepted else {
            try check(text, "reason")
            task.text = text
            record.state = .assigned(task)
            put(record)
            return [.changed(record)]
        }
        // What data or the registry still show is not put right, whoever says so.
        if !record.isGone { throw .stillThere(record.id, lastAt: record.lastAt) }
        record.state = .verified(by: subject, at: now)
        return close(record)
    }

    private func open(_ key: FindingKey) throws(FindingRefusal) -> FindingRecord {
        guard let record = current[key] else { throw .unknown(key.description) }
        return record
    }

    private func check(_ text: String, _ what: String) throws(FindingRefusal) {
        if text.isEmpty || text.count > FindingLimits.textMax {
            throw .unusable(
                "A \(what) needs a text of at most \(FindingLimits.textMax) characters.")
        }
    }
}

extension Clue {
    fileprivate var isUnusable: Bool { text.isEmpty || text.count > FindingLimits.textMax }
}

extension Sighting {
    fileprivate var bounded: Sighting {
        var copy = self
        copy.clues = Array(clues.prefix(FindingLimits.cluesMax))
        return copy
    }
}
