package import Domain
package import Kernel
package import Policy

/// What happens to presence and findings.
package enum WatchEvent: Hashable, Sendable {
    /// A sweep found something changed; the watch has listened since then without a stop.
    case observed([Observation], listeningSince: Instant)
    /// Somebody wrote down what was done.
    case recorded(Sighting, by: Speaker)
    /// A body gives a task.
    case assigned(FindingID, text: String, dueAt: Instant, by: Speaker)
    /// The enterprise says what it did.
    case corrected(FindingID, text: String, by: Speaker)
    /// A body accepts a correction, or sends it back.
    case verified(FindingID, isAccepted: Bool, text: String, by: Speaker)

    /// Who speaks, and for which node; nil: for all, as services and administrators do.
    package struct Speaker: Hashable, Sendable {
        package var subject: String
        package var node: NodeID?

        package init(_ subject: String, node: NodeID?) {
            (self.subject, self.node) = (subject, node)
        }
    }
}

/// What presence and findings do.
package enum WatchEffect: Hashable, Sendable {
    case presence(PresenceChange)
    case gap(PresenceSubject, node: NodeID, Span)
    case finding(FindingEffect)
}

/// The books of presence and findings together: what the one shows, the other keeps.
///
/// *What it owns*: both books. *How it moves*: by sweeps, people, the registry, filings and time.
/// *The odd case*: after a start nothing is said of the watch before it has been fed with the last
/// readings; that is the shell's to do.
package struct WatchBooks: Sendable {
    package private(set) var presence: PresenceBook
    package private(set) var findings: FindingBook

    package init(presence: PresenceRule = .ours, detectors: DetectorRule = .ours) {
        self.presence = PresenceBook(rule: presence)
        findings = FindingBook(inspectWithin: detectors.inspectWithin)
    }

    /// What stands behind links: the platform there judges it, not this one.
    private var places = LinkPlaces()

    /// When silence becomes a finding next; only a sweep may say so.
    package var nextDue: Instant? { presence.nextDue }

    /// True: nothing that is registered is followed.
    var isNew: Bool { presence.records.isEmpty }

    // MARK: Events

    package mutating func handle(
        _ event: WatchEvent, at now: Instant, registry: Registry
    ) throws(FindingRefusal) -> [WatchEffect] {
        switch event {
        case .observed(let observations, let since):
            return taken(
                presence.observe(observations, listeningSince: since, at: now), at: now)
        case .recorded(let sighting, let by):
            try check(by, isBody: true, sighting.key.entry, registry)
            var sighting = sighting
            sighting.node =
                registry[sighting.key.entry].flatMap { registry.node(of: $0) }
                ?? sighting.node
            return try findings.record(sighting, by: by.subject, in: registry, at: now)
                .map(WatchEffect.finding)
        case .assigned(let id, let text, let dueAt, let by):
            let key = try check(by, isBody: true, id, registry)
            let task = FindingRecord.Assignment(text: text, dueAt: dueAt, by: by.subject, at: now)
            return try findings.assign(key, task).map(WatchEffect.finding)
        case .corrected(let id, let text, let by):
            let key = try check(by, isBody: false, id, registry)
            let correction = FindingRecord.Correction(text: text, by: by.subject, at: now)
            return try findings.correct(key, correction).map(WatchEffect.finding)
        case .verified(let id, let isAccepted, let text, let by):
            let key = try check(by, isBody: true, id, registry)
            return try findings.verify(
                key, accepted: isAccepted, text: text, by: by.subject, at: now
            ).map(WatchEffect.finding)
        }
    }

    /// It is the open one of its key, and who speaks may.
    private func check(
        _ speaker: WatchEvent.Speaker, isBody: Bool, _ id: FindingID, _ registry: Registry
    ) throws(FindingRefusal) -> FindingKey {
        guard let last = findings.lastNumber(of: id.key), id.number <= last else {
            throw .unknown(id.description)
        }
        try check(speaker, isBody: isBody, id.key.entry, registry)
        guard findings[id.key]?.number == id.number else { throw .closed(id.description) }
        return id.key
    }

    /// The entry, or what is known of it if it is gone, stands under the node that speaks.
    private func check(
        _ speaker: WatchEvent.Speaker, isBody: Bool, _ entry: EntryKey, _ registry: Registry
    ) throws(FindingRefusal) {
        guard let scope = speaker.node else { return }
        let node =
            registry[entry].flatMap { registry.node(of: $0) }
            ?? findings.all.first { $0.key.entry == entry }?.node
        guard let node else { throw .unknownEntry(entry) }
        guard registry.stands(node, under: scope) else {
            throw .outside(scope: scope, entry: entry)
        }
        if isBody, registry.nodes[scope] == nil {
            throw .notBody(subject: speaker.subject, node: scope)
        }
    }

    /// Takes over the registry as it is now, and what was done to it; `around` names the nodes to
    /// which all of that belongs, so that one change does not cost a look at the nation.
    package mutating func follow(
        _ registry: Registry, packs: Packs, records: [(record: EntryRecord, node: NodeID)],
        around: Set<NodeID>? = nil, places: LinkPlaces = LinkPlaces(), at now: Instant
    ) -> [WatchEffect] {
        setPlaces(places)
        // A part of the registry has no order of its own.
        let part = around.map { registry.belonging(to: $0) } ?? registry
        var effects = taken(
            presence.follow(
                part.presenceSubjects(places), around: around,
                unreachable: part.unreachableCameras, places: places, at: now), at: now)
        effects += findings.reconcile(
            part.sightings(by: packs, at: now).filter { places.link(of: $0.node) == nil },
            around: around, at: now
        ).map(WatchEffect.finding)
        for (record, node) in records where places.link(of: node) == nil {
            for sighting in record.sightings(node: node, at: now) {
                effects += moved(sighting, record, at: now).map(WatchEffect.finding)
            }
        }
        return effects
    }

    /// A file is an administrator's, and so reviewed by nature: what it weakens leaves a trace.
    private mutating func moved(
        _ sighting: Sighting, _ record: EntryRecord, at now: Instant
    ) -> [FindingEffect] {
        guard record.reviewedBy.isEmpty else {
            return findings.sighted(sighting, by: record.by, at: now)
        }
        return findings.reviewed(
            sighting, by: record.by, reason: "reviewed by import: \(record.origin)", at: now)
    }

    /// Takes over the points that filings have out of service.
    package mutating func setFiled(_ points: [PointID], at now: Instant) -> [WatchEffect] {
        taken(presence.setFiled(points, at: now), at: now)
    }

    /// What was not cleaned in its time, and what was since.
    mutating func take(_ news: [CleaningNews], at now: Instant) -> [WatchEffect] {
        news.flatMap { one in
            switch one {
            case .missed(let sighting): findings.sighted(sighting, at: now)
            case .over(let key, let at):
                findings.ended(FindingKey(.cleaningMissed, key.entry), at: at)
            }
        }.map(WatchEffect.finding)
    }

    private mutating func taken(_ effects: [PresenceEffect], at now: Instant) -> [WatchEffect] {
        var all: [WatchEffect] = []
        for effect in effects {
            switch effect {
            case .changed(let change): all.append(.presence(change))
            case .gap(let subject, let node, let span):
                all.append(.gap(subject, node: node, span))
            case .sighted(let sighting):
                if places.link(of: sighting.node) != nil, !sighting.key.kind.isSilence { continue }
                all += findings.sighted(sighting, at: now).map(WatchEffect.finding)
            case .ended(let key, let at):
                all += findings.ended(key, at: at).map(WatchEffect.finding)
            }
        }
        return all
    }

    /// After a start nothing is known of them before they are told.
    package mutating func setPlaces(_ new: LinkPlaces) {
        places = new
        presence.setPlaces(new)
    }

    // MARK: Store

    /// The parts that changed, by key; nil: it is gone.
    package mutating func takeChanged() -> [PartChange<WatchPart>] {
        var changes = presence.takeChanged().map { key, record in
            PartChange(key: key, part: record.map(WatchPart.presence))
        }
        changes += findings.takeChanged().map { part in
            PartChange(key: "finding/\(part.key)", part: WatchPart.finding(part))
        }
        return changes.sorted { $0.key < $1.key }
    }

    package mutating func restore(_ part: WatchPart) {
        switch part {
        case .presence(let record): presence.restore(record)
        case .finding(let part): findings.restore(part)
        }
    }
}

/// One stored part of presence or findings.
package enum WatchPart: Codable, Hashable, Sendable {
    case presence(PresenceRecord)
    case finding(FindingBook.Part)
}

extension FindingKind {
    /// True: that nothing comes is seen wherever it should come.
    fileprivate var isSilence: Bool {
        self == .neverConnected || self == .offline || self == .longTermOffline
            || self == .linkBroken
    }
}
