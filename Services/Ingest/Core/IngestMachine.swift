package import Domain
package import Kernel

/// Everything that ingest decides: one store, one journal, one writer, and a book for each matter.
///
/// *What it owns*: the registry with its change requests and cameras, the commitments, the
/// filings.
/// *How it moves*: each event belongs to one book; the others are looked at, not changed.
/// *The odd case*: what time makes due, a book decides by the registry as it stands then.
package struct IngestMachine: Machine {
    package enum Event: Sendable, Equatable {
        case registry(RegistryMachine.Event)
        case commitment(CommitmentEvent)
        case filing(FilingEvent)
    }

    package enum Effect: Sendable, Equatable {
        case registry(RegistryMachine.Effect)
        case commitment(CommitmentEffect)
        case filing(FilingEffect)
    }

    package private(set) var registrar: RegistryMachine
    package private(set) var commitments: CommitmentBook
    package private(set) var filings: FilingBook

    package var registry: Registry { registrar.registry }
    package var changes: ChangeBook { registrar.changes }
    package var cameras: CameraBook { registrar.cameras }
    package var packs: Packs { registrar.packs }

    package init(
        registrar: RegistryMachine, commitments: CommitmentBook, filings: FilingBook = FilingBook()
    ) {
        (self.registrar, self.commitments, self.filings) = (registrar, commitments, filings)
    }

    /// No upstream is heard: only the clock counts.
    package func nextDue(heard: Instant) -> Instant? {
        [commitments.nextDue, filings.nextDue].compactMap(\.self).min()
    }

    package mutating func handle(
        _ event: Event, at now: Instant
    ) throws(IngestRefusal) -> [Effect] {
        let effects: [Effect]
        switch event {
        case .registry(let event):
            do throws(RegistryRefusal) {
                effects = try registrar.handle(event, at: now).map(Effect.registry)
            } catch {
                throw .registry(error)
            }
        case .commitment(let event):
            do throws(CommitmentRefusal) {
                effects = try commitments.handle(event, at: now, registry: registry)
                    .map(Effect.commitment)
            } catch {
                throw .commitment(error)
            }
        case .filing(let event):
            do throws(FilingRefusal) {
                effects = try filings.handle(event, at: now, registry: registry)
                    .map(Effect.filing)
            } catch {
                throw .filing(error)
            }
        }
        commitments.beginIfNew(at: now)
        return effects
    }

    package mutating func wake(at now: Instant, heard: Instant) -> [Effect] {
        commitments.wake(at: now, registry: registry).map(Effect.commitment)
            + filings.wake(at: now).map(Effect.filing)
    }

    package mutating func takeChanges() -> [PartChange<IngestPart>] {
        var changes = registrar.takeChanges().map { change in
            PartChange(key: change.key, part: change.part.map(IngestPart.registry))
        }
        changes += commitments.takeChanged().map { change in
            PartChange(key: change.key, part: change.part.map(IngestPart.commitment))
        }
        changes += filings.takeChanged().map { change in
            PartChange(key: change.key, part: change.part.map(IngestPart.filing))
        }
        return changes.sorted { $0.key < $1.key }
    }

    package mutating func restore(_ part: IngestPart, key: String) {
        switch part {
        case .registry(let part): registrar.restore(part, key: key)
        case .commitment(let part): commitments.restore(part)
        case .filing(let filing): filings.restore(filing)
        }
    }
}

/// Why an event was refused; nothing has changed.
package enum IngestRefusal: Error, Equatable, Sendable {
    case registry(RegistryRefusal)
    case commitment(CommitmentRefusal)
    case filing(FilingRefusal)
}

/// One stored part of any book.
package enum IngestPart: Codable, Hashable, Sendable {
    case registry(RegistryPart)
    case commitment(CommitmentPart)
    case filing(OutageFiling)

    private enum Key: String, CodingKey { case commitments, filing }

    /// The registry stands as itself, so that a store from before there were books is read.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        if let part = try container.decodeIfPresent(CommitmentPart.self, forKey: .commitments) {
            self = .commitment(part)
        } else if let filing = try container.decodeIfPresent(OutageFiling.self, forKey: .filing) {
            self = .filing(filing)
        } else {
            self = .registry(try RegistryPart(from: decoder))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .registry(let part): try part.encode(to: encoder)
        case .commitment(let part):
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(part, forKey: .commitments)
        case .filing(let filing):
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(filing, forKey: .filing)
        }
    }
}
