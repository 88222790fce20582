package import Domain
import Kernel
import Policy

/// Keeps the cleaning of dust: what is due, what was reported, what was missed (EDG-11).
///
/// *What it owns*: of each area how it stands, and the check-ins of the last days; each is one
/// part. The schedule is the registry's, by the rules of packs.
/// *How it moves*: by check-ins, by the registry, and by time. Days of 24 hours and their parts
/// begin at midnight in the profile's zone, longer schedules on a Monday.
/// *The odd case*: a check-in that comes after its time, from a telephone without a line, ends the
/// finding; that it was missed stays on record.
package struct CleaningBook: Sendable, Equatable {
    package private(set) var standings: [CleaningKey: CleaningStanding] = [:]
    private var recent: [CleaningID: CleaningCheckIn] = [:]
    package private(set) var hasBegun = false
    package let zone: Zone
    /// How far the clock of a telephone may be ahead; nil: not at all.
    package let tolerance: Interval?

    private var deadlines = Deadlines<CleaningKey>()
    private var leaving = Deadlines<CleaningID>()
    private var changed: [String: CleaningPart?] = [:]

    package init(zone: Zone = .beijing, tolerance: Interval? = nil) {
        (self.zone, self.tolerance) = (zone, tolerance)
    }

    /// What was handed to the store does not count.
    package static func == (left: Self, right: Self) -> Bool {
        left.standings == right.standings && left.recent == right.recent
            && left.hasBegun == right.hasBegun && left.zone == right.zone
    }

    /// By what is due first.
    package var all: [CleaningStanding] {
        standings.values.sorted { ($0.dueAt, $0.area.key) < ($1.dueAt, $1.area.key) }
    }

    package var nextDue: Instant? { deadlines.nextDue }

    // MARK: Store

    mutating func restore(_ part: CleaningPart) {
        switch part {
        case .area(let standing): place(standing)
        case .checkIn(let one): hold(one)
        case .begun(let begun): hasBegun = begun
        }
    }

    /// What changed since the last call, by key; nil: it left.
    mutating func takeChanged() -> [(key: String, part: CleaningPart?)] {
        defer { changed = [:] }
        return changed.keys.sorted().map { ($0, changed[$0] ?? nil) }
    }

    private mutating func place(_ standing: CleaningStanding) {
        standings[standing.area.key] = standing
        deadlines.set(standing.area.key, dueAt: standing.dueAt)
    }

    private mutating func note(_ standing: CleaningStanding) {
        if standings[standing.area.key] == standing { return }
        place(standing)
        changed[standing.partKey] = .area(standing)
    }

    private mutating func hold(_ one: CleaningCheckIn) {
        recent[one.id] = one
        leaving.set(one.id, dueAt: one.takenAt + CleaningLimits.keptFor)
    }

    // MARK: Registry

    /// Takes over what is to be cleaned; with `around` only what belongs to those nodes is said,
    /// and the rest stays.
    mutating func follow(
        _ areas: [CleaningArea], around: Set<NodeID>? = nil, at now: Instant
    ) -> [CleaningNews] {
        if !hasBegun {
            hasBegun = true
            changed["cleaning/begun"] = .begun(true)
        }
        var seen: Set<CleaningKey> = []
        for area in areas {
            seen.insert(area.key)
            let next = boundary(after: now, area.every)
            guard var standing = standings[area.key] else {
                // The part of a turn in which it was registered is no turn that could be missed.
                note(
                    CleaningStanding(
                        area: area, from: now, dueAt: boundary(after: next, area.every)))
                continue
            }
            // What is wanted more often is due sooner; what is awaited is never put off.
            if standing.area.every != area.every { standing.dueAt = min(standing.dueAt, next) }
            standing.area = area
            note(standing)
        }
        let gone = standings.values.filter { standing in
            !seen.contains(standing.area.key) && around?.contains(standing.area.node) ?? true
        }.map(\.area.key).sorted()
        for key in gone {
            if let standing = standings.removeValue(forKey: key) {
                changed[standing.partKey] = .some(nil)
            }
            deadlines.remove(key)
        }
        return gone.map { .over($0, at: now) }
    }

    // MARK: Time

    /// The first beginning of a turn after an instant.
    package func boundary(after instant: Instant, _ every: Interval) -> Instant {
        let length = every.milliseconds
        let since = (instant - firstMonday).milliseconds
        let turns = since >= 0 ? since / length : -((length - 1 - since) / length)
        return firstMonday + every * (turns + 1)
    }

    private var firstMonday: Instant {
        zone.instant(LocalTime(year: 2000, month: 1, day: 3))
    }

    func dayText(_ instant: Instant) -> String { String(zone.local(instant).text.prefix(10)) }

    /// Decides every turn that is over, in order.
    mutating func wake(at now: Instant) -> (effects: [CleaningEffect], news: [CleaningNews]) {
        var done: (effects: [CleaningEffect], news: [CleaningNews]) = ([], [])
        while let due = deadlines.next, due.dueAt <= now, let before = standings[due.key] {
            var standing = before
            if let missed = decide(&standing, at: now) {
                done.effects.append(.missed(missed))
                done.news.append(.missed(sighting(of: standing, missed)))
            }
            note(standing)
        }
        forget(at: now)
        return done
    }

    /// Moves on to the next turn; what was missed of this one, if it was.
    private func decide(_ standing: inout CleaningStanding, at now: Instant) -> MissedCleaning? {
        var isDone = standing.isDone
        let earliest = now - CleaningLimits.decidedMax
        if standing.dueAt < earliest {
            // So long a stop is one that was missed, and not one for each turn of it.
            standing.dueAt = boundary(after: earliest, standing.area.every)
            isDone = false
        }
        let (from, dueAt) = (standing.from, standing.dueAt)
        standing.from = dueAt
        standing.dueAt = boundary(after: dueAt, standing.area.every)
        if isDone { return nil }
        standing.missedCount += 1
        standing.missedSince = standing.missedSince ?? from
        standing.missedFrom = from
        return MissedCleaning(
            area: standing.area, from: from, dueAt: dueAt, decidedAt: now,
            day: dayText(Instant(unixMilliseconds: dueAt.unixMilliseconds - 1)))
    }

    private func sighting(of standing: CleaningStanding, _ missed: MissedCleaning) -> Sighting {
        let last = standing.lastAt.map { zone.text($0) } ?? "never"
        return Sighting(
            .cleaningMissed, standing.area.key.entry, node: standing.area.node,
            firstAt: standing.missedSince ?? missed.from, lastAt: missed.dueAt,
            clues: [
                Clue("missed in a row", "\(standing.missedCount)"),
                Clue("last cleaned", last),
                Clue("every", standing.area.every.words),
                Clue("by", standing.area.clause),
            ])
    }

    private mutating func forget(at now: Instant) {
        while let due = leaving.popDue(at: now) {
            if let one = recent.removeValue(forKey: due.key) { changed[one.partKey] = .some(nil) }
        }
    }

    // MARK: Check-ins

    mutating func handle(
        _ event: CleaningEvent, at now: Instant, registry: Registry
    ) throws(CleaningRefusal) -> (effects: [CleaningEffect], news: [CleaningNews]) {
        switch event {
        case .checkedIn(let draft, let by):
            let one = try checkIn(draft, by: by, registry: registry, at: now)
            if recent[one.id] == one { return ([], []) }
            hold(one)
            changed[one.partKey] = .checkIn(one)
            return ([.checkedIn(one)], take(one, at: now))
        }
    }

    /// What a draft becomes, or why it is refused; the same draft again gives what it became.
    package func checkIn(
        _ draft: CleaningDraft, by subject: String, registry: Registry, at now: Instant
    ) throws(CleaningRefusal) -> CleaningCheckIn {
        if let known = recent[draft.id] {
            guard known.says(draft, by: subject) else { throw .nameTaken(draft.id) }
            return known
        }
        guard let area = standings[draft.key]?.area else { throw .notScheduled(draft.key) }
        let today = CalendarDay(of: now, in: zone)
        guard registry.isStaff(subject, of: area.enterprise, on: today) else {
            throw .notStaff(subject: subject, area.enterprise)
        }
        let mistakes = complaints(about: draft, at: now)
        if !mistakes.isEmpty { throw .unusable(mistakes) }
        return CleaningCheckIn(
            id: draft.id, area: area, cleanedAt: draft.cleanedAt, takenAt: now,
            day: dayText(draft.cleanedAt), place: draft.place, by: subject,
            remark: draft.remark, photo: draft.photo)
    }

    private func complaints(about draft: CleaningDraft, at now: Instant) -> [String] {
        var mistakes: [String] = []
        let id = draft.id.text
        if id.isEmpty || id.utf8.count > RegistryLimits.idMax
            || !id.utf8.allSatisfy(isIdentifierByte)
        {
            mistakes.append(
                "The name \"\(id.prefix(RegistryLimits.idMax))\" is none; write at most "
                    + "\(RegistryLimits.idMax) letters, digits and - _ . :")
        }
        if draft.cleanedAt > tolerance.map({ now + $0 }) ?? now {
            mistakes.append("\(zone.text(draft.cleanedAt)) is still to come; say when it was done.")
        } else if draft.cleanedAt < now - CleaningLimits.lateMax {
            mistakes.append(
                "\(zone.text(draft.cleanedAt)) is more than \(CleaningLimits.lateMax.words) ago; "
                    + "what was missed so long ago stays missed.")
        }
        if !draft.place.isPlace {
            mistakes.append("Say where the person stood, in degrees east and north.")
        }
        if draft.remark.count > CleaningLimits.remarkMax {
            mistakes.append(
                "The remark is longer than \(CleaningLimits.remarkMax) characters; shorten it.")
        }
        // A count has no order.
        let count = recent.values.count { $0.area.key == draft.key }
        if count >= CleaningLimits.perAreaMax {
            mistakes.append("\(count) check-ins of \(draft.key.id) came in a few days.")
        }
        // A photograph shows one cleaning.
        if let twin = recent.values.filter({ $0.photo == draft.photo }).map(\.id).min() {
            mistakes.append("The photograph is that of check-in \(twin); take a new one.")
        }
        return mistakes
    }

    private mutating func take(_ one: CleaningCheckIn, at now: Instant) -> [CleaningNews] {
        guard var standing = standings[one.area.key] else { return [] }
        let cleanedAt = min(one.cleanedAt, now)
        standing.lastAt = max(standing.lastAt ?? cleanedAt, cleanedAt)
        var news: [CleaningNews] = []
        // What is told late of an earlier turn does not make up for the last one.
        if let since = standing.missedFrom, cleanedAt >= since {
            (standing.missedCount, standing.missedSince, standing.missedFrom) = (0, nil, nil)
            news = [.over(one.area.key, at: now)]
        }
        note(standing)
        return news
    }
}
