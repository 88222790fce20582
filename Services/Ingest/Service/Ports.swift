import IngestCore
import Storage

// What the API needs of the store.

extension FilingAPI.Rows {
    init(_ store: Store) {
        one = { id in try await store.read { try FilingTables.one(id.text, in: $0) } }
        page = { scope, after, limit in
            try await store.read { db in
                try FilingTables.page(scope, after: after, limit: limit, in: db)
            }
        }
    }
}

extension CommitmentAPI.Days {
    init(_ store: Store) {
        one = { day, enterprise in
            try await store.read { db in
                try CommitmentTables.one(day: day.text, enterprise: enterprise.text, in: db)
            }
        }
        page = { question, limit in
            try await store.read { db in
                try CommitmentTables.page(question, limit: limit, in: db)
            }
        }
        counts = { from, to, period, limit in
            try await store.read { db in
                try CommitmentTables.counts(
                    from: from.text, to: to.text, by: period, limit: limit, in: db)
            }
        }
    }
}

extension CleaningAPI.Rows {
    init(_ store: Store) {
        one = { id in try await store.read { try CleaningTable.one(id.text, in: $0) } }
        page = { day, after, limit in
            try await store.read { db in
                try CleaningTable.page(day: day.text, after: after, limit: limit, in: db)
            }
        }
    }
}

extension FindingAPI.Rows {
    init(_ store: Store) {
        one = { id in
            try await store.read { db in try FindingTable.one(id, in: db) }
        }
        page = { after, withClosed, limit in
            try await store.read { db in
                try FindingTable.page(after: after, withClosed: withClosed, limit: limit, in: db)
            }
        }
    }
}

extension QualityAPI.Scores {
    init(_ store: Store, _ keeper: DayKeeper) {
        page = { question, limit in
            try await store.read { db in
                try ScoreTables.page(question, limit: limit, in: db)
            }
        }
        one = { enterprise, day in
            try await store.read { db in
                try ScoreTables.scores(of: enterprise, day: day, in: db)
            }
        }
        today = { try await keeper.today(of: $0) }
    }
}
