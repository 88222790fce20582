import Domain
import SimKit
import Testing

@testable import Runtime

@Suite struct WaitingTests {
    @Test func theSimulatedClockNeverGoesBack() {
        let clock = SimulatedTime(.t0)
        #expect(clock.advance(to: .t0 + .seconds(5)) == .t0 + .seconds(5))
        #expect(clock.advance(to: .t0) == .t0 + .seconds(5))
    }

    @Test func sleepersWakeWhenTheirTimeIsReached() async throws {
        let clock = SimulatedTime(.t0)
        try await clock.sleep(until: .t0)
        let early = Task { try await clock.sleep(until: .t0 + .seconds(1)) }
        let late = Task { try await clock.sleep(until: .t0 + .seconds(9)) }
        clock.advance(to: .t0 + .seconds(1))
        try await early.value
        late.cancel()
        await #expect(throws: CancellationError.self) { try await late.value }
    }

    @Test func aReaderIsToldOfWhatComesAfterItsPlace() async throws {
        let signal = HeadSignal(head: 3)
        #expect(try await signal.head(past: 2) == 3)
        let reader = Task { try await signal.head(past: 3) }
        signal.advance(to: 2)
        #expect(signal.head == 3)
        signal.advance(to: 5)
        #expect(try await reader.value == 5)
    }

    @Test func aReaderIsLetGoWhenTheServiceStops() async throws {
        let signal = HeadSignal(head: 3)
        let reader = Task { try await signal.head(past: 3) }
        signal.close()
        #expect(try await reader.value == nil)
        #expect(try await signal.head(past: 0) == nil)
    }

    @Test func aReaderThatIsCancelledIsForgotten() async throws {
        let signal = HeadSignal(head: 3)
        let reader = Task { try await signal.head(past: 3) }
        reader.cancel()
        await #expect(throws: CancellationError.self) { try await reader.value }
    }

    @Test func aQueueHandsOverAllThatWaitsInOrder() async throws {
        let queue = ReadAhead<Int>(itemsMax: 10, weightMax: 100)
        for item in 1...4 { try await queue.put(item, weight: 1) }
        #expect(try await queue.takeAll() == [1, 2, 3, 4])
        try await queue.put(5, weight: 1)
        queue.finish()
        #expect(try await queue.takeAll() == [5])
        #expect(try await queue.takeAll() == nil)
    }

    @Test(arguments: [(itemsMax: 2, weight: 1), (itemsMax: 100, weight: 50)])
    func whoReadsAheadWaitsForWhoTakes(row: (itemsMax: Int, weight: Int)) async throws {
        let queue = ReadAhead<Int>(itemsMax: row.itemsMax, weightMax: 100)
        let reader = Task {
            for item in 1...20 { try await queue.put(item, weight: row.weight) }
            queue.finish()
        }
        var taken: [Int] = []
        while let items = try await queue.takeAll() {
            #expect(items.count <= 2)
            taken += items
        }
        #expect(taken == Array(1...20))
        try await reader.value
    }

    @Test func aWaitDoublesUpToItsLongest() {
        for attempt in 1...70 {
            let wait = RetryWait.drawn(attempt: attempt, from: .milliseconds(100), to: .seconds(10))
            let whole = min(100 * (1 << min(attempt - 1, 20)), 10_000)
            #expect(wait >= .milliseconds(whole / 2) && wait <= .milliseconds(whole))
        }
    }
}
