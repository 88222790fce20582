import Contracts
import Domain
import Ingest
import IngestCore
import RPC

/// Walks a gateway through all that can happen between it and the platform, and keeps what it did.
///
/// *What it owns*: where the walk is, what was received, and what is known of each rule.
/// *How it moves*: by each batch, which it answers; by time, which ends what does not come.
/// *The odd case*: a batch that breaks a rule is acknowledged all the same, so that one mistake
/// does not hide the others.
struct GatewayTrial: Sendable {
    struct Plan: Sendable {
        var gateway: Gateway
        var points: Set<PointID>
        /// How often the gateway sends.
        var every: Interval
        /// How long the line is cut.
        var cut: Interval
        /// How long the next batch is waited for.
        var patience: Interval
    }

    /// What the platform does with a batch.
    enum Answer: Sendable, Equatable {
        case acknowledge(IngestV1.PushResponse, after: Interval)
        case end(RPCStatus)
    }

    /// Where the walk is.
    enum Stage: Sendable, Equatable {
        /// So many batches are taken as on any day.
        case steady(left: Int)
        /// One is not answered; how many others came since.
        case losing(UInt64?, others: Int)
        /// One is answered as a repeat; how many must come after it.
        case repeating(UInt64?, left: Int)
        /// Every try ends with a status; when they came.
        case busy(GatewayRule, tries: [Instant])
        /// So many are taken, so that waiting begins anew.
        case calm(left: Int)
        /// One reading is refused; how many batches must come after it.
        case refusing(Refused?, left: Int)
        case cut(until: Instant?)
        case recovering
        case over
    }

    struct Refused: Sendable, Equatable {
        var sequence: UInt64
        var point: PointID
        var measuredAt: Int64
    }

    let plan: Plan
    private(set) var stage = Stage.steady(left: Self.steadyCount)
    /// What was seen that breaks a rule, the first of each.
    private(set) var broken: [GatewayRule: String] = [:]
    /// What was seen that proves one.
    private(set) var proven: [GatewayRule: String] = [:]
    /// Every number with what it stood for.
    private var known: [UInt64: UInt64] = [:]
    var batchCount: Int { known.count }
    private var acknowledged: Set<UInt64> = []
    /// What was ended and not acknowledged since, with the rule by which it must come again.
    private var owed: [UInt64: GatewayRule] = [:]
    /// When the walk last went a step on.
    private var movedAt: Instant
    private var leastLateness = Interval(milliseconds: .max)
    var recovery: CutRecovery

    static let steadyCount = 5
    static let othersMax = 20
    static let triesCount = 5
    static let afterCount = 4

    init(_ plan: Plan, at now: Instant) {
        self.plan = plan
        movedAt = now
        recovery = CutRecovery(every: plan.every)
    }

    var isOver: Bool { stage == .over }

    mutating func fail(_ rule: GatewayRule, _ seen: String) {
        if broken[rule] == nil { broken[rule] = seen }
    }

    mutating func prove(_ rule: GatewayRule, _ seen: String) { proven[rule] = seen }

    /// A call came without the token, or with another.
    mutating func refuseToken() {
        fail(.token, "a call without the token of the check")
    }

    // MARK: Batches

    /// Takes what is left of a batch after its check, and says what becomes of it.
    mutating func take(
        _ request: IngestV1.PushRequest, _ checked: CheckedBatch, at now: Instant
    ) -> Answer {
        let (number, before) = (request.sequence, stage)
        let isNew = known[number] == nil
        note(checked.refused, in: number)
        let isSame = known[number, default: checked.fingerprint] == checked.fingerprint
        if !isSame {
            let rule = owed[number] ?? .sequence
            fail(rule == .resend ? .resend : .sequence, "number \(number) with other readings")
        }
        known[number] = checked.fingerprint
        let usual = IngestV1.PushResponse(
            sequence: number, stored: UInt32(checked.columns.count),
            repeated: acknowledged.contains(number),
            refused: checked.refused.map { fault in
                IngestV1.RefusedReading(
                    index: UInt32(fault.index), reason: fault.fault.reason, text: fault.fault.text)
            })
        let answer = step(usual, checked, isNew: isNew, isSame: isSame, at: now)
        if case .acknowledge = answer {
            acknowledged.insert(number)
            owed[number] = nil
        }
        if stage != before { movedAt = now }
        return answer
    }

    private mutating func note(_ refused: [IngestCore.RefusedReading], in number: UInt64) {
        for one in refused {
            fail(one.fault.rule, "batch \(number), reading \(one.index): \(one.fault.text)")
        }
    }

    private mutating func step(
        _ usual: IngestV1.PushResponse, _ checked: CheckedBatch, isNew: Bool, isSame: Bool,
        at now: Instant
    ) -> Answer {
        let number = usual.sequence
        let taken = Answer.acknowledge(usual, after: Interval(milliseconds: 0))
        switch stage {
        case .steady(let left):
            noteLateness(checked, at: now)
            guard isNew else { return taken }
            stage = left > 1 ? .steady(left: left - 1) : .losing(nil, others: 0)
            if left == 1 { judgeLateness() }
            return taken
        case .losing(nil, _):
            guard isNew else { return taken }
            stage = .losing(number, others: 0)
            return end(number, .resend, .unavailable)
        case .losing(let lost?, let others):
            if lost == number {
                if isSame { prove(.resend, "batch \(number) came again with the same readings") }
                stage = .repeating(nil, left: Self.afterCount)
            } else {
                stage =
                    others < Self.othersMax
                    ? .losing(lost, others: others + 1) : .repeating(nil, left: Self.afterCount)
            }
            return taken
        case .repeating(let number?, let left) where usual.sequence == number:
            fail(.repeated, "batch \(number) came again after an answer with repeated = true")
            stage = .repeating(number, left: max(1, left))
            return taken
        case .repeating(let told, let left):
            return repeating(usual, told, left: left, isNew: isNew)
        case .busy(let rule, let tries): return busy(number, rule, tries, at: now)
        case .calm(let left):
            stage = left > 1 ? .calm(left: left - 1) : .busy(.unavailable, tries: [])
            return taken
        case .refusing(let refused, let left):
            return refusing(usual, checked, refused, left: left, isNew: isNew, at: now)
        case .cut(let until): return cut(usual, checked, until: until, at: now)
        case .recovering: return recovering(usual, checked, at: now)
        case .over: return taken
        }
    }

    private mutating func end(
        _ number: UInt64, _ rule: GatewayRule, _ code: RPCStatus.Code
    ) -> Answer {
        // A batch that was acknowledged is owed no more, however often it is sent.
        if !acknowledged.contains(number) { owed[number] = rule }
        return .end(
            RPCStatus(
                code, "The check takes nothing now. Keep the batch, wait, and send it again."))
    }

    private mutating func repeating(
        _ usual: IngestV1.PushResponse, _ told: UInt64?, left: Int, isNew: Bool
    ) -> Answer {
        var answer = usual
        if told == nil {
            answer.repeated = true
            stage = .repeating(usual.sequence, left: left)
        } else if isNew {
            stage = .repeating(told, left: left - 1)
            if left == 1 {
                prove(.repeated, "batch \(told ?? 0) did not come again")
                stage = .busy(.exhausted, tries: [])
            }
        }
        return .acknowledge(answer, after: Interval(milliseconds: 0))
    }

    private mutating func busy(
        _ number: UInt64, _ rule: GatewayRule, _ before: [Instant], at now: Instant
    ) -> Answer {
        let tries = before + [now]
        stage = .busy(rule, tries: tries)
        if tries.count == Self.triesCount {
            judge(tries, rule)
            stage =
                rule == .exhausted
                ? .calm(left: Self.afterCount) : .refusing(nil, left: Self.afterCount)
        }
        return end(number, rule, rule == .exhausted ? .resourceExhausted : .unavailable)
    }

    /// The last two waits are clearly longer than the first two, so that a drawn part of each
    /// does no harm.
    private mutating func judge(_ tries: [Instant], _ rule: GatewayRule) {
        let waits = zip(tries, tries.dropFirst()).map { ($1 - $0).milliseconds }
        let words = "waits of " + waits.map { "\($0)" }.joined(separator: ", ") + " ms"
        let (first, last) = (waits.prefix(2).reduce(0, +), waits.suffix(2).reduce(0, +))
        if last >= 100, last * 4 >= first * 5 { prove(rule, words) } else { fail(rule, words) }
    }

    private mutating func refusing(
        _ usual: IngestV1.PushResponse, _ checked: CheckedBatch, _ before: Refused?, left: Int,
        isNew: Bool, at now: Instant
    ) -> Answer {
        var answer = usual
        guard let refused = before else {
            // Nothing of a batch that came before, and nothing without a good reading.
            if acknowledged.contains(usual.sequence) || checked.columns.count == 0 {
                return .acknowledge(answer, after: Interval(milliseconds: 0))
            }
            let first = checked.columns
            stage = .refusing(
                Refused(
                    sequence: usual.sequence, point: first.pointIDs[Int(first.point[0])],
                    measuredAt: first.measuredAt[0]), left: left)
            answer.stored -= 1
            answer.refused.append(
                IngestV1.RefusedReading(
                    index: 0, reason: .unknownPoint, text: "The check refuses this reading."))
            return .acknowledge(answer, after: Interval(milliseconds: 0))
        }
        if usual.sequence == refused.sequence {
            fail(.refused, "batch \(refused.sequence) came again after its answer")
        } else if checked.columns.holds(refused) {
            fail(
                .refused,
                "the refused reading of \(refused.point) came again in batch \(usual.sequence)")
        }
        if isNew {
            stage = left > 1 ? .refusing(refused, left: left - 1) : .cut(until: nil)
            if left == 1 { prove(.refused, "the refused reading did not come again") }
        }
        return .acknowledge(answer, after: Interval(milliseconds: 0))
    }

    private mutating func cut(
        _ usual: IngestV1.PushResponse, _ checked: CheckedBatch, until: Instant?, at now: Instant
    ) -> Answer {
        guard let until else {
            recovery.beganAt = now
            stage = .cut(until: now + plan.cut)
            return end(usual.sequence, .complete, .unavailable)
        }
        if now < until { return end(usual.sequence, .complete, .unavailable) }
        recovery.endedAt = now
        stage = .recovering
        return recovering(usual, checked, at: now)
    }

    private mutating func recovering(
        _ usual: IngestV1.PushResponse, _ checked: CheckedBatch, at now: Instant
    ) -> Answer {
        if !acknowledged.contains(usual.sequence) { recovery.take(checked.columns, at: now) }
        owed[usual.sequence] = nil
        if recovery.isDone, owed.isEmpty, hasAll { finish() }
        // Not so fast that nobody could tell who goes first.
        return .acknowledge(usual, after: Interval(milliseconds: plan.every.milliseconds / 2))
    }

    // MARK: Times

    private mutating func noteLateness(_ checked: CheckedBatch, at now: Instant) {
        if let ahead = checked.heldAhead {
            fail(.times, "a batch measured \(TimeText.text(ahead)) after the clock of this machine")
        }
        guard let newest = checked.columns.measuredAt.max() else { return }
        leastLateness = min(leastLateness, now - Instant(unixMilliseconds: newest))
    }

    private mutating func judgeLateness() {
        let most = max(Interval.minutes(1), plan.every * 3)
        guard leastLateness > most, leastLateness.milliseconds < .max else { return }
        fail(
            .times,
            "the newest reading of \(Self.steadyCount) batches was "
                + "\(TimeText.text(leastLateness)) old"
        )
    }

    /// Ends what does not come.
    mutating func wait(until now: Instant) {
        if stage == .over { return }
        if stage == .recovering, let endedAt = recovery.endedAt,
            now >= endedAt + plan.cut * 4 + plan.patience
        {
            return finish()
        }
        // The gateway may wait as long as the cut, and once more as long, before it tries again.
        var end = movedAt + plan.patience
        if case .cut = stage { end = end + plan.cut * 2 }
        if now >= end { finish() }
    }

    /// Every number from the first to the last was there.
    private var hasAll: Bool {
        guard let low = known.keys.min(), let high = known.keys.max() else { return false }
        return high - low < UInt64(known.count)
    }

    /// The first few numbers that are not there.
    private func unseen(from low: UInt64, to high: UInt64) -> [UInt64] {
        Array((low...high).lazy.filter { known[$0] == nil }.prefix(3))
    }

    private mutating func finish() {
        // By wrong times nobody can tell what was measured when.
        if recovery.endedAt != nil, broken[.times] == nil { judgeRecovery() }
        for number in owed.keys.sorted() {
            guard let rule = owed[number] else { continue }
            fail(rule, "batch \(number) was not acknowledged and did not come again")
        }
        if !hasAll, let low = known.keys.min(), let high = known.keys.max() {
            let missing = unseen(from: low, to: high)
            fail(
                .sequence,
                "numbers from \(low) to \(high), without "
                    + missing.map { "\($0)" }.joined(separator: ", "))
        }
        stage = .over
    }
}

extension ReadingFault {
    /// The rule that a reading breaks.
    fileprivate var rule: GatewayRule {
        switch self {
        case .unknownPoint, .otherEnterprise: .points
        case .outsideTable: .columns
        case .timeUnit, .noSensibleTime, .inFuture: .times
        case .notANumber: .values
        case .unknownQuality: .quality
        }
    }
}

extension ReadingColumns {
    fileprivate func holds(_ refused: GatewayTrial.Refused) -> Bool {
        point.indices.contains {
            measuredAt[$0] == refused.measuredAt && pointIDs[Int(point[$0])] == refused.point
        }
    }
}
