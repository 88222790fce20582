import Domain
import GRDB
import SimKit
import Storage
import Testing

@testable import Notification

@Suite struct CaseTablesTests {
    private func store() throws -> TemporaryStore {
        try TemporaryStore(migrations: [
            .shared, MigrationSet(owner: "notification", CaseTables.migrations),
        ])
    }

    @Test(arguments: CaseTables.Query.every)
    func noQuestionScansATable(sql: String) throws {
        let store = try store().open()
        let plan = try store.read { db in
            let count = sql.filter { $0 == "?" }.count
            let arguments = StatementArguments(Array(repeating: 1, count: count))
            return try Row.fetchAll(db, sql: "explain query plan \(sql)", arguments: arguments)
                .map { $0["detail"] as String }
        }
        // A walk along the primary key from its end stops at the limit.
        let isWalk = sql.contains("order by ordinal desc limit")
        for step in plan {
            #expect(step.hasPrefix("SEARCH") || isWalk && step.hasPrefix("SCAN"), "\(plan)")
        }
        #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(plan)")
    }

    /// What the machine decides can be stored: a refused row would stop the engine for good.
    @Test(arguments: Channel.allCases, Delivery.allCases)
    func everyStateOnEveryChannelHasItsPlace(channel: Channel, state: Delivery) throws {
        try store().open().write { db in
            for _ in 1...2 {
                try CaseTables.putNotice(
                    id: "n",
                    at: .init(
                        caseID: "c", node: "d", channel: channel.rawValue, state: state.rawValue),
                    body: [1], in: db)
            }
        }
    }

    @Test func aStoreOfTheFirstVersionKeepsItsNotices() throws {
        let temporary = try TemporaryStore(migrations: [
            .shared,
            MigrationSet(owner: "notification", Array(NotificationService.migrations.prefix(2))),
        ])
        let place = CaseTables.Place(caseID: "c", node: "d", channel: "sms", state: "sent")
        try temporary.open().write { db in
            try CaseTables.putNotice(id: "n", at: place, body: [7], in: db)
        }
        let store = try Store(
            path: temporary.path,
            migrations: [
                .shared, MigrationSet(owner: "notification", NotificationService.migrations),
            ])
        #expect(try store.read { try CaseTables.notice("n", in: $0) }?.body == [7])
    }

    @Test func inboxHoldsWhatArrivedAndNothingElse() throws {
        let temporary = try store()
        let store = try temporary.open()
        try store.write { db in
            for (id, node, channel, state) in [
                ("sent", "d1", "desk", "sent"), ("seen", "d1", "desk", "seen"),
                ("confirmed", "d1", "desk", "confirmed"), ("merged", "d1", "desk", "merged"),
                ("failed", "d1", "desk", "failed"), ("other", "d2", "desk", "sent"),
                ("person", "d1", "sms", "sent"),
            ] {
                try CaseTables.putNotice(
                    id: id,
                    at: .init(caseID: "c", node: node, channel: channel, state: state),
                    body: [1], in: db)
            }
        }
        func ids(_ rows: [CaseTables.Row]) -> [String] { rows.map(\.id) }
        try store.read { db in
            let all = try CaseTables.inbox(
                of: "d1", before: .max, includingConfirmed: true, limit: 9, in: db)
            #expect(ids(all) == ["confirmed", "seen", "sent"])
            let open = try CaseTables.inbox(
                of: "d1", before: .max, includingConfirmed: false, limit: 9, in: db)
            #expect(ids(open) == ["seen", "sent"])
            let waiting = try CaseTables.arrivals(
                at: "d1", after: 0, undeliveredOnly: true, limit: 9, in: db)
            #expect(ids(waiting) == ["sent"])
            let news = try CaseTables.arrivals(
                at: "d1", after: 1, undeliveredOnly: false, limit: 9, in: db)
            #expect(ids(news) == ["seen", "confirmed"])
            let lastNotice = try CaseTables.lastNotice(in: db)
            #expect(lastNotice == 7)
        }
    }

    @Test func cameFurtherMeansTheSameRow() throws {
        let temporary = try store()
        let store = try temporary.open()
        let rows = try store.write { db in
            try CaseTables.putCase(id: "a", node: "e", isOpen: true, body: [1], in: db)
            try CaseTables.putCase(id: "b", node: "e", isOpen: true, body: [1], in: db)
            try CaseTables.putCase(id: "a", node: "e", isOpen: false, body: [2], in: db)
            return (
                try CaseTables.cases(before: .max, isOpenOnly: true, limit: 9, in: db),
                try CaseTables.cases(before: .max, isOpenOnly: false, limit: 9, in: db)
            )
        }
        #expect(rows.0.map(\.id) == ["b"])
        #expect(rows.1.map(\.id) == ["b", "a"])
        #expect(rows.1.last?.body == [2])
    }
}
