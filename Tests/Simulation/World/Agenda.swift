import Domain
import Kernel

/// What happens next in the world, in order of time.
struct Agenda<Action> {
    private var times = Deadlines<Int>()
    private var actions: [Int: Action] = [:]
    private var count = 0

    /// When something happens next.
    var next: Instant? { times.nextDue }

    /// Puts down that `action` happens at `instant`, and returns its number.
    @discardableResult
    mutating func add(_ action: Action, at instant: Instant) -> Int {
        count += 1
        actions[count] = action
        times.set(count, dueAt: instant)
        return count
    }

    mutating func remove(_ number: Int) {
        times.remove(number)
        actions[number] = nil
    }

    mutating func pop() -> (at: Instant, action: Action)? {
        guard let entry = times.popDue(at: .distantFuture), let action = actions[entry.key] else {
            return nil
        }
        actions[entry.key] = nil
        return (entry.dueAt, action)
    }
}
