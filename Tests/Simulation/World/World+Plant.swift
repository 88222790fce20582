import Domain
import IngestCore
import Kernel
import Policy

// What happens at the enterprises: valves are turned, points are measured, gateways send.

extension World {
    // MARK: Valves

    mutating func planChange(of source: Int) {
        let isResting = levels[source] == resting
        // Calm for days, then a few changes within hours or a day.
        let wait: Int64 =
            isResting
            ? random.integer(in: 1...calm)
            : random.integer(in: 1...Int64([20, 200, 1_500][Int(random.integer(in: 0...2))]))
        let odd = random.chance(1, of: 3) ? random.integer(in: 0...59_999) : 0
        // Round minutes: changes and due times often fall on the same instant.
        agenda.add(.change(source: source), at: now + .minutes(wait) + .init(milliseconds: odd))
    }

    /// Somebody brings a source to another level, as far as the rules let its points do that.
    mutating func change(_ source: Int) {
        if now > end { return }
        let others = WarningLevel.allCases.filter { $0 != levels[source] }
        let isEnding = random.chance(1, of: 3) && levels[source] != resting
        let next = isEnding ? resting : others[Int(random.integer(in: 0...2))]
        levels[source] = next
        let ids = City.points(of: source)
        let states = levelModel.states(giving: next)
        let state = states[Int(random.integer(in: 0...Int64(states.count - 1)))]
        // The other point is calm, or beyond a limit that says no more.
        let quieter = levelModel.states(giving: .yellow).first ?? .normal
        let other = next > .yellow && random.chance(1, of: 4) ? quieter : .normal
        let first = Int(random.integer(in: 0...1))
        points[ids[first]]?.change(to: state, at: now)
        points[ids[1 - first]]?.change(to: other, at: now)
        let wait = hop == 0...0 ? 0 : random.integer(in: 0...90_000)
        agenda.add(
            .sample(gateway: City.owners[source], isRegular: false),
            at: now + Interval(milliseconds: wait))
        planChange(of: source)
    }

    /// Everything at rest, and one last reading of it.
    mutating func calmPlant() {
        for source in City.owners.indices {
            for id in City.points(of: source) { points[id]?.change(to: .normal, at: now) }
        }
        for gateway in gateways.indices {
            (gateways[gateway].isAway, gateways[gateway].clockOffset) = (false, .seconds(0))
            // Whose clock was ahead has told of later readings already.
            for minutes in [1, 30, 90] {
                agenda.add(
                    .sample(gateway: gateway, isRegular: false), at: now + .minutes(Int64(minutes)))
            }
        }
    }

    // MARK: Gateways

    /// A gateway measures, and sends what it measured.
    mutating func sample(_ index: Int, isRegular: Bool) {
        if isRegular {
            if now > end { return }
            let sources = gateways[index].sources
            let isCalm = sources.flatMap { City.points(of: $0) }.allSatisfy { id in
                points[id]?.state == .normal
            }
            let wait = isCalm ? random.integer(in: 40...160) : random.integer(in: 3...15)
            agenda.add(.sample(gateway: index, isRegular: true), at: now + .minutes(wait))
        }
        if strikes(.numbersSkipped, of: 40) { gateways[index].nextSequence += 1 }
        let kept = measure(index)
        gateways[index].nextSequence += 1
        gateways[index].kept[kept.sequence] = kept
        send(kept.sequence, from: index)
    }

    private mutating func measure(_ index: Int) -> SimulatedGateway.Kept {
        let gateway = gateways[index]
        var batch = IncomingBatch(point: [], measuredAt: [], value: [])
        var flaws: [Int] = []
        var qualities: [UInt32] = []
        let own = gateway.table.count - 2
        // Mostly one reading of each point; at times that of a minute ago as well, before or after.
        let ages: [Int64] = [[0], [0], [0], [60, 0], [0, 60]][Int(random.integer(in: 0...4))]
        for age in ages {
            let at = now - .seconds(age)
            for place in 0..<own {
                let state = points[gateway.table[place]]?.state(at: at) ?? .normal
                let values = City.values(state)
                var value = values[Int(random.integer(in: 0...2))]
                var (point, quality) = (UInt32(place), UInt32(0))
                if strikes(.badReadings, of: 12) {
                    switch random.integer(in: 1...5) {
                    case 1: (quality, value) = (2, 99)
                    case 2: (quality, value) = (1, 1)
                    case 3: (point, _) = (UInt32(own), flaws.append(batch.point.count))
                    case 4: (point, _) = (UInt32(own + 1), flaws.append(batch.point.count))
                    case _: (value, _) = (.nan, flaws.append(batch.point.count))
                    }
                }
                batch.point.append(point)
                batch.measuredAt.append((at + gateway.clockOffset).unixMilliseconds)
                batch.value.append(value)
                qualities.append(quality)
            }
        }
        if !qualities.allSatisfy({ $0 == 0 }) { batch.quality = qualities }
        return .init(sequence: gateway.nextSequence, batch: batch, flaws: flaws)
    }

    /// Sends a batch that was kept, once more if need be.
    mutating func send(_ sequence: UInt64, from index: Int) {
        guard !gateways[index].isAway, var kept = gateways[index].kept[sequence] else { return }
        if kept.after == nil { kept.after = gateways[index].acknowledged }
        gateways[index].kept[sequence] = kept
        planResend(from: index)
        if strikes(.pushLost, of: 10) { return }
        var wait = way()
        if strikes(.pushLate, of: 10) { wait = .seconds(random.integer(in: 1...2_400)) }
        agenda.add(.push(gateway: index, kept), at: now + wait)
        if strikes(.pushDoubled, of: 10) {
            let later = wait + .seconds(random.integer(in: 0...7_200))
            agenda.add(.push(gateway: index, kept), at: now + later)
        }
    }

    private mutating func planResend(from index: Int) {
        if gateways[index].isResendPlanned { return }
        gateways[index].isResendPlanned = true
        agenda.add(.resend(gateway: index), at: now + .seconds(random.integer(in: 20...400)))
    }

    /// What was not acknowledged is sent again, in order or as it comes.
    mutating func resend(from index: Int) {
        gateways[index].isResendPlanned = false
        var sequences = gateways[index].kept.keys.sorted()
        if faults.has(.pushLate), random.chance(1, of: 4) { sequences.reverse() }
        // What is not taken now is sent again with the rest.
        for sequence in sequences.prefix(30) { send(sequence, from: index) }
    }

    /// Ingest has answered.
    mutating func acknowledge(_ sequence: UInt64, to index: Int) {
        let gateway = gateways[index]
        let position = readings.position(of: sequence, from: gateway.id) ?? 0
        gateways[index].acknowledged = max(gateway.acknowledged, position)
        gateways[index].kept[sequence] = nil
    }

    mutating func changeLine(of index: Int) {
        var wait = Interval.hours(random.integer(in: 4...90))
        gateways[index].isAway = !gateways[index].isAway && strikes(.gatewayAway, of: 2)
        if gateways[index].isAway {
            wait = .minutes(random.integer(in: 5...900))
        } else {
            planResend(from: index)
        }
        var offset: Int64 = 0
        if strikes(.deviceClock, of: 3) {
            offset = random.integer(in: -1_800_000...(random.chance(1, of: 2) ? 0 : 900_000))
        }
        gateways[index].clockOffset = Interval(milliseconds: offset)
        if now <= end { agenda.add(.line(gateway: index), at: now + wait) }
    }
}

extension LevelModel {
    /// Which rules of levels a run has: those of the profile, by which orange turns red within half
    /// an hour, or others, by which each level can last.
    static func drawn(from profile: PolicyProfile, _ random: inout SeededRandom) -> LevelModel {
        if random.chance(1, of: 3) { return profile.levelModel }
        var model = profile.levelModel
        let clause = model.resting.clause
        model.rules = [
            LevelRule(id: RuleID("h"), states: [.high], level: .yellow, clause: clause),
            LevelRule(id: RuleID("l"), states: [.low], level: .orange, clause: clause),
            LevelRule(id: RuleID("ll"), states: [.lowLow], level: .red, clause: clause),
            LevelRule(id: RuleID("hh"), states: [.highHigh], level: .orange, clause: clause),
            LevelRule(
                id: RuleID("hh-long"), states: [.highHigh], lasting: .minutes(30), level: .red,
                clause: clause),
        ]
        return model
    }

    /// The states of a point that give a level, at once or after a while.
    func states(giving level: WarningLevel) -> [LimitState] {
        let states = rules.filter { $0.level == level }.flatMap(\.states)
        return states.isEmpty ? [.normal] : states
    }
}
