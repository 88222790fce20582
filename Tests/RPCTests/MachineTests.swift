import NIOCore
import Testing

@testable import RPC

struct ResponseMachineTests {
    @Test func headersComeOnceAndFirst() {
        var machine = ResponseMachine()
        #expect(machine.write() == .headersFirst)
        #expect(machine.write() == .goOn)
    }

    @Test func anErrorBeforeTheFirstMessageIsTrailersOnly() {
        var machine = ResponseMachine()
        #expect(machine.finish(RPCStatus(.notFound), hasMessages: false) == .trailersOnly)
        #expect(machine.takeTrailers() == nil)
    }

    @Test func aGoodEndWithoutMessagesHasHeadersAndTrailers() {
        var machine = ResponseMachine()
        #expect(machine.finish(.ok, hasMessages: false) == .headersFirst)
        #expect(machine.takeTrailers() == .ok)
    }

    /// Trap 5: a call is finished exactly once.
    @Test func onlyTheFirstEndCounts() {
        var machine = ResponseMachine()
        _ = machine.write()
        #expect(machine.finish(RPCStatus(.aborted), hasMessages: false) == .afterMessages)
        #expect(machine.finish(.ok, hasMessages: false) == .nothing)
        #expect(machine.takeTrailers()?.code == .aborted)
        #expect(machine.takeTrailers() == nil)
        #expect(machine.finish(.ok, hasMessages: false) == .nothing)
    }

    @Test func nothingIsWrittenAfterTheEnd() {
        var machine = ResponseMachine()
        _ = machine.finish(.ok, hasMessages: true)
        #expect(machine.write() == .refused)
        var reset = ResponseMachine()
        reset.reset()
        #expect(reset.write() == .refused)
        #expect(reset.finish(.ok, hasMessages: false) == .nothing)
    }
}

struct RequestMachineTests {
    @Test func aRequestEndsOnce() {
        var machine = RequestMachine()
        machine.headersArrived(isLast: false)
        #expect(machine.isOpen)
        #expect(machine.end() == true)
        #expect(machine.end() == false)
        #expect(!machine.mustBeStopped)
    }

    @Test func headersMayBeAllThereIs() {
        var machine = RequestMachine()
        machine.headersArrived(isLast: true)
        #expect(machine.state == .ended)
        #expect(machine.end() == false)
    }

    @Test func anIgnoredRequestMustBeStoppedUntilItEnds() {
        var machine = RequestMachine()
        machine.headersArrived(isLast: false)
        machine.ignore()
        #expect(machine.mustBeStopped)
        #expect(!machine.isOpen)
        #expect(machine.end() == false)
        #expect(!machine.mustBeStopped)
    }
}

struct ConnectivityMachineTests {
    private let failure = RPCStatus(.unavailable, "refused")

    @Test func theFirstCallConnectsAndTheNextWait() {
        var machine = ConnectivityMachine(addressCount: 2)
        #expect(machine.place(waitsForReady: false) == .connectAndQueue(address: 0))
        #expect(machine.place(waitsForReady: false) == .queue)
        #expect(machine.connected() == true)
        #expect(machine.place(waitsForReady: false) == .start)
    }

    @Test func everyAddressIsTriedBeforeWaiting() {
        var machine = ConnectivityMachine(addressCount: 2)
        _ = machine.place(waitsForReady: false)
        #expect(machine.attemptFailed(failure) == .connect(address: 1))
        #expect(machine.attemptFailed(failure) == .wait(failures: 1, reason: failure))
        #expect(machine.place(waitsForReady: false) == .refuse(failure))
        #expect(machine.place(waitsForReady: true) == .queue)
    }

    @Test func failuresAddUpUntilAConnection() {
        var machine = ConnectivityMachine(addressCount: 1)
        _ = machine.place(waitsForReady: true)
        #expect(machine.attemptFailed(failure) == .wait(failures: 1, reason: failure))
        #expect(machine.delayOver(hasWaiting: true) == 0)
        #expect(machine.attemptFailed(failure) == .wait(failures: 2, reason: failure))
        #expect(machine.delayOver(hasWaiting: true) == 0)
        #expect(machine.connected() == true)
        machine.lost()
        _ = machine.place(waitsForReady: true)
        #expect(machine.attemptFailed(failure) == .wait(failures: 1, reason: failure))
    }

    @Test func withoutCallsNobodyReconnects() {
        var machine = ConnectivityMachine(addressCount: 1)
        _ = machine.place(waitsForReady: false)
        _ = machine.attemptFailed(failure)
        #expect(machine.delayOver(hasWaiting: false) == nil)
        #expect(machine.state == .idle)
        #expect(machine.place(waitsForReady: false) == .connectAndQueue(address: 0))
    }

    @Test func aClosedClientRefuses() {
        var machine = ConnectivityMachine(addressCount: 1)
        machine.close()
        guard case .refuse(let status) = machine.place(waitsForReady: true) else {
            Issue.record("a closed client must refuse")
            return
        }
        #expect(status.code == .cancelled)
        #expect(machine.attemptFailed(failure) == .nothing)
        #expect(machine.connected() == false)
    }

    @Test func noAddressIsAReasonNotAWait() {
        var machine = ConnectivityMachine(addressCount: 0)
        guard case .refuse(let status) = machine.place(waitsForReady: true) else {
            Issue.record("without addresses there is nothing to wait for")
            return
        }
        #expect(status.code == .unavailable)
    }
}

struct BackoffTests {
    @Test func delaysGrowToAMost() {
        var backoff = Backoff()
        backoff.factor = 2
        let delays = (1...9).map { backoff.delay(afterFailures: $0, chance: 0) }
        #expect(delays == [1, 2, 4, 8, 16, 32, 64, 120, 120].map { .seconds($0) })
    }

    @Test func jitterGoesBothWays() {
        var backoff = Backoff()
        backoff.jitter = 0.5
        #expect(backoff.delay(afterFailures: 1, chance: 1) == .milliseconds(1_500))
        #expect(backoff.delay(afterFailures: 1, chance: -1) == .milliseconds(500))
    }
}

struct KeepaliveMachineTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    @Test func aSilentPeerIsAskedAndGivenUp() {
        var keepalive = Keepalive(interval: .seconds(30), timeout: .seconds(10))
        #expect(keepalive.timer(at: start) == .look(at: start + .seconds(30)))
        let asked = start + .seconds(30)
        #expect(keepalive.timer(at: asked) == .ping(lookAt: asked + .seconds(10)))
        #expect(keepalive.timer(at: asked + .seconds(10)) == .giveUp)
    }

    @Test func anySignOfLifeBeginsAnew() {
        var keepalive = Keepalive(interval: .seconds(30), timeout: .seconds(10))
        _ = keepalive.timer(at: start)
        _ = keepalive.timer(at: start + .seconds(30))
        keepalive.heard()
        let later = start + .seconds(40)
        #expect(keepalive.timer(at: later) == .look(at: later + .seconds(30)))
    }
}

struct PingPoliceTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    @Test func theThirdHastyPingIsTooMany() {
        var police = PingPolice(minimumInterval: .seconds(10))
        #expect(police.ping(at: start) == true)
        #expect(police.ping(at: start + .seconds(1)) == true)
        #expect(police.ping(at: start + .seconds(2)) == true)
        #expect(police.ping(at: start + .seconds(3)) == false)
    }

    @Test func patientPingsAreWelcome() {
        var police = PingPolice(minimumInterval: .seconds(10))
        for number in 0..<100 {
            #expect(police.ping(at: start + .seconds(Int64(number) * 10)) == true)
        }
    }

    @Test func pingsBesideAnswersAreNoStrikes() {
        var police = PingPolice(minimumInterval: .seconds(10))
        for _ in 0..<100 {
            #expect(police.ping(at: start) == true)
            police.answered()
        }
    }
}

struct ResetLimiterTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    @Test func aBurstIsAllowedAndNoMore() {
        var limiter = ResetLimiter(burst: 5, perSecond: 2, at: start)
        for _ in 0..<5 { #expect(limiter.reset(at: start) == true) }
        #expect(limiter.reset(at: start) == false)
    }

    @Test func theAllowanceComesBackWithTime() {
        var limiter = ResetLimiter(burst: 5, perSecond: 2, at: start)
        for _ in 0..<5 { _ = limiter.reset(at: start) }
        let later = start + .milliseconds(1_500)
        #expect(limiter.reset(at: later) == true)
        #expect(limiter.reset(at: later) == true)
        #expect(limiter.reset(at: later) == false)
    }
}
