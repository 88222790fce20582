package import Storage
import Synchronization

/// A disk that fails commits when a test says so.
package final class FaultyDisk: Sendable {
    /// What the store sees.
    package struct Failure: Error, CustomStringConvertible {
        package var description: String { "the disk is full" }
    }

    private let left = Mutex(0)

    package init() {}

    /// The next commits fail, as many as `count`.
    package func failNext(_ count: Int) { left.withLock { $0 = count } }

    /// Commits fail until `mend`.
    package func breakDown() { left.withLock { $0 = .max } }

    package func mend() { left.withLock { $0 = 0 } }

    /// Options of a store on this disk.
    package var options: Store.Options {
        Store.Options {
            let isFailing = self.left.withLock { left in
                if left == 0 { return false }
                if left != .max { left -= 1 }
                return true
            }
            if isFailing { throw Failure() }
        }
    }
}
