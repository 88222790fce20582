import Contracts
import Domain
import RPC

/// The platform as a replay uses it: calls that outlive a restart of the service they ask.
actor PlatformPorts {
    private let connections: [ServiceName: Connection]
    /// How long a service may be away before the replay gives up.
    private let patience: Duration
    private let tell: @Sendable (String) -> Void
    private var stream: PushStream?

    /// The stream of batches with what the service has been told on it.
    private struct PushStream {
        var call: ClientCall<IngestV1.PushRequest, IngestV1.PushResponse>
        var responses: ResponseStream<IngestV1.PushResponse>.AsyncIterator
        var points: [String] = []
    }

    init(
        _ options: ConnectionOptions, patience: Duration,
        tell: @escaping @Sendable (String) -> Void
    ) throws {
        connections = try Dictionary(
            uniqueKeysWithValues: ServiceName.allCases.map { ($0, try Connection($0, options)) })
        (self.patience, self.tell) = (patience, tell)
    }

    nonisolated var ports: ReplayPorts {
        ReplayPorts(
            push: { try await self.push($0) }, settle: { try await self.settle($0, $1) },
            advance: { try await self.advance($0, to: $1) },
            holds: { try await self.holds($0, at: $1) })
    }

    func close() async {
        stream?.call.finish()
        for connection in connections.values { await connection.close() }
    }

    // MARK: Calls

    private func settle(
        _ service: ServiceName, _ heads: [ReplayHead]
    ) async throws -> ReplayStanding {
        let request = ClockV1.SettleRequest(
            upstreams: heads.map { ClockV1.Upstream(name: $0.name, head: $0.head) })
        let answer = try await patiently(service) {
            try await $0.unary(ClockV1.ClockService.settle, request, timeout: .seconds(60))
        }
        return ReplayStanding(
            heads: answer.heads.map { ReplayHead(name: $0.name, head: $0.head) },
            nextDue: Instant(unlessZero: answer.nextDueUnixMs),
            now: Instant(unixMilliseconds: answer.nowUnixMs))
    }

    private func advance(_ service: ServiceName, to instant: Instant) async throws {
        let request = ClockV1.AdvanceRequest(toUnixMs: instant.unixMilliseconds)
        _ = try await patiently(service) {
            try await $0.unary(ClockV1.ClockService.advance, request, timeout: .seconds(60))
        }
    }

    private func holds(_ point: PointID, at instant: Instant) async throws -> Bool {
        let request = IngestV1.RangeRequest(
            pointID: point.text, fromUnixMs: instant.unixMilliseconds,
            toUnixMs: instant.unixMilliseconds + 1)
        return try await patiently(.ingest) { service in
            for try await part in try await service.stream(
                IngestV1.ReadingsService.range, request) where !part.readings.isEmpty
            {
                return true
            }
            return false
        }
    }

    // MARK: Pushing

    private func push(_ batch: ReplayBatch) async throws -> ReplayAnswer {
        let answer = try await patiently(.ingest) { try await self.push(batch, over: $0) }
        return ReplayAnswer(
            stored: Int(answer.stored), isRepeated: answer.repeated,
            refused: answer.refused.map {
                ReplayAnswer.Refused(index: Int($0.index), text: $0.text)
            })
    }

    // A stream that failed is never used again; the next attempt opens another.
    private func push(
        _ batch: ReplayBatch, over service: Connection
    ) async throws -> IngestV1.PushResponse {
        var stream: PushStream
        if let open = self.stream {
            stream = open
        } else {
            let call = try await service.call(IngestV1.ReadingsService.push)
            stream = PushStream(call: call, responses: call.responses.makeAsyncIterator())
        }
        self.stream = nil
        try await stream.call.send(Self.request(batch, points: &stream.points))
        guard let answer = try await stream.responses.next() else {
            throw RPCStatus(.unavailable, "ingest ended the stream")
        }
        guard answer.sequence == batch.sequence else {
            throw RPCStatus(
                .internal, "ingest answered batch \(answer.sequence) instead of \(batch.sequence)")
        }
        self.stream = stream
        return answer
    }

    // The list of points is sent when it grows, and kept by the service for the stream.
    private static func request(
        _ batch: ReplayBatch, points: inout [String]
    ) -> IngestV1.PushRequest {
        var places: [String: UInt32] = [:]
        for (index, point) in points.enumerated() { places[point] = UInt32(index) }
        let known = points.count
        let indices = batch.readings.map { reading in
            if let place = places[reading.point.text] { return place }
            let place = UInt32(points.count)
            points.append(reading.point.text)
            places[reading.point.text] = place
            return place
        }
        return IngestV1.PushRequest(
            gatewayID: batch.gateway.text, sequence: batch.sequence,
            columns: IngestV1.Columns(
                pointIDs: points.count > known ? points : [], point: indices,
                baseUnixMs: batch.at.unixMilliseconds,
                measuredDeltaMs: batch.readings.map { _ in 0 },
                value: batch.readings.map(\.value)))
    }

    // MARK: Patience

    /// Tries again while the service is away, as every call may be made twice.
    private func patiently<Answer: Sendable>(
        _ service: ServiceName, _ body: (Connection) async throws -> Answer
    ) async throws -> Answer {
        guard let connection = connections[service] else {
            preconditionFailure("There is a connection for each service.")
        }
        let started = ContinuousClock.now
        var wait = Duration.milliseconds(20)
        var hasTold = false
        while true {
            do {
                return try await body(connection)
            } catch let status as RPCStatus where Self.mayPass(status) {
                let away = ContinuousClock.now - started
                guard away < patience else { throw connection.explain(status) }
                if away > .seconds(1), !hasTold {
                    hasTold = true
                    tell("\(service) at \(connection.address) is away; waiting for it")
                }
                // In real time: a service that restarts needs some, and no rule depends on it.
                try await Task.sleep(for: wait)
                wait = min(wait * 2, .seconds(1))
            } catch {
                throw connection.explain(error)
            }
        }
    }

    private static func mayPass(_ status: RPCStatus) -> Bool {
        switch status.code {
        case .unavailable, .deadlineExceeded, .cancelled, .aborted, .resourceExhausted: true
        case .ok, .unknown, .invalidArgument, .notFound, .alreadyExists, .permissionDenied,
            .failedPrecondition, .outOfRange, .unimplemented, .internal, .dataLoss,
            .unauthenticated:
            false
        }
    }
}
