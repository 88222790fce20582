import Contracts
import Domain
import Ingest
import IngestCore
import Kernel
import Notification
import NotificationCore
import Risk
import RiskCore
import Runtime
import Storage

/// What one service reads of another, each by a cursor of its own.
enum NewsStream: CaseIterable {
    case registryToRisk, readings, registryToDesk, levels

    var from: ServiceName { self == .levels ? .risk : .ingest }

    var to: ServiceName {
        switch self {
        case .registryToRisk, .readings: .risk
        case .registryToDesk, .levels: .desk
        }
    }

    var cursor: String {
        switch self {
        case .registryToRisk, .registryToDesk: "ingest.journal"
        case .readings: "ingest.readings"
        case .levels: "risk.journal"
        }
    }
}

// How news travel: in order, at least once, and never past what a listener must know before.

extension World {
    /// There is something new in a stream.
    mutating func announce(_ stream: NewsStream) {
        var wait = way()
        if strikes(.lateNews, of: 8) { wait = .seconds(random.integer(in: 1...900)) }
        agenda.add(.deliver(stream), at: now + wait)
    }

    mutating func deliver(_ stream: NewsStream) throws {
        switch stream {
        case .registryToRisk:
            try deliver(stream, to: risk, isFromUp: ingest.isUp, head: registryHead) { world, seq in
                let entry = world.ingest.shell.disk.lines[seq - 1]
                return try RiskCore.RegistryFact(entry).map { [.registered($0)] } ?? []
            }
        case .registryToDesk:
            try deliver(stream, to: desk, isFromUp: ingest.isUp, head: registryHead) { world, seq in
                let entry = world.ingest.shell.disk.lines[seq - 1]
                return try NotificationCore.RegistryFact(entry).map { [.registered($0)] } ?? []
            }
        case .readings:
            try deliver(stream, to: risk, isFromUp: ingest.isUp, head: readings.batches.count) {
                world, seq in
                try world.batch(at: seq)
            }
        case .levels:
            try deliver(stream, to: desk, isFromUp: risk.isUp, head: risk.shell.disk.lines.count) {
                world, seq in
                try world.news(at: seq)
            }
        }
    }

    var registryHead: Int { ingest.shell.disk.lines.count }

    /// Hands on what a listener has not had; `events` answers nil where it must wait.
    private mutating func deliver<M: Watched>(
        _ stream: NewsStream, to service: Service<M>, isFromUp: Bool, head: Int,
        _ events: (inout World, Int) throws -> [M.Event]?
    ) throws {
        // Whoever is away gets in touch when it is back.
        guard service.isUp, isFromUp else { return }
        if strikes(.lostNews, of: 6) {
            agenda.add(.deliver(stream), at: now + .seconds(random.integer(in: 1...120)))
            return
        }
        let life = service.life
        var next = Int((service.shell.cursors[stream.cursor] ?? .start).seq)
        if strikes(.doubledNews, of: 3) { next = max(0, next - 2) }
        if breakage == .skipsNews, next < head, random.chance(1, of: 20) { next += 1 }
        while next < head, service.life == life {
            var items: [UpstreamItem<M.Event>] = []
            // All that waits is taken in one commit; how much that is depends on the moment.
            for _ in 0..<random.integer(in: 1...6) where next < head {
                guard let found = try events(&self, next + 1) else { break }
                next += 1
                items.append(
                    UpstreamItem(
                        events: found,
                        from: UpstreamPosition(name: stream.cursor, seq: UInt64(next))))
            }
            if items.isEmpty {
                agenda.add(.deliver(stream), at: now + .seconds(1))
                return
            }
            if try submit(service, items: items).isDone { continue }
            if service.life == life { agenda.add(.deliver(stream), at: now + .seconds(1)) }
            return
        }
    }

    /// A stored batch as risk hears of it; nil while its registry is behind (`RegistryGate`).
    private mutating func batch(at position: Int) throws -> [RiskEvent]? {
        let heard = Int((risk.shell.cursors["ingest.journal"] ?? .start).seq)
        let stored = readings.batches[position - 1]
        if heard < registryHead {
            let unknown = risk.shell.machine.unknownPoints(in: stored.columns.pointIDs)
            if !haveReadingsHeard || !unknown.isEmpty { return nil }
        }
        haveReadingsHeard = true
        let response = IngestV1.FollowResponse(
            position: UInt64(position), receivedAtUnixMs: stored.receivedAt.unixMilliseconds,
            columns: IngestV1.Columns(stored.columns),
            headPosition: UInt64(readings.batches.count))
        return ReadingBatch(response).map { [.measured($0)] } ?? []
    }

    /// An entry of risk's journal as notification hears of it; nil while it waits for the registry,
    /// which it does for five seconds (`LevelSource`).
    private mutating func news(at seq: Int) throws -> [NotificationEvent]? {
        guard let news = try LevelNews(risk.shell.disk.lines[seq - 1]) else { return [] }
        let heard = Int((desk.shell.cursors["ingest.journal"] ?? .start).seq)
        let isKnown = desk.shell.machine.knows(news.source) || unknownSources.contains(news.source)
        if haveLevelsHeard, isKnown { return [.levelChanged(news)] }
        let since = levelsWaitSince ?? now
        levelsWaitSince = since
        guard (ingest.isUp && heard == registryHead) || now - since >= .seconds(5) else {
            return nil
        }
        (haveLevelsHeard, levelsWaitSince) = (true, nil)
        if !desk.shell.machine.knows(news.source) { unknownSources.append(news.source) }
        return [.levelChanged(news)]
    }

    // MARK: How far the upstreams reach

    /// What a service would know if it had heard everything.
    private func truth(for name: ServiceName) -> [UpstreamPosition] {
        let registry = UpstreamPosition(name: "ingest.journal", seq: UInt64(registryHead))
        switch name {
        case .ingest: return []
        case .risk:
            let batches = UInt64(readings.batches.count)
            return [registry, UpstreamPosition(name: "ingest.readings", seq: batches)]
        case .desk:
            let lines = UInt64(risk.shell.disk.lines.count)
            return [registry, UpstreamPosition(name: "risk.journal", seq: lines)]
        }
    }

    mutating func planQuestion<M: Watched>(of service: Service<M>, askedAt: Instant) {
        var wait = way()
        if strikes(.silence, of: 6) { wait = .seconds(random.integer(in: 20...300)) }
        let question = Question(
            asker: service.name, life: service.life, askedAt: askedAt,
            truth: truth(for: service.name), until: now + wait + .seconds(10))
        service.open = question
        agenda.add(.ask(service.name), at: now + wait)
    }

    /// The question of a service, if it has one, comes to where it is answered.
    mutating func ask(_ asker: ServiceName) throws {
        switch asker {
        case .ingest: break
        case .risk: try ask(risk, answer: ingest.isUp ? truth(for: .risk) : nil, ingest.isUp)
        case .desk:
            let areUp = ingest.isUp && risk.isUp
            if areUp, desk.open?.goal == nil { desk.open?.goal = truth(for: .risk) }
            let hasHeard = desk.open?.goal?.allSatisfy { goal in
                (risk.shell.cursors[goal.name] ?? .start).seq >= goal.seq
            }
            try ask(desk, answer: areUp && hasHeard == true ? truth(for: .desk) : nil, areUp)
        }
    }

    private mutating func ask<M: Watched>(
        _ service: Service<M>, answer: [UpstreamPosition]?, _ areUp: Bool
    ) throws {
        guard service.isUp, let question = service.open, service.life == question.life else {
            return
        }
        guard let answer else {
            // It is asked anew every ten seconds; who is away answers as soon as it is back.
            if now >= question.until {
                var anew = question
                (anew.askedAt, anew.truth) = (service.shell.readClock(), truth(for: service.name))
                (anew.goal, anew.until) = (nil, now + .seconds(10))
                service.open = anew
            }
            let wait: Interval = areUp ? .seconds(1) : .minutes(20)
            agenda.add(.ask(service.name), at: now + wait)
            return
        }
        service.open = nil
        service.answered = service.answered.suffix(3) + [question]
        service.shell.hearing.told(
            answer, askedAt: question.askedAt, cursors: service.shell.cursors,
            at: service.shell.readClock())
        // What the upstreams have and the service has not is on its way.
        if service.shell.hearing.isAsking { service.watch.excuse(at: now) }
        try submit(service)
    }

    /// What was done by time was done by all the news that there were, or after the half minute.
    func checkHeard<M: Watched>(_ call: Shell<M>.Call, of service: Service<M>) throws {
        guard case .wake(let heard) = call.input, service.name != .ingest, heard != .distantPast
        else { return }
        guard let question = service.answered.last(where: { $0.askedAt == heard }) else {
            try require(heard == call.at, "it was heard up to a time at which nobody asked")
            return
        }
        for place in question.truth {
            let known = (service.shell.cursors[place.name] ?? .start).seq
            try require(
                known >= place.seq,
                "\(place.name) was at \(place.seq) when it was asked, and \(known) is known")
        }
    }
}
