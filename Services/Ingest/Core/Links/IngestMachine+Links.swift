import Domain

/// What happens over links, and what follows from it in the other books.
extension IngestMachine {
    mutating func handle(
        _ event: LinkEvent, at now: Instant
    ) throws(LinkRefusal) -> [Effect] {
        switch event {
        case .joined(let node, let instance, let by):
            let done = try links.join(node, instance: instance, by: by, registry: registry)
            return done.map(Effect.link) + (done.isEmpty ? [] : followAll([], at: now))
        case .speaksFor(let node):
            if links.spokenFor == node { return [] }
            links.speaksFor(node)
            return followAll([], at: now)
        case .pageSent(let node, let entries, let seq, let hash, let by):
            return try take(
                entries, from: node, journalSeq: seq, journalHash: hash, by: by, at: now)
        case .beganAnew(let node):
            try links.beginAnew(node)
            return []
        case .batchesTaken(let node, let batches):
            try links.take(batches, of: node)
            return []
        case .forgotten(let node, let reason, let by, let scope):
            let done = try links.forget(
                node, reason: reason, by: by, scope: scope, registry: registry)
            return done.map(Effect.link) + followAll([], at: now)
        }
    }

    /// A page together with what was refused before; what it says of an entry is newer.
    private mutating func take(
        _ entries: [LinkedEntry], from node: NodeID, journalSeq: UInt64, journalHash: [UInt8],
        by: String, at now: Instant
    ) throws(LinkRefusal) -> [Effect] {
        guard let record = links[node] else { throw .unknownLink(node) }
        if journalSeq < record.journalSeq {
            throw .cut(node, at: journalSeq, taken: record.journalSeq)
        }
        let new = Set(entries.map(\.key))
        let before = links.refused(of: node).map(\.entry).filter { !new.contains($0.key) }
        // Decided on a copy: a page that cannot be noted changes nothing.
        var registrar = registrar
        let (done, refused) = registrar.takeLinked(before + entries, from: node, by: by)
        let noted = try links.note(
            node, journalSeq: journalSeq, journalHash: journalHash, refused: refused,
            hasChanged: !done.isEmpty, by: by)
        self.registrar = registrar
        callIn(done)
        return taken(done, at: now) + noted.map(Effect.link)
    }

    /// What links brought and was refused may fit by now.
    mutating func retryLinked(at now: Instant) -> [Effect] {
        var effects: [Effect] = []
        for record in links.all {
            for owed in record.owed { links.callIn(owed.gateway, registry: registry) }
            let waiting = links.refused(of: record.node).map(\.entry)
            if waiting.isEmpty { continue }
            let by = "link"
            let (done, refused) = registrar.takeLinked(waiting, from: record.node, by: by)
            let noted = try? links.note(
                record.node, journalSeq: record.journalSeq, journalHash: record.journalHash,
                refused: refused, hasChanged: !done.isEmpty, by: by)
            callIn(done)
            effects += taken(done, at: now) + (noted ?? []).map(Effect.link)
        }
        return effects
    }

    private mutating func callIn(_ effects: [RegistryMachine.Effect]) {
        for effect in effects {
            guard case .put(.gateway(let gateway), _) = effect else { continue }
            links.callIn(gateway.id, registry: registry)
        }
    }
}
