/// How much a run has seen.
package struct Figures: Sendable, CustomStringConvertible {
    package var steps = 0, calls = 0
    package var batches = 0, repeats = 0, refusedReadings = 0, held = 0
    package var alarms = 0, levels = 0, byTime = 0
    package var notices = 0, obligations = 0, imports = 0
    package var taken = 0, doubles = 0, lostCommits = 0
    /// What is on the ledger: batches, imports and what people and providers said.
    package var acknowledged = 0
    /// How late, by true time, the latest decision by time was that had nothing to excuse it.
    package var latestMilliseconds: Int64 = 0
    /// How often each kind of fault struck.
    package var faults: [Faults.Kind: Int] = [:]

    package init() {}

    package var kills: Int { faults[.kills] ?? 0 }

    mutating func count(_ kind: Faults.Kind) { faults[kind, default: 0] += 1 }

    package static func += (left: inout Figures, right: Figures) {
        for path: WritableKeyPath<Figures, Int> in [
            \.steps, \.calls, \.batches, \.repeats, \.refusedReadings, \.held, \.alarms, \.levels,
            \.byTime, \.notices, \.obligations, \.imports, \.taken, \.doubles, \.lostCommits,
            \.acknowledged,
        ] {
            left[keyPath: path] += right[keyPath: path]
        }
        left.latestMilliseconds = max(left.latestMilliseconds, right.latestMilliseconds)
        left.faults.merge(right.faults, uniquingKeysWith: +)
    }

    package var description: String {
        """
        steps \(steps), calls \(calls), batches \(batches) (again \(repeats), held \(held), \
        readings refused \(refusedReadings)), alarms \(alarms), levels \(levels) (by time \
        \(byTime)), imports \(imports), notices \(notices), records \(obligations), handed over \
        \(taken), doubled \(doubles), commits lost \(lostCommits), acknowledged \(acknowledged), \
        latest \(latestMilliseconds) ms
        """
    }

    /// `kills 12, lateNews 40`: what struck, in the order of the kinds.
    package var struck: String {
        Faults.Kind.allCases.compactMap { kind in
            faults[kind].map { "\(kind.rawValue) \($0)" }
        }.joined(separator: ", ")
    }
}
