import Contracts
import Domain
import IngestCore
import RPC
import SimKit
import Testing

@testable import CLI

/// The check of gateways against models of good and bad ones, in time of its own (EDG-16).
@Suite struct GatewayTrialTests {
    @Test func aGoodGatewayPassesEachRule() {
        let trial = ModelGateway().walk()
        let open = trial.report.filter { $0.verdict != .passed }
        #expect(open.isEmpty, "\(open)")
    }

    /// EDG-16, ING-12, ING-18, CON-47: who breaks one rule fails that one, and no other.
    @Test(arguments: ModelGateway.Fault.allCases)
    func aBadGatewayFailsItsRule(fault: ModelGateway.Fault) throws {
        let trial = ModelGateway(fault).walk()
        let failed = trial.report.filter { $0.verdict == .failed }
        #expect(failed.map(\.rule) == [fault.rule], "\(failed)")
        #expect(failed.allSatisfy { !$0.seen.isEmpty && !$0.rule.advice.isEmpty })
    }

    /// Who stops sending is not passed by silence.
    @Test func whoSaysNothingPassesNothing() {
        var trial = GatewayTrial(ModelGateway.plan, at: .t0)
        trial.wait(until: .t0 + ModelGateway.plan.patience)
        #expect(trial.isOver)
        #expect(trial.report.allSatisfy { $0.verdict == .notSeen })
    }

    /// What is sent at once after a refusal is no waiting, even if it happens to slow down.
    @Test func aTightLoopIsNoWaiting() {
        let trial = ModelGateway(.exhausted, wait: Interval(milliseconds: 10)).walk()
        #expect(trial.broken[.exhausted] != nil)
    }
}

/// A gateway that measures two points each second, and does one thing wrong or none.
struct ModelGateway {
    enum Fault: String, CaseIterable, Sendable {
        case gatewayID, sequenceSkips, sequenceZero, unevenColumns, rowsAndColumns, outsideTable
        case unknownPoint, seconds, localTime, ahead, notANumber, quality, tooMany
        case resendsOther, forgets, repeatsRepeated, exhausted, unavailable, insistsOnRefused
        case stopsWhenCut, newestFirst, oldestFirst

        var rule: GatewayRule {
            switch self {
            case .gatewayID: .gatewayID
            case .sequenceSkips, .sequenceZero: .sequence
            case .unevenColumns, .rowsAndColumns, .outsideTable: .columns
            case .unknownPoint: .points
            case .seconds, .localTime, .ahead: .times
            case .notANumber: .values
            case .quality: .quality
            case .tooMany: .size
            case .resendsOther, .forgets: .resend
            case .repeatsRepeated: .repeated
            case .exhausted: .exhausted
            case .unavailable: .unavailable
            case .insistsOnRefused: .refused
            case .stopsWhenCut: .complete
            case .newestFirst: .order
            case .oldestFirst: .live
            }
        }
    }

    static let plan = GatewayTrial.Plan(
        gateway: Gateway(
            id: GatewayID("g1"), enterprise: EnterpriseID("e1"), name: "g1"),
        points: [PointID("x1"), PointID("x2")], every: .seconds(1), cut: .seconds(20),
        patience: .minutes(2))

    private let fault: Fault?
    private let firstWait: Interval
    private var now = Instant.t0
    private var count: UInt64 = 0
    private var pending: [UInt64: IngestV1.PushRequest] = [:]
    private var measured: [UInt64: Instant] = [:]
    private var wait: Interval
    private var isCut = false
    /// It was done wrong once.
    private var isDone = false

    init(_ fault: Fault? = nil, wait: Interval = Interval(milliseconds: 500)) {
        (self.fault, firstWait, self.wait) = (fault, wait, wait)
    }

    /// Lives until the walk is over.
    func walk() -> GatewayTrial {
        var model = self
        var trial = GatewayTrial(Self.plan, at: .t0)
        var inspector = BatchInspector(Self.plan)
        var nextAt = Instant.t0
        var nextMeasured = Instant.t0
        let end = Instant.t0 + .minutes(30)
        while !trial.isOver, model.now < end {
            if model.now >= nextMeasured {
                model.measure()
                nextMeasured = nextMeasured + .seconds(1)
            }
            if model.now >= nextAt, let number = model.choose() {
                let request = model.pending[number] ?? IngestV1.PushRequest()
                let look = inspector.look(request, at: model.now)
                for fault in look.faults { trial.fail(fault.rule, fault.seen) }
                switch trial.take(request, look.checked, at: model.now) {
                case .acknowledge(let response, let after):
                    nextAt = model.now + after
                    model.take(number, response)
                case .end(let status):
                    inspector = BatchInspector(Self.plan)
                    nextAt = model.now + model.ended(number, status.code)
                }
            }
            model.now = model.now + Interval(milliseconds: 10)
            trial.wait(until: model.now)
        }
        return trial
    }

    private mutating func measure() {
        if fault == .stopsWhenCut, isCut { return }
        count += 1
        measured[count] = now
        pending[count] = batch(count)
    }

    private func batch(_ number: UInt64) -> IngestV1.PushRequest {
        var time = now.unixMilliseconds
        switch fault {
        case .seconds: time /= 1_000
        case .localTime: time -= 8 * 3_600_000
        case .ahead: time += 120_000
        case _: break
        }
        let rows = ["x1", "x2"].map {
            IngestV1.Row(
                pointID: $0, measuredAtUnixMs: time, value: Double(number % 7), quality: .good)
        }
        var request = IngestV1.PushRequest(gatewayID: "g1", sequence: number, rows: rows)
        spoil(&request, time)
        return request
    }

    private func spoil(_ request: inout IngestV1.PushRequest, _ time: Int64) {
        let columns = IngestV1.Columns(
            pointIDs: ["x1", "x2"], point: [0, 1], baseUnixMs: time, measuredDeltaMs: [0, 0],
            value: [1, 2])
        switch fault {
        case .gatewayID: request.gatewayID = "g2"
        case .sequenceSkips: request.sequence *= 3
        case .sequenceZero: request.sequence -= 1
        case .unevenColumns:
            (request.rows, request.columns) = ([], columns)
            request.columns?.value = [1]
        case .rowsAndColumns: request.columns = columns
        case .outsideTable:
            (request.rows, request.columns) = ([], columns)
            request.columns?.point = [0, 2]
        case .unknownPoint: request.rows[1].pointID = "x9"
        case .notANumber: request.rows[1].value = .nan
        case .quality: request.rows[1].quality = CommonV1.Quality(rawValue: 7)
        case .tooMany: request.rows = Array(repeating: request.rows[0], count: 5_001)
        case _: break
        }
    }

    private func choose() -> UInt64? {
        guard let newest = pending.keys.max(), let oldest = pending.keys.min() else { return nil }
        if fault == .newestFirst { return newest }
        if fault == .oldestFirst { return oldest }
        return now - (measured[newest] ?? now) < Interval(milliseconds: 1_500) ? newest : oldest
    }

    private mutating func take(_ number: UInt64, _ answer: IngestV1.PushResponse) {
        (wait, isCut) = (firstWait, false)
        if fault == .repeatsRepeated, answer.repeated, !isDone {
            isDone = true
            return
        }
        let request = pending.removeValue(forKey: number)
        guard fault == .insistsOnRefused, let place = answer.refused.first?.index,
            let row = request?.rows[Int(place)]
        else { return }
        count += 1
        measured[count] = now
        pending[count] = batch(count)
        pending[count]?.rows.append(row)
    }

    /// How long it waits then.
    private mutating func ended(_ number: UInt64, _ code: RPCStatus.Code) -> Interval {
        isCut = true
        if !isDone, fault == .resendsOther {
            pending[number]?.rows[0].value += 1
            isDone = true
        }
        if !isDone, fault == .forgets {
            pending[number] = nil
            isDone = true
        }
        let isStubborn =
            fault == .exhausted && code == .resourceExhausted
            || fault == .unavailable && code == .unavailable
        let wait = isStubborn ? firstWait : wait
        self.wait = min(self.wait * 2, .minutes(1))
        return wait
    }
}
