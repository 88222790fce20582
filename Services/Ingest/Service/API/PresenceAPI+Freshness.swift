import Contracts
import Domain
import IngestCore
import RPC
import Runtime

// How old the newest data of enterprises are.

extension PresenceAPI {
    func freshness(
        _ request: IngestV1.ListFreshnessRequest, _ principal: Principal
    ) async throws -> IngestV1.ListFreshnessResponse {
        let isSeen = try registry.seen(request.underNodeID, principal)
        let known = registry.current.registry
        let all = known.enterprises.values.filter { one in
            one.id.text > request.pageToken && isSeen(one.node)
        }
        let page = Array(all.prefix(pageSize(request.pageSize)))
        let books = try await engine.read { machine in
            (machine.watch.presence.records, machine.commitments, machine.renewals)
        }
        let seen = newest.seen(known.cameras.values.map(\.id))
        let now = clock.now()
        let sources = FreshnessSources(
            presence: books.0, commitments: books.1, renewals: books.2, now: now,
            seen: { seen[$0] }, measured: newest.measured)
        let rows = known.freshness(of: page, by: sources, in: books.1.zone)
        return IngestV1.ListFreshnessResponse(
            enterprises: rows.map { IngestV1.EnterpriseFreshness($0) },
            nowUnixMs: now.unixMilliseconds,
            nextPageToken: page.count < all.count ? page.last?.id.text ?? "" : "")
    }
}

extension IngestV1.EnterpriseFreshness {
    fileprivate init(_ one: EnterpriseFreshness) {
        self.init(
            enterpriseID: one.enterprise.text, name: one.name,
            families: one.families.map { family in
                IngestV1.FamilyFreshness(
                    family: family.family.rawValue, title: family.family.title,
                    things: UInt32(clamping: family.things),
                    newestUnixMs: family.newestAt?.unixMilliseconds)
            })
    }
}
