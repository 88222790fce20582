import Contracts
package import Domain
package import Logging
package import RPC
package import Storage
import Synchronization

/// Serves the journal of a store: first what is stored, then live.
package struct JournalService: Sendable {
    /// What a caller may see: asked once for each page, and the answer for each entry.
    package typealias Scope =
        @Sendable (Principal) async throws -> @Sendable (_ node: NodeID, _ kind: String) -> Bool

    private let store: Store
    private let head: HeadSignal
    private let scope: Scope
    private let hear: @Sendable () async throws -> Void
    private let logger: Logger
    private let subscribers = Subscribers()

    /// `hear` waits until all that the upstreams of the service hold has been worked off.
    package init(
        store: Store, head: HeadSignal, scope: @escaping Scope,
        hear: @escaping @Sendable () async throws -> Void = {}, logger: Logger
    ) {
        (self.store, self.head, self.scope, self.logger) = (store, head, scope, logger)
        self.hear = hear
    }

    package func register(in router: inout RPCRouter) {
        router.describe(JournalV1.JournalService.file)
        router.serverStreaming(JournalV1.JournalService.subscribe) { request, writer, call in
            try await subscribe(request, writer, call)
        }
        router.unary(JournalV1.JournalService.head) { request, call in
            let principal = try call.principal()
            if request.whenHeard {
                try principal.require(.service, .administrator)
                try await hearUpstreams()
            }
            let head = try await store.read { try Journal.head(in: $0) }
            return JournalV1.HeadResponse(seq: head.seq, hash: head.seq == 0 ? [] : head.hash)
        }
    }

    private func hearUpstreams() async throws {
        do {
            try await hear()
        } catch {
            throw RPCStatus(
                .unavailable,
                "The service has not heard its own upstreams (\(error)), so nobody knows whether "
                    + "its journal is current. Ask again, or without when_heard.")
        }
    }

    private func subscribe(
        _ request: JournalV1.SubscribeRequest,
        _ writer: ResponseWriter<JournalV1.SubscribeResponse>, _ call: ServerCall
    ) async throws {
        let principal = try call.principal()
        let filter = try Self.filter(request)
        try await refuseOtherJournal(request)
        guard subscribers.enter() else {
            throw RPCStatus(
                .resourceExhausted,
                "The journal has \(RuntimeLimits.subscribersMax) subscribers already. Try again "
                    + "later, and close subscriptions that are not read.")
        }
        defer { subscribers.leave() }
        var position = request.afterSeq
        while true {
            position = try await sendStored(after: position, filter, principal, writer)
            if request.storedOnly { return }
            let beat = RuntimeLimits.heartbeatEvery.duration
            guard try await head.news(past: position, within: beat) else {
                throw RPCStatus(
                    .unavailable, "The service is stopping. Subscribe again after \(position).")
            }
        }
    }

    /// Sends what is stored after `position`, and at the end where the journal ends.
    private func sendStored(
        after position: UInt64, _ filter: JournalFilter, _ principal: Principal,
        _ writer: ResponseWriter<JournalV1.SubscribeResponse>
    ) async throws -> UInt64 {
        var position = position
        while true {
            let after = position
            let page = try await store.read {
                try Journal.page(after: after, filter: filter, in: $0)
            }
            let isVisible = try await scope(principal)
            for entry in page.entries where isVisible(entry.node, entry.kind) {
                try await writer.write(
                    JournalV1.SubscribeResponse(
                        entry: JournalV1.Entry(entry), headSeq: page.headSeq,
                        headHash: page.head.hash))
            }
            position = page.coveredSeq
            if page.isLast {
                try await writer.write(
                    JournalV1.SubscribeResponse(
                        headSeq: position, headHash: position == 0 ? [] : page.head.hash))
                return position
            }
        }
    }

    // A consumer that has seen entries which are not here knows another journal: a copy was
    // restored. To go on would skip what is written under the same numbers.
    private func refuseOtherJournal(_ request: JournalV1.SubscribeRequest) async throws {
        let heard = JournalHead(seq: request.afterSeq, hash: request.afterHash)
        let (head, own) = try await store.read { db in
            (try Journal.head(in: db), try Journal.entry(at: heard.seq, in: db)?.hash)
        }
        if heard.seq > head.seq {
            throw RPCStatus(
                .outOfRange,
                "You ask for entries after \(heard.seq), but the journal ends at \(head.seq). The "
                    + "store of this service was replaced by an older copy: restore a newer one, "
                    + "or start the consumer anew.")
        }
        if heard.seq > 0 && !heard.hash.isEmpty && heard.hash != own {
            throw RPCStatus(
                .failedPrecondition,
                "You have heard entry \(heard), but entry \(heard.seq) of this journal is another. "
                    + "The store of this service was replaced by an older copy, which has grown "
                    + "since: restore a newer one, or start the consumer anew.")
        }
    }

    private static func filter(_ request: JournalV1.SubscribeRequest) throws -> JournalFilter {
        if request.kindPrefixes.count > StorageLimits.kindPrefixesMax {
            throw RPCStatus(
                .invalidArgument,
                "kind_prefixes has \(request.kindPrefixes.count) entries; at most "
                    + "\(StorageLimits.kindPrefixesMax) are taken. Use shorter prefixes.")
        }
        return JournalFilter(
            kindPrefixes: request.kindPrefixes,
            subject: request.subject.isEmpty ? nil : request.subject)
    }
}

/// Counts who is subscribed.
private final class Subscribers: Sendable {
    private let count = Mutex(0)

    func enter() -> Bool {
        count.withLock { count in
            if count >= RuntimeLimits.subscribersMax { return false }
            count += 1
            return true
        }
    }

    func leave() {
        count.withLock { $0 -= 1 }
    }
}

extension JournalV1.Entry {
    /// An entry as it travels.
    package init(_ entry: JournalEntry) {
        self.init(
            seq: entry.seq, atUnixMs: entry.at.unixMilliseconds, kind: entry.kind,
            subject: entry.subject, nodeID: entry.node.text, body: entry.body,
            prevHash: entry.previousHash, hash: entry.hash)
    }
}
