import Contracts
import Domain
import Ingest
import IngestCore
import RPC
import Runtime
import SimKit
import Testing

@Suite(.timeLimit(.minutes(10))) struct ReadingsAPITests {
    @Test func batchesAreAnsweredInOrderAndFoundAgain() async throws {
        try await IngestHost.with { ingest in
            let gateway = try await ingest.gateway("g1", of: "e1")
            let answers = try await ingest.push((1...200).map { columns($0) }, by: gateway)
            #expect(answers.map(\.sequence) == Array(1...200))
            #expect(answers.allSatisfy { $0.stored == 2 && !$0.repeated && $0.refused.isEmpty })
            #expect(try await ingest.latest(["x1", "t1"]) == [200.01, 200])
            let day = try await ingest.range("t1")
            #expect(day.map(\.value) == (1...200).map { Double($0) })
            #expect(day.first?.measuredAtUnixMs == (t0 + .seconds(1)).unixMilliseconds)
            let some = try await ingest.range("t1", from: t0 + .seconds(5), to: t0 + .seconds(8))
            #expect(some.map(\.value) == [5, 6, 7])
            await gateway.close()
        }
    }

    @Test func aRepeatOverANewStreamIsAcknowledgedOnce() async throws {
        try await IngestHost.with { ingest in
            let gateway = try await ingest.gateway("g1", of: "e1")
            _ = try await ingest.push([columns(1), columns(2)], by: gateway)
            let again = try await ingest.push([columns(2), columns(3)], by: gateway)
            #expect(again.map(\.repeated) == [true, false])
            #expect(again.map(\.stored) == [2, 2])
            #expect(try await ingest.range("t1").map(\.value) == [1, 2, 3])
            let reused = await status {
                _ = try await ingest.push([columns(3, values: [9, 9])], by: gateway)
            }
            #expect(reused?.code == .alreadyExists)
            #expect(reused?.message.contains("Send it again as 4") == true)
            await gateway.close()
        }
    }

    @Test func rowsAndColumnsMeanTheSame() async throws {
        try await IngestHost.with { ingest in
            let gateway = try await ingest.gateway("g1", of: "e1")
            let rows = IngestV1.PushRequest(
                gatewayID: "g1", sequence: 1,
                rows: [
                    IngestV1.Row(
                        pointID: "t1", measuredAtUnixMs: t0.unixMilliseconds, value: 20.5),
                    IngestV1.Row(
                        pointID: "x1", measuredAtUnixMs: t0.unixMilliseconds, value: 55,
                        quality: .bad),
                ])
            #expect(try await ingest.push([rows], by: gateway).first?.stored == 2)
            #expect(try await ingest.range("x1").first?.quality == .bad)
            #expect(try await ingest.latest(["t1"]) == [20.5])
            await gateway.close()
        }
    }

    @Test func badReadingsAreRefusedOneByOneAndTheGoodOnesKept() async throws {
        try await IngestHost.with { ingest in
            let gateway = try await ingest.gateway("g1", of: "e1")
            let second = t0.unixMilliseconds / 1_000
            let base = (t0 + .seconds(1)).unixMilliseconds
            let batch = columns(
                1, points: ["t1", "b1", "zz"], index: [0, 1, 2, 0, 0, 7, 0],
                times: [0, 0, 0, second - base, base - second, 0, 0],
                values: [1, 2, 3, 4, .nan, 6, 7])
            let answer = try #require(try await ingest.push([batch], by: gateway).first)
            #expect(answer.stored == 2)
            #expect(answer.refused.map(\.index) == [1, 2, 3, 4, 5])
            #expect(
                answer.refused.map(\.reason) == [
                    .otherEnterprise, .unknownPoint, .timeUnit, .notANumber, .unknownPoint,
                ])
            #expect(answer.refused[2].text.contains("looks like seconds"))
            #expect(try await ingest.range("t1").map(\.value) == [1, 7])
            await gateway.close()
        }
    }

    @Test func thePointsOfAStreamAreKept() async throws {
        try await IngestHost.with { ingest in
            let gateway = try await ingest.gateway("g1", of: "e1")
            var later = columns(2, index: [1], values: [42])
            later.columns?.pointIDs = []
            _ = try await ingest.push([columns(1), later], by: gateway)
            #expect(try await ingest.latest(["x1"]) == [42])
            let fresh = try await ingest.push([columns(3, points: [], index: [0])], by: gateway)
            #expect(fresh.first?.refused.first?.text.contains("outside of point_ids") == true)
            await gateway.close()
        }
    }

    @Test func aBatchThatCannotBeReadEndsTheStreamAfterThoseBeforeIt() async throws {
        try await IngestHost.with { ingest in
            let gateway = try await ingest.gateway("g1", of: "e1")
            let call = try await gateway.bidirectional(IngestV1.ReadingsService.push)
            try await call.send(columns(1))
            try await call.send(columns(2, values: [1]))
            var answers: [UInt64] = []
            let refusal = await status {
                for try await answer in call.responses { answers.append(answer.sequence) }
            }
            #expect(answers == [1])
            #expect(refusal?.code == .invalidArgument)
            #expect(refusal?.message.contains("Column value has 1 entries and point has 2") == true)
            let both = IngestV1.PushRequest(
                gatewayID: "g1", sequence: 3, rows: [IngestV1.Row(pointID: "t1")],
                columns: IngestV1.Columns())
            let zero = columns(0)
            for batch in [both, zero] {
                let refusal = await status { _ = try await ingest.push([batch], by: gateway) }
                #expect(refusal?.code == .invalidArgument)
            }
            #expect(try await ingest.range("t1").map(\.value) == [1])
            await gateway.close()
        }
    }

    @Test func aTokenPushesForItsOwnGatewayOnly() async throws {
        try await IngestHost.with { ingest in
            let own = try await ingest.gateway("g1", of: "e1")
            let misplaced = try await ingest.gateway("g1", of: "e2")
            let unknown = try await ingest.gateway("g9", of: "e1")
            let officer = try await ingest.officer(of: "e1")
            let stranger = try await ingest.host.client(of: "ingest", as: nil)
            let cases: [(RPCClient, String, RPCStatus.Code, String)] = [
                (own, "g2", .permissionDenied, "the batch says gateway_id \"g2\""),
                (misplaced, "g1", .permissionDenied, "does not stand under e2"),
                (unknown, "g9", .permissionDenied, "no gateway \"g9\""),
                (officer, "g1", .permissionDenied, "role"),
                (stranger, "g1", .unauthenticated, "token"),
            ]
            for (client, id, code, words) in cases {
                let refusal = await status {
                    _ = try await ingest.push([columns(1, gateway: id)], by: client)
                }
                #expect(refusal?.code == code)
                #expect(refusal?.message.contains(words) == true, "\(refusal?.message ?? "taken")")
                await client.close()
            }
            #expect(try await ingest.range("t1").isEmpty)
        }
    }

    @Test func anOfficerReadsTheOwnCountyOnly() async throws {
        try await IngestHost.with { ingest in
            let gateway = try await ingest.gateway("g1", of: "e1")
            _ = try await ingest.push([columns(1)], by: gateway)
            let near = try await ingest.officer(of: "d1")
            let far = try await ingest.officer(of: "d2")
            #expect(try await ingest.latest([], by: near) == [1, 1.01])
            #expect(try await ingest.latest([], by: far) == [])
            #expect(try await ingest.range("t1", by: near).count == 1)
            for ask in [
                { _ = try await ingest.latest(["t1"], by: far) },
                { _ = try await ingest.range("t1", by: far) },
            ] {
                let refusal = await status(ask)
                #expect(refusal?.code == .permissionDenied)
            }
            let unknown = await status { _ = try await ingest.range("zz", by: near) }
            #expect(unknown?.code == .notFound)
            for client in [gateway, near, far] { await client.close() }
        }
    }

    @Test func aFollowerGetsWhatIsStoredAndThenWhatComes() async throws {
        try await IngestHost.with { ingest in
            let first = try await ingest.gateway("g1", of: "e1")
            let second = try await ingest.gateway("g2", of: "e2")
            _ = try await ingest.push([columns(1), columns(2)], by: first)
            let service = try await ingest.host.client(of: "ingest", as: .service)
            let stream = try await service.serverStreaming(
                IngestV1.ReadingsService.follow, IngestV1.FollowRequest(afterPosition: 1))
            var batches = stream.makeAsyncIterator()
            let stored = try #require(try await batches.next())
            #expect(stored.position == 2)
            #expect(stored.columns?.pointIDs == ["t1", "x1"])
            #expect(stored.columns?.value == [2, 2.01])
            _ = try await ingest.push([columns(1, gateway: "g2", points: ["b1"])], by: second)
            // A beat may come before it.
            var live = try #require(try await batches.next())
            while live.columns == nil { live = try #require(try await batches.next()) }
            #expect(live.position == 3)
            #expect(live.headPosition == 3)
            #expect(live.columns?.pointIDs == ["b1"])
            // A county sees the readings under it alone.
            let county = try await ingest.officer(of: "d2")
            let own = try await county.serverStreaming(
                IngestV1.ReadingsService.follow, IngestV1.FollowRequest())
            var ownBatches = own.makeAsyncIterator()
            #expect(try await ownBatches.next()?.position == 3)
            let ahead = await status {
                for try await _ in try await service.serverStreaming(
                    IngestV1.ReadingsService.follow, IngestV1.FollowRequest(afterPosition: 99))
                {}
            }
            #expect(ahead?.code == .outOfRange)
            stream.cancel()
            own.cancel()
            for client in [first, second, service, county] { await client.close() }
        }
    }

    @Test func aFollowerOfAQuietPlatformHearsAtOnceThatItIsCurrent() async throws {
        try await IngestHost.with { ingest in
            let service = try await ingest.host.client(of: "ingest", as: .service)
            let empty = try await service.serverStreaming(
                IngestV1.ReadingsService.follow, IngestV1.FollowRequest())
            var first = empty.makeAsyncIterator()
            #expect(try await first.next() == IngestV1.FollowResponse())
            let gateway = try await ingest.gateway("g1", of: "e1")
            _ = try await ingest.push([columns(1), columns(2)], by: gateway)
            let current = IngestV1.FollowResponse(position: 2, headPosition: 2)
            let late = try await service.serverStreaming(
                IngestV1.ReadingsService.follow, IngestV1.FollowRequest(afterPosition: 2))
            var news = late.makeAsyncIterator()
            #expect(try await news.next() == current)
            // A county that may see none of the batches hears that it has missed none.
            let county = try await ingest.officer(of: "d2")
            let own = try await county.serverStreaming(
                IngestV1.ReadingsService.follow, IngestV1.FollowRequest())
            var ownNews = own.makeAsyncIterator()
            #expect(try await ownNews.next() == current)
            let head = try await service.unary(
                IngestV1.ReadingsService.head, IngestV1.HeadRequest())
            #expect(head.position == 2)
            for stream in [empty, late, own] { stream.cancel() }
            for client in [gateway, service, county] { await client.close() }
        }
    }

    /// ING-22: a trend over a day is a few figures, not a hundred thousand readings.
    @Test func aRangeComesInBucketsWithoutBadReadings() async throws {
        try await IngestHost.with { ingest in
            let gateway = try await ingest.gateway("g1", of: "e1")
            // Seconds 1 to 120, of which each tenth is bad and far off; some over midnight in UTC.
            var batches: [IngestV1.PushRequest] = []
            for second: UInt64 in 1...120 {
                let isBad = second % 10 == 0
                var batch = columns(
                    second, points: ["t1"], values: [isBad ? 9_999 : Double(second)])
                batch.columns?.quality = [isBad ? 2 : 0]
                batch.columns?.baseUnixMs -= 60_000
                batches.append(batch)
            }
            _ = try await ingest.push(batches, by: gateway)
            let request = IngestV1.RangeRequest(
                pointID: "t1", fromUnixMs: (t0 - .seconds(60)).unixMilliseconds,
                everyMs: 60_000)
            let pages = try await ingest.administrator.serverStreaming(
                IngestV1.ReadingsService.range, request)
            var buckets: [IngestV1.Bucket] = []
            for try await page in pages {
                #expect(page.readings.isEmpty)
                buckets += page.buckets
            }
            #expect(
                buckets.map(\.startUnixMs)
                    == [-60, 0, 60].map {
                        (t0 + .seconds($0)).unixMilliseconds
                    })
            #expect(buckets.map(\.min) == [1, 61, 0])
            #expect(buckets.map(\.max) == [59, 119, 0])
            #expect(buckets.map(\.count) == [54, 54, 0])
            #expect(buckets.map(\.badCount) == [5, 6, 1])
            #expect(abs(buckets[0].mean - 30) < 1e-9)
            let refusal = await status {
                let negative = IngestV1.RangeRequest(pointID: "t1", everyMs: -1)
                let pages = try await ingest.administrator.serverStreaming(
                    IngestV1.ReadingsService.range, negative)
                for try await _ in pages {}
            }
            #expect(refusal?.code == .invalidArgument)
            await gateway.close()
        }
    }

    @Test func aRestartKeepsWhatWasAcknowledged() async throws {
        let folder = try TemporaryFolder()
        let before = try await IngestHost.start(folder)
        let gateway = try await before.gateway("g1", of: "e1")
        _ = try await before.push((1...20).map { columns($0) }, by: gateway)
        await gateway.close()
        try await before.stop()
        let after = try await IngestHost.start(folder, importing: nil)
        #expect(try await after.range("t1").map(\.value) == (1...20).map { Double($0) })
        let again = try await after.gateway("g1", of: "e1")
        #expect(try await after.push([columns(20)], by: again).first?.repeated == true)
        await again.close()
        try await after.stop()
    }

    /// ING-20: a clock of ours that is behind loses nothing.
    @Test func aBatchThatIsAheadOfOurClockStaysWithItsGatewayUntilTheClockIsRight() async throws {
        let host = try await TestHost(
            [IngestService.self], flags: [(name: "clock", value: "simulated")])
        let ingest = IngestHost(
            host: host, administrator: try await host.client(of: "ingest", as: .administrator))
        try await host.advance(to: t0)
        try await ingest.importFile(cityYAML)
        let gateway = try await ingest.gateway("g1", of: "e1")
        // 95 s ahead, behind one that is not: that one is stored and answered first.
        let call = try await gateway.bidirectional(IngestV1.ReadingsService.push)
        try await call.send(columns(1))
        try await call.send(columns(95))
        var answers: [UInt64] = []
        let held = await status {
            for try await answer in call.responses { answers.append(answer.sequence) }
        }
        #expect(answers == [1])
        #expect(held?.code == .unavailable)
        for words in ["Batch 95 of gateway g1", "measured 95 s or more after", "keep the batch"] {
            #expect(held?.message.contains(words) == true, "\(held?.message ?? "taken")")
        }
        #expect(try await ingest.range("t1").map(\.value) == [1])
        let metrics = try await host.admin("ingest", "/metrics").body
        #expect(metrics.contains("ingest_batches_held_total 1\n"))
        // Another batch may go before it, and its own number is not used up.
        #expect(try await ingest.push([columns(2)], by: gateway).map(\.stored) == [2])
        try await host.advance(to: t0 + .seconds(35))
        let later = try await ingest.push([columns(95)], by: gateway)
        #expect(later.map(\.stored) == [2] && later.map(\.repeated) == [false])
        // What is further ahead than our clock can be is refused, and its number is used up.
        let far = try await ingest.push([columns(8 * 3_600)], by: gateway)
        #expect(far.first?.refused.map(\.reason) == [.inFuture, .inFuture])
        #expect(try await ingest.push([columns(8 * 3_600)], by: gateway).first?.repeated == true)
        await gateway.close()
        try await ingest.stop()
    }

    @Test func aClockThatWasSetBackHoldsWhateverIsAheadAlsoAfterARestart() async throws {
        let folder = try TemporaryFolder()
        let simulated = [(name: "clock", value: "simulated")]
        let before = try await TestHost([IngestService.self], folder: folder, flags: simulated)
        try await before.advance(to: t0 + .hours(24 * 30))
        try await before.importRegistry(cityYAML)
        let row = IngestV1.Row(
            pointID: "t1", measuredAtUnixMs: t0.unixMilliseconds + 8 * 86_400_000, value: 3)
        #expect(
            try await before.push([row], sequence: 1, gateway: "g1", enterprise: "e1").stored == 1)
        try await before.stop()
        try await IngestService.moveClock(in: folder, to: t0)
        let after = try await TestHost([IngestService.self], folder: folder, flags: simulated)
        let held = await status {
            _ = try await after.push([row], sequence: 2, gateway: "g1", enterprise: "e1")
        }
        #expect(held?.code == .unavailable)
        try await after.advance(to: t0 + .hours(24 * 30))
        #expect(
            try await after.push([row], sequence: 2, gateway: "g1", enterprise: "e1").stored == 1)
        try await after.stop()
    }
}
