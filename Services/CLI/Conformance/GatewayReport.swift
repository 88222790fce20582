/// What the walk says of one rule.
struct GatewayVerdict: Sendable, Equatable {
    enum Verdict: String, Sendable {
        case passed, failed
        /// The walk did not get so far.
        case notSeen

        var words: String {
            switch self {
            case .passed: "passed"
            case .failed: "FAILED"
            case .notSeen: "not seen"
            }
        }
    }

    var rule: GatewayRule
    var verdict: Verdict
    /// What was seen; empty: nothing to tell.
    var seen: String
}

extension GatewayTrial {
    /// Each rule, in the order of the document.
    var report: [GatewayVerdict] {
        GatewayRule.allCases.map { rule in
            if let seen = broken[rule] {
                return GatewayVerdict(rule: rule, verdict: .failed, seen: seen)
            }
            if rule.isOfEachBatch, batchCount > 0 {
                return GatewayVerdict(
                    rule: rule, verdict: .passed, seen: "in each of \(batchCount) batches")
            }
            if let seen = proven[rule] {
                return GatewayVerdict(rule: rule, verdict: .passed, seen: seen)
            }
            return GatewayVerdict(rule: rule, verdict: .notSeen, seen: "")
        }
    }
}

extension GatewayVerdict {
    var record: Record {
        Record([
            Field("rule", "rule", .text(rule.rawValue)),
            Field("verdict", "verdict", .word(verdict.rawValue, shown: verdict.words)),
            Field("asks", "asks", .text(rule.title)), Field("seen", "seen", .text(seen)),
            Field("advice", "what to do", .text(verdict == .passed ? "" : rule.advice)),
        ])
    }
}
