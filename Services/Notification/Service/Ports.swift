import Domain
import NotificationCore
import Runtime
import Storage

/// Gives the API what it needs of engine and store.
struct Ports: Sendable {
    let engine: Engine<NotificationMachine>
    let store: Store
    let now: @Sendable () -> Instant

    var cases: CaseAPI.Ports {
        CaseAPI.Ports(
            tree: { [engine] in try await engine.read { $0.tree } },
            due: { [engine] id in try await engine.read { $0.due(of: id) } },
            cases: { [store] before, isOpenOnly, limit in
                try await store.read { db in
                    try CaseTables.cases(
                        before: before, isOpenOnly: isOpenOnly, limit: limit, in: db)
                }.map(StoredMessage.init)
            },
            oneCase: { [store] id in
                try await store.read { try CaseTables.oneCase(id.text, in: $0) }
                    .map(StoredMessage.init)
            },
            notices: { [store] id in
                try await store.read { db in
                    try CaseTables.notices(
                        ofCase: id.text, limit: ServiceLimits.noticesPerCaseMax, in: db)
                }.map(StoredMessage.init)
            },
            records: records)
    }

    private var records: @Sendable (CaseID) async throws -> [RecordTables.Row] {
        { [store] id in
            try await store.read { db in
                try RecordTables.ofCase(
                    id.text, limit: ServiceLimits.noticesPerCaseMax, in: db)
            }
        }
    }

    var actions: CaseActions.Ports {
        CaseActions.Ports(
            submit: { [engine] event in try await engine.submit(event) },
            oneCase: { [store] id in
                try await store.read { try CaseTables.oneCase(id.text, in: $0) }
                    .map(StoredMessage.init)
            },
            record: { [store] kind, id in
                try await store.read { try RecordTables.one(kind, id: id, in: $0) }
            },
            repeats: { [engine] number, id in
                try await engine.read { $0.repeats(number, of: id) }
            },
            tree: { [engine] in try await engine.read { $0.tree } }, now: now,
            // What looks through all of a nation's cases works on a copy, beside the engine;
            // notices, which are many and change often, stay out of it.
            board: { [engine] node in try await engine.read { $0.casesAlone }.board(under: node) },
            standing: { [engine] list, node in
                try await engine.read { $0.casesAlone }.standing(list, under: node)
            },
            gaps: { [engine] node in try await engine.read { $0.casesAlone }.gaps(under: node) },
            forecast: { [engine, now] in
                try await engine.read { $0.casesAlone }.forecast(at: now())
            },
            source: { [engine] id in try await engine.read { $0.source(id) } })
    }

    var inbox: InboxAPI.Ports {
        InboxAPI.Ports(
            tree: { [engine] in try await engine.read { $0.tree } },
            inbox: { [store] node, before, includingConfirmed, limit in
                try await store.read { db in
                    try CaseTables.inbox(
                        of: node.text, before: before, includingConfirmed: includingConfirmed,
                        limit: limit, in: db)
                }.map(StoredMessage.init)
            },
            arrivals: { [store] node, after, undeliveredOnly, limit in
                try await store.read { db in
                    try CaseTables.arrivals(
                        at: node.text, after: after, undeliveredOnly: undeliveredOnly,
                        limit: limit, in: db)
                }.map(StoredMessage.init)
            },
            lastNotice: { [store] in try await store.read { try CaseTables.lastNotice(in: $0) } },
            notice: { [store] id in
                try await store.read { try CaseTables.notice(id.text, in: $0) }
                    .map(StoredMessage.init)
            },
            submit: { [engine] event in try await engine.submit(event) },
            news: engine.journalHead)
    }
}

extension StoredMessage {
    fileprivate init(_ row: CaseTables.Row) {
        self.init(ordinal: row.ordinal, id: row.id, node: NodeID(row.node), body: row.body)
    }
}
