package import Contracts
package import CoreMetrics
package import Kernel
package import Logging
package import RPC
package import Storage

extension JournalV1.SubscribeRequest {
    /// For what stands after a place, in the journal that has this entry there.
    package init(_ after: Cursor, kindPrefixes: [String]) {
        self.init(
            afterSeq: after.seq, kindPrefixes: kindPrefixes, afterHash: after.hash ?? [])
    }
}

extension FollowStep {
    /// What a response of a journal stands for; a beat stands for all that did not match.
    package init(events: [Event], _ response: JournalV1.SubscribeResponse) {
        let hash = response.entry?.hash ?? response.headHash
        self.init(
            events: events, position: response.entry?.seq ?? response.headSeq,
            hash: hash.isEmpty ? nil : hash, head: response.headSeq)
    }
}

extension RPCClient {
    /// Where the journal of a service ends once it has heard its own upstreams.
    package func journalHead() async throws -> UInt64 {
        try await unary(
            JournalV1.JournalService.head, JournalV1.HeadRequest(whenHeard: true),
            options: CallOptions(
                timeout: RuntimeLimits.headAnsweredWithin, waitForReady: true)
        ).seq
    }
}

extension Follower where Item == JournalV1.SubscribeResponse {
    /// Follows the journal of another service.
    ///
    /// `name` is the cursor, such as `ingest.journal`. `events` says what an entry means; none for
    /// one that the machine does not care about. An entry that it cannot read stops the follower.
    package static func journal(
        _ name: String, of client: RPCClient, kindPrefixes: [String] = [], engine: Engine<M>,
        metrics: any MetricsFactory = NOOPMetricsHandler.instance, logger: Logger,
        events: @escaping @Sendable (JournalV1.Entry) throws -> [M.Event]
    ) -> Follower {
        let source = Source(name: name) { after, take in
            let request = JournalV1.SubscribeRequest(after, kindPrefixes: kindPrefixes)
            // A follower waits for its upstream for ever: services start in any order.
            let stream = try await client.serverStreaming(
                JournalV1.JournalService.subscribe, request,
                options: CallOptions(waitForReady: true))
            for try await response in stream { try await take(response) }
        } head: {
            try await client.journalHead()
        } step: { response in
            FollowStep(events: try response.entry.map(events) ?? [], response)
        } weight: { response in
            response.entry?.body.count ?? 0
        }
        return Follower(source: source, engine: engine, metrics: metrics, logger: logger)
    }
}
