import DequeModule
package import NIOCore

/// Runs tasks on an event loop, and flushes connections once they have run.
///
/// Overview: handlers prefer this executor, so that a call is received, handled and answered on one
/// thread. A tick is: feed what was received, run the tasks that became ready, flush every
/// connection that has something to send, and begin again while there is more.
///
/// The odd case: a tick is bounded. What is left continues after other work of the loop.
package final class LoopExecutor: TaskExecutor, @unchecked Sendable {
    // Proof of Sendable: the mutable state below is touched only on the event loop; `enqueue` is
    // the one entry from outside, and it hops.
    package let loop: any EventLoop
    // Unchecked as in CallStream: neither is accessed while a job runs.
    @exclusivity(unchecked) private var jobs = Deque<UnownedJob>()
    @exclusivity(unchecked) private var unflushed: [Connection] = []
    private var isTicking = false
    private var isScheduled = false
    private var bell: LoopBell?
    /// Itself while it pauses, so that what it has still to do is not lost.
    private var pausing: LoopExecutor?

    package init(loop: any EventLoop) {
        self.loop = loop
    }

    deinit {
        bell?.close()
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if loop.inEventLoop {
            jobs.append(job)
            scheduleTick()
        } else {
            loop.execute {
                self.jobs.append(job)
                self.tick()
            }
        }
    }

    /// Has the connection flushed at the end of the tick.
    func flushSoon(_ connection: Connection) {
        unflushed.append(connection)
        scheduleTick()
    }

    /// Runs the body and then everything that it made ready.
    @inline(__always)
    func tick(_ body: () -> Void) {
        let isOutermost = !isTicking
        isTicking = true
        body()
        if isOutermost {
            settle()
            isTicking = false
        }
    }

    func tick() {
        tick {}
    }

    private func settle() {
        var budget = Limits.jobsPerTick
        var end: NIODeadline?
        repeat {
            while budget > 0, let job = jobs.popFirst() {
                budget -= 1
                job.runSynchronously(on: asUnownedTaskExecutor())
            }
            flush()
            if jobs.isEmpty, unflushed.isEmpty { return }
            // The clock is read only by those that have a second round.
            let now = NIODeadline.now()
            if end == nil { end = now + .microseconds(Limits.tickMicroseconds) }
            if let end, now >= end { break }
        } while budget > 0
        pause()
    }

    /// Goes on once the loop has looked at its sockets. `execute` would not do: NIO runs tasks that
    /// tasks have queued first, so a handler that always has something to do would starve them.
    private func pause() {
        guard !isScheduled else { return }
        isScheduled = true
        pausing = self
        let bell = bell ?? LoopBell(self)
        self.bell = bell
        if bell.ring() { return }
        loop.scheduleTask(in: .microseconds(Limits.tickPauseMicroseconds)) { self.goOn() }
    }

    /// Ends a pause.
    func goOn() {
        guard pausing != nil else { return }
        pausing = nil
        isScheduled = false
        tick()
    }

    private func flush() {
        guard !unflushed.isEmpty else { return }
        var connections: [Connection] = []
        swap(&connections, &unflushed)
        for connection in connections { connection.flush() }
        if unflushed.isEmpty {
            // Keep the storage for the next tick.
            connections.removeAll(keepingCapacity: true)
            swap(&connections, &unflushed)
        }
    }

    @inline(__always)
    private func scheduleTick() {
        guard !isTicking, !isScheduled else { return }
        isScheduled = true
        loop.execute {
            self.isScheduled = false
            self.tick()
        }
    }
}
