package import Domain

/// How handing a notice to a provider is tried again after it failed for the moment.
package struct RetryRule: Equatable, Codable, Sendable {
    /// The wait after the first failure.
    package var first: Interval
    /// Each next wait is so many times the one before.
    package var factor: Int64
    /// No wait is longer.
    package var longest: Interval
    /// The notice has failed when it was tried so often …
    package var attempts: Int
    /// … or would be tried again later than this after it was decided.
    package var giveUpAfter: Interval
    package var clause: Clause

    package init(
        first: Interval, factor: Int64, longest: Interval, attempts: Int, giveUpAfter: Interval,
        clause: Clause
    ) {
        (self.first, self.factor, self.longest) = (first, factor, longest)
        (self.attempts, self.giveUpAfter, self.clause) = (attempts, giveUpAfter, clause)
    }

    /// The wait after failure number `failure`, from 1.
    package func wait(afterFailure failure: Int) -> Interval {
        var wait = first
        var step = 1
        while step < failure, wait < longest {
            wait = wait * factor
            step += 1
        }
        return min(wait, longest)
    }
}
