package import Domain
package import Kernel

/// Everything that ingest decides: one store, one journal, one writer, and a book for each matter.
///
/// *What it owns*: the registry with its change requests, how cameras stand, the commitments, the
/// filings, what is known of presence and findings, and the links to other platforms.
/// *How it moves*: each event belongs to one book; the others are looked at, not changed.
/// *The odd case*: what time makes due, a book decides by the registry as it stands then.
package struct IngestMachine: Machine {
    package enum Event: Sendable, Equatable {
        case registry(RegistryMachine.Event)
        /// A camera was tried.
        case camera(CameraReport)
        case commitment(CommitmentEvent)
        case filing(FilingEvent)
        case watch(WatchEvent)
        case cleaning(CleaningEvent)
        case link(LinkEvent)
    }

    package enum Effect: Sendable, Equatable {
        case registry(RegistryMachine.Effect)
        case camera(CameraEffect)
        case commitment(CommitmentEffect)
        case filing(FilingEffect)
        case watch(WatchEffect)
        case cleaning(CleaningEffect)
        case link(LinkEffect)
    }

    package internal(set) var registrar: RegistryMachine
    package private(set) var cameras = CameraBook()
    package private(set) var commitments: CommitmentBook
    package private(set) var filings: FilingBook
    package private(set) var watch: WatchBooks
    package private(set) var renewals = RenewalBook()
    package private(set) var cleanings: CleaningBook
    package internal(set) var links = LinkBook()
    /// False after a start: the watch has not been told what stands behind links.
    private var isPlaced = false

    package var registry: Registry { registrar.registry }
    package var changes: ChangeBook { registrar.changes }
    package var packs: Packs { registrar.packs }

    package init(
        registrar: RegistryMachine, commitments: CommitmentBook,
        filings: FilingBook = FilingBook(), watch: WatchBooks = WatchBooks(),
        cleanings: CleaningBook = CleaningBook()
    ) {
        (self.registrar, self.commitments) = (registrar, commitments)
        (self.filings, self.watch, self.cleanings) = (filings, watch, cleanings)
    }

    /// No upstream is heard: only the clock counts. What silence makes true waits for a sweep,
    /// which looks at what was received before it says so.
    package func nextDue(heard: Instant) -> Instant? {
        [commitments.nextDue, filings.nextDue, cleanings.nextDue].compactMap(\.self).min()
    }

    package mutating func handle(
        _ event: Event, at now: Instant
    ) throws(IngestRefusal) -> [Effect] {
        var effects: [Effect]
        switch event {
        case .registry(let event):
            do throws(RegistryRefusal) {
                let done = try registrar.handle(event, at: now)
                let following = taken(done, at: now)
                confirm(by: event, at: now)
                effects = following + retryLinked(at: now)
            } catch {
                throw .registry(error)
            }
        case .camera(let report):
            effects = cameras.take(report, at: now, registry: registry).map(Effect.camera)
        case .commitment(let event):
            do throws(CommitmentRefusal) {
                effects = try commitments.handle(event, at: now, registry: registry)
                    .map(Effect.commitment)
            } catch {
                throw .commitment(error)
            }
        case .filing(let event):
            do throws(FilingRefusal) {
                let done = try filings.handle(event, at: now, registry: registry)
                effects = done.map(Effect.filing) + setFiled(done, at: now)
            } catch {
                throw .filing(error)
            }
        case .watch(let event):
            if !isPlaced { watch.setPlaces(links.places(in: registry)) }
            isPlaced = true
            // A store from before there was presence has a registry that nobody follows.
            let news = watch.isNew ? followAll([], at: now) : []
            do throws(FindingRefusal) {
                effects =
                    try news
                    + watch.handle(event, at: now, registry: registry)
                    .map(Effect.watch)
            } catch {
                throw .finding(error)
            }
        case .cleaning(let event):
            do throws(CleaningRefusal) {
                let done = try cleanings.handle(event, at: now, registry: registry)
                effects = done.effects.map(Effect.cleaning) + tell(done.news, at: now)
            } catch {
                throw .cleaning(error)
            }
        case .link(let event):
            do throws(LinkRefusal) {
                effects = try handle(event, at: now)
            } catch {
                throw .link(error)
            }
        }
        // A store from before there were schedules has a registry that nobody follows.
        if !cleanings.hasBegun, packs.haveCleaning { effects += followCleanings(at: now) }
        commitments.beginIfNew(at: now)
        return effects
    }

    package mutating func wake(at now: Instant, heard: Instant) -> [Effect] {
        let places = links.places(in: registry)
        return commitments.wake(at: now, registry: registry, links: places)
            .map(Effect.commitment) + wakeFilings(at: now)
            + wakeCleanings(at: now)
    }

    private mutating func wakeCleanings(at now: Instant) -> [Effect] {
        let done = cleanings.wake(at: now)
        return done.effects.map(Effect.cleaning) + tell(done.news, at: now)
    }

    private mutating func wakeFilings(at now: Instant) -> [Effect] {
        let done = filings.wake(at: now)
        return done.map(Effect.filing) + setFiled(done, at: now)
    }

    // MARK: What the books tell each other

    /// What enterprises say about whether their units run, for the watch.
    package func declarations(at now: Instant) -> Declarations {
        var all = Declarations()
        all.units = commitments.declarations(at: now, registry: registry)
        all.stopped = filings.stoppedPoints
        return all
    }

    /// What follows from a change of the registry.
    mutating func taken(_ done: [RegistryMachine.Effect], at now: Instant) -> [Effect] {
        for effect in done { cameras.follow(effect) }
        renewals.follow(done, registry: registry, at: now)
        return done.map(Effect.registry) + follow(done, at: now)
    }

    /// Presence and findings follow what the registry has become.
    private mutating func follow(
        _ effects: [RegistryMachine.Effect], at now: Instant
    ) -> [Effect] {
        var around: Set<NodeID> = []
        var isWide = false
        var records: [(record: EntryRecord, node: NodeID)] = []
        for effect in effects {
            switch effect {
            case .put(_, let node): around.insert(node)
            case .recorded(let record, let node):
                around.insert(node)
                records.append((record, node))
                isWide = isWide || record.change.kind.mayMoveOthers
            case .requested, .imported: continue
            }
        }
        if around.isEmpty { return [] }
        return followAll(
            records, around: isWide || around.count > Self.aroundMax ? nil : around, at: now)
    }

    /// What a file names is fresh.
    private mutating func confirm(by event: RegistryMachine.Event, at now: Instant) {
        guard case .importSent(let document, let scope, _) = event else { return }
        renewals.confirm(document, within: scope, registry: registry, at: now)
    }

    /// From so many enterprises on all are looked at.
    private static var aroundMax: Int { 50 }

    mutating func followAll(
        _ records: [(record: EntryRecord, node: NodeID)], around: Set<NodeID>? = nil,
        at now: Instant
    ) -> [Effect] {
        isPlaced = true
        return watch.follow(
            registry, packs: packs, records: records, around: around,
            places: links.places(in: registry), at: now
        ).map(Effect.watch) + followCleanings(around: around, at: now)
    }

    private mutating func followCleanings(
        around: Set<NodeID>? = nil, at now: Instant
    ) -> [Effect] {
        // What stands behind a link is judged by its own platform.
        let places = links.places(in: registry)
        let areas = registry.cleaningAreas(by: packs, around: around)
            .filter { places.link(of: $0.node) == nil }
        return tell(cleanings.follow(areas, around: around, at: now), at: now)
    }

    private mutating func tell(_ news: [CleaningNews], at now: Instant) -> [Effect] {
        watch.take(news, at: now).map(Effect.watch)
    }

    private mutating func setFiled(_ effects: [FilingEffect], at now: Instant) -> [Effect] {
        if effects.isEmpty { return [] }
        return watch.setFiled(filings.pointsOutOfService, at: now).map(Effect.watch)
    }

    package mutating func takeChanges() -> [PartChange<IngestPart>] {
        var changes = registrar.takeChanges().map { change in
            PartChange(key: change.key, part: change.part.map(IngestPart.registry))
        }
        changes += cameras.takeChanged().map { change in
            PartChange(key: change.key, part: change.part.map(IngestPart.camera))
        }
        changes += commitments.takeChanged().map { change in
            PartChange(key: change.key, part: change.part.map(IngestPart.commitment))
        }
        changes += filings.takeChanged().map { change in
            PartChange(key: change.key, part: change.part.map(IngestPart.filing))
        }
        changes += watch.takeChanged().map { change in
            PartChange(key: change.key, part: change.part.map(IngestPart.watch))
        }
        changes += cleanings.takeChanged().map { change in
            PartChange(key: change.key, part: change.part.map(IngestPart.cleaning))
        }
        changes += renewals.takeChanged().map { change in
            PartChange(key: change.key, part: change.part.map(IngestPart.renewal))
        }
        changes += links.takeChanged().map { change in
            PartChange(key: change.key, part: change.part.map(IngestPart.link))
        }
        return changes.sorted { $0.key < $1.key }
    }

    package mutating func restore(_ part: IngestPart, key: String) {
        switch part {
        case .registry(let part): registrar.restore(part, key: key)
        case .camera(let standing): cameras.restore(standing)
        case .commitment(let part): commitments.restore(part)
        case .filing(let filing): filings.restore(filing)
        case .watch(let part): watch.restore(part)
        case .renewal(let renewal): renewals.restore(renewal)
        case .cleaning(let part): cleanings.restore(part)
        case .link(let part): links.restore(part)
        }
    }
}

extension EntryKind {
    /// True: with a change of it, what hangs on it may belong to another enterprise.
    fileprivate var mayMoveOthers: Bool {
        switch self {
        case .node, .enterprise, .hazardSource, .device, .object: true
        case .point, .person, .officer, .gateway, .camera: false
        }
    }
}

/// Why an event was refused; nothing has changed.
package enum IngestRefusal: Error, Equatable, Sendable {
    case registry(RegistryRefusal)
    case commitment(CommitmentRefusal)
    case filing(FilingRefusal)
    case finding(FindingRefusal)
    case cleaning(CleaningRefusal)
    case link(LinkRefusal)
}

/// One stored part of any book.
package enum IngestPart: Codable, Hashable, Sendable {
    case registry(RegistryPart)
    case camera(CameraStanding)
    case commitment(CommitmentPart)
    case filing(OutageFiling)
    case watch(WatchPart)
    case renewal(Renewal)
    case cleaning(CleaningPart)
    case link(LinkPart)

    private enum Key: String, CodingKey {
        case cameraStanding, commitments, filing, watch, renewal, link, cleaning
    }

    /// The registry stands as itself, so that a store from before there were books is read.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        if let part = try container.decodeIfPresent(CommitmentPart.self, forKey: .commitments) {
            self = .commitment(part)
        } else if let standing = try container.decodeIfPresent(
            CameraStanding.self, forKey: .cameraStanding)
        {
            self = .camera(standing)
        } else if let filing = try container.decodeIfPresent(OutageFiling.self, forKey: .filing) {
            self = .filing(filing)
        } else if let part = try container.decodeIfPresent(WatchPart.self, forKey: .watch) {
            self = .watch(part)
        } else if let part = try container.decodeIfPresent(Renewal.self, forKey: .renewal) {
            self = .renewal(part)
        } else if let part = try container.decodeIfPresent(CleaningPart.self, forKey: .cleaning) {
            self = .cleaning(part)
        } else if let part = try container.decodeIfPresent(LinkPart.self, forKey: .link) {
            self = .link(part)
        } else {
            self = .registry(try RegistryPart(from: decoder))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .registry(let part): try part.encode(to: encoder)
        case .camera(let standing):
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(standing, forKey: .cameraStanding)
        case .commitment(let part):
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(part, forKey: .commitments)
        case .filing(let filing):
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(filing, forKey: .filing)
        case .watch(let part):
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(part, forKey: .watch)
        case .renewal(let part):
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(part, forKey: .renewal)
        case .cleaning(let part):
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(part, forKey: .cleaning)
        case .link(let part):
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(part, forKey: .link)
        }
    }
}
