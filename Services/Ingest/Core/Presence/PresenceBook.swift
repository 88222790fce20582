package import Domain
import Kernel
package import OrderedCollections
package import Policy

/// The records by subject. There is one for each point of a nation, so they lie close together: a
/// dictionary takes three times as much memory. Their order says nothing.
package typealias PresenceRecords = OrderedDictionary<PresenceSubject, PresenceRecord>

/// Keeps who is online, offline or filed (ING-19, ING-21, ING-26).
///
/// *What it owns*: a record for each point, gateway, camera, enterprise and link; each is one part.
/// *How it moves*: by observations of the watch, by the registry, by filings, and by time. The
/// minutes are the profile's. What was never heard is due from when it was registered.
/// *The odd case*: if all of an enterprise is silent, that is one finding and not one for each of
/// its points and gateways. What is still silent when the enterprise is back has its minutes
/// again, and is a finding of its own then.
package struct PresenceBook: Sendable {
    package private(set) var records: PresenceRecords = [:]
    package let rule: PresenceRule
    /// What stands behind links: silent with them, and that is told once.
    private var places = LinkPlaces()
    /// What is covered by an enterprise, by its node.
    private var covered: [NodeID: Set<PresenceSubject>] = [:]
    private var filed: Set<PresenceSubject> = []
    private var deadlines = Deadlines<PresenceSubject>()
    private var changed: Set<PresenceSubject> = []

    package init(rule: PresenceRule = .ours) { self.rule = rule }

    /// By kind and id.
    package var all: [PresenceRecord] { records.keys.sorted().compactMap { records[$0] } }

    package var nextDue: Instant? { deadlines.nextDue }

    // MARK: Store

    package mutating func restore(_ record: PresenceRecord) { place(record) }

    /// What changed since the last call, by subject; nil: it is gone.
    package mutating func takeChanged() -> [(key: String, record: PresenceRecord?)] {
        defer { changed = [] }
        return changed.sorted().map { ($0.partKey, records[$0]) }
    }

    /// Puts a record in its place, with when it will be a finding.
    private mutating func place(_ record: PresenceRecord) {
        let before = records[record.subject]
        records[record.subject] = record
        if let before, before.node != record.node {
            covered[before.node]?.remove(record.subject)
        }
        if record.subject.kind.isCovered {
            if covered[record.node]?.insert(record.subject) == nil {
                covered[record.node] = [record.subject]
            }
        }
        if record.filedSince == nil {
            filed.remove(record.subject)
        } else {
            filed.insert(record.subject)
        }
        setDeadline(of: record)
        if before?.presence != record.presence { setDeadlines(below: record) }
    }

    /// Of what is silent with it.
    private mutating func setDeadlines(below record: PresenceRecord) {
        let nodes: [NodeID]
        switch record.subject.kind {
        case .enterprise: nodes = [record.node]
        case .link: nodes = places.nodes(behind: record.node)
        case .point, .gateway, .camera: return
        }
        for node in nodes { setDeadlines(at: node) }
    }

    /// Of an enterprise and all that it covers.
    private mutating func setDeadlines(at node: NodeID) {
        let covered = (covered[node] ?? []).sorted()
        for subject in [PresenceSubject(.enterprise, node.text)] + covered {
            if let record = records[subject] { setDeadline(of: record) }
        }
    }

    private mutating func setDeadline(of record: PresenceRecord) {
        deadlines.remove(record.subject)
        guard let since = record.silentSince, record.filedSince == nil,
            record.isUnreachable != true
        else { return }
        if record.isTold {
            if record.isLongTerm { return }
            deadlines.set(record.subject, dueAt: since + rule.longTermOffline)
            return
        }
        var from = since
        for cover in covers(of: record) {
            guard case .online(let backAt) = cover.presence else { return }
            from = max(from, backAt)
        }
        deadlines.set(record.subject, dueAt: from + rule.offline(record.subject.kind))
    }

    /// The link and the enterprise whose silence says it all.
    private func covers(of record: PresenceRecord) -> [PresenceRecord] {
        if record.subject.kind == .link { return [] }
        let link = places.link(of: record.node).flatMap { link in
            records[PresenceSubject(.link, link.text)]
        }
        let enterprise =
            record.subject.kind.isCovered
            ? records[PresenceSubject(.enterprise, record.node.text)] : nil
        return [link, enterprise].compactMap(\.self)
    }

    private mutating func note(_ record: PresenceRecord) {
        place(record)
        changed.insert(record.subject)
    }

    // MARK: Events

    /// Takes over who and what is registered; what is gone from the registry is not watched. With
    /// `around` only what belongs to those nodes is said, and the rest stays.
    package mutating func follow(
        _ subjects: [(subject: PresenceSubject, node: NodeID)], around: Set<NodeID>? = nil,
        unreachable: Set<PresenceSubject> = [], places: LinkPlaces = LinkPlaces(),
        at now: Instant
    ) -> [PresenceEffect] {
        setPlaces(places)
        var seen: Set<PresenceSubject> = []
        // Doubling, as it does by itself, would leave half of it empty.
        if around == nil { records.reserveCapacity(subjects.count) }
        var effects: [PresenceEffect] = []
        for (subject, node) in subjects {
            seen.insert(subject)
            let before = records[subject]
            var record = before ?? PresenceRecord(subject, node: node, registeredAt: now)
            record.node = node
            let isUnreachable = unreachable.contains(subject)
            if isUnreachable != (record.isUnreachable ?? false) {
                record.isUnreachable = isUnreachable ? true : nil
                // Whoever gets an address has his minutes from then on.
                record.dueSince = now
                if record.isTold { effects += over(subject, at: now) }
                (record.isTold, record.isLongTerm) = (false, false)
            }
            if record != before { note(record) }
        }
        // Sorted by subject: there is no order in what is kept.
        let gone = records.values.filter { record in
            !seen.contains(record.subject) && around?.contains(record.node) ?? true
        }
        if gone.isEmpty { return effects }
        // In one pass: to take out one moves all.
        records.removeAll { subject, record in
            !seen.contains(subject) && around?.contains(record.node) ?? true
        }
        for record in gone.sorted(by: { $0.subject < $1.subject }) {
            let subject = record.subject
            covered[record.node]?.remove(subject)
            filed.remove(subject)
            deadlines.remove(subject)
            changed.insert(subject)
            effects += over(subject, at: now)
        }
        return effects
    }

    /// After a start nothing is known of them before the registry is followed.
    package mutating func setPlaces(_ new: LinkPlaces) {
        let moved = new.moved(from: places)
        places = new
        for node in moved { setDeadlines(at: node) }
    }

    /// Takes what the watch saw; findings of detectors are passed on.
    package mutating func observe(
        _ observations: [Observation], listeningSince: Instant = .distantPast, at now: Instant
    ) -> [PresenceEffect] {
        observations.flatMap { observation -> [PresenceEffect] in
            switch observation {
            case .silent(let subject, let since): since.map { silent(subject, since: $0) } ?? []
            case .heard(let subject, let at): heard(subject, at: at)
            case .gap(let subject, let gap): ended(gap, of: subject)
            case .sighted(let sighting): [.sighted(sighting)]
            case .ended(let key, let at): [.ended(key, at: at)]
            }
        } + wake(at: now, listeningSince: listeningSince)
    }

    private mutating func silent(
        _ subject: PresenceSubject, since: Instant
    ) -> [PresenceEffect] {
        guard var record = records[subject] else { return [] }
        if case .offline = record.presence { return [] }
        let from = record.name
        record.presence = .offline(since: since)
        note(record)
        // What is filed stays filed, whatever the line says.
        return from == record.name ? [] : [.changed(change(record, from: from, at: since))]
    }

    private mutating func heard(_ subject: PresenceSubject, at: Instant) -> [PresenceEffect] {
        guard let record = records[subject] else { return [] }
        switch record.presence {
        case .online: return []
        case .neverHeard: return back(record, at: at)
        // The watch did not see both ends of this silence, as one was before a start.
        case .offline(let since): return gap(Span(since, at), of: record) + back(record, at: at)
        }
    }

    /// A gap of which the watch saw both ends.
    private mutating func ended(_ gap: Span, of subject: PresenceSubject) -> [PresenceEffect] {
        guard let record = records[subject] else { return [] }
        let told = self.gap(gap, of: record)
        switch record.presence {
        // It was over before anybody could say that it was there: a line in the list, no more.
        case .online: return told
        case .neverHeard, .offline: return told + back(record, at: gap.to)
        }
    }

    private func gap(_ gap: Span, of record: PresenceRecord) -> [PresenceEffect] {
        gap.isEmpty ? [] : [.gap(record.subject, node: record.node, gap)]
    }

    private mutating func back(_ before: PresenceRecord, at: Instant) -> [PresenceEffect] {
        var record = before
        record.presence = .online(since: at)
        (record.isTold, record.isLongTerm) = (false, false)
        note(record)
        let changes: [PresenceEffect] =
            before.name == record.name
            ? [] : [.changed(change(record, from: before.name, at: at))]
        return changes + (before.isTold ? over(record.subject, at: at) : [])
    }

    /// Takes over which points filings have out of service, and says what that ends and begins.
    package mutating func setFiled(_ points: [PointID], at now: Instant) -> [PresenceEffect] {
        let wanted = Set(points.map(PresenceSubject.point))
        var effects: [PresenceEffect] = []
        for subject in wanted.symmetricDifference(filed).sorted() {
            guard var record = records[subject] else { continue }
            let before = record
            record.filedSince = wanted.contains(subject) ? now : nil
            if record.filedSince == nil { record.dueSince = now }
            (record.isTold, record.isLongTerm) = (false, false)
            note(record)
            effects.append(.changed(change(record, from: before.name, at: now)))
            if before.isTold { effects += over(subject, at: now) }
        }
        return effects
    }

    // MARK: Time

    /// What has been silent for so long that it is a finding.
    ///
    /// Silence counts only while somebody listened: what was not heard because the platform itself
    /// was down has its minutes from `listeningSince`.
    package mutating func wake(
        at now: Instant, listeningSince: Instant = .distantPast
    ) -> [PresenceEffect] {
        var effects: [PresenceEffect] = []
        while let due = deadlines.next, due.dueAt <= now {
            guard var record = records[due.key], let since = record.silentSince else {
                deadlines.remove(due.key)
                continue
            }
            let heardOut = listeningSince + rule.offline(due.key.kind)
            if !record.isTold, listeningSince > .distantPast, due.dueAt < heardOut {
                deadlines.set(due.key, dueAt: heardOut)
                continue
            }
            let kind: FindingKind
            if record.isTold {
                kind = .longTermOffline
                record.isLongTerm = true
            } else {
                kind = record.silence
                record.isTold = true
            }
            note(record)
            let limit = record.isLongTerm ? rule.longTermOffline : rule.offline(due.key.kind)
            effects.append(
                .sighted(
                    Sighting(
                        kind, due.key.key, node: record.node, firstAt: since, lastAt: due.dueAt,
                        clues: clues(of: record, silentFor: limit))))
        }
        return effects
    }

    private func clues(of record: PresenceRecord, silentFor limit: Interval) -> [Clue] {
        let clues = [Clue("silent for", limit.words), Clue("by", rule.clause.text)]
        if record.subject.kind == .link {
            let behind = places.nodes(behind: record.node).count { node in
                records[PresenceSubject(.enterprise, node.text)] != nil
            }
            return clues + [Clue("enterprises behind it", "\(behind)")]
        }
        if record.subject.kind != .enterprise { return clues }
        // Nothing of it arrives, so all its points are silent with it.
        let count = (covered[record.node] ?? []).count { subject in
            subject.kind == .point && records[subject]?.filedSince == nil
        }
        return clues + [Clue("points silent with it", "\(count)")]
    }

    /// Ends each finding that silence may have raised.
    private func over(_ subject: PresenceSubject, at: Instant) -> [PresenceEffect] {
        let kinds: [FindingKind] =
            subject.kind == .link
            ? [.linkBroken, .longTermOffline] : [.neverConnected, .offline, .longTermOffline]
        return kinds.map { .ended(FindingKey($0, subject.key), at: at) }
    }

    private func change(
        _ record: PresenceRecord, from: String, at: Instant
    ) -> PresenceChange {
        PresenceChange(
            subject: record.subject, node: record.node, from: from, to: record.name, at: at,
            clause: rule.clause.text)
    }
}

extension PresenceRecord {
    /// What its silence is called.
    fileprivate var silence: FindingKind {
        switch (subject.kind, presence) {
        case (.link, _): .linkBroken
        case (_, .neverHeard): .neverConnected
        case (_, .online), (_, .offline): .offline
        }
    }
}

extension PresenceSubject.Kind {
    /// True: it is silent with its enterprise, and that is told once.
    fileprivate var isCovered: Bool {
        switch self {
        case .point, .gateway: true
        case .camera, .enterprise, .link: false
        }
    }
}
