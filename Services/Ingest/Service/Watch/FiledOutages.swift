import Contracts
import Domain
package import IngestCore
package import Storage

/// What filings excuse 报备停用, whenever they were: the table has also those that are history.
package enum FiledOutages {
    /// The time in a window, by point.
    package static func within(
        _ window: Span, in store: Store
    ) async throws -> [PresenceSubject: [Span]] {
        try await store.read { db in
            try FilingTables.outages(
                in: window,
                pointsOf: { body in
                    try IngestV1.Filing(serialized: body).pointIDs.map { PointID($0) }
                }, in: db)
        }
    }
}
