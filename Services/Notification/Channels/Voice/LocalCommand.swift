import Foundation
import Glibc
import Synchronization

/// One run of a program of this machine: text on its standard input, a limit to its time.
package struct LocalCommand: Sendable {
    package enum Ended: Equatable, Sendable {
        case exited(Int32)
        /// A signal ended it that was not ours.
        case signalled(Int32)
        /// It took too long, or we are stopping; it was ended with all that it started.
        case cutOff
        case notStarted(String)
    }

    package var arguments: [String]
    package var input: String
    package var limit: Duration

    package init(arguments: [String], input: String, limit: Duration) {
        (self.arguments, self.input, self.limit) = (arguments, input, limit)
    }

    private final class Cancellation: Sendable {
        let isCancelled = Mutex(false)
    }

    /// Runs it; also what it wrote, shortened.
    package func run() async -> (ended: Ended, output: String) {
        let cancellation = Cancellation()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // A thread of its own waits for it.
                Thread.detachNewThread {
                    continuation.resume(returning: runBlocking(cancellation))
                }
            }
        } onCancel: {
            cancellation.isCancelled.withLock { $0 = true }
        }
    }

    private func runBlocking(_ cancellation: Cancellation) -> (Ended, String) {
        guard let input = FilePair.pipe() else { return (.notStarted(Self.reason(errno)), "") }
        guard let output = FilePair.pipe() else {
            input.close()
            return (.notStarted(Self.reason(errno)), "")
        }
        let text = Array(self.input.utf8.prefix(ChannelLimits.commandInputBytesMax))
        _ = text.withUnsafeBytes { write(input.writing, $0.baseAddress, $0.count) }
        var process: pid_t = 0
        let failure = spawn(&process, input: input.reading, output: output.writing)
        close(output.writing)
        input.close()
        defer { close(output.reading) }
        if failure != 0 { return (.notStarted(Self.reason(failure)), "") }
        var said: [UInt8] = []
        let ended = wait(for: process, output.reading, &said, cancellation)
        return (ended, HTTPAnswer.shortened(said))
    }

    /// Starts it in a group of its own, with none of our files and little of our environment.
    private func spawn(_ process: inout pid_t, input: Int32, output: Int32) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, output, 2)
        // Not all who open files see to it that children do not get them.
        for file in Self.openFiles where file > 2 {
            posix_spawn_file_actions_addclose(&actions, file)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return Self.withCTexts(arguments) { texts in
            Self.withCTexts(["PATH=\(path)", "LANG=C.UTF-8"]) { environment in
                posix_spawn(
                    &process, arguments.first ?? "", &actions, &attributes, texts, environment)
            }
        }
    }

    private func wait(
        for process: pid_t, _ output: Int32, _ said: inout [UInt8], _ cancellation: Cancellation
    ) -> Ended {
        let endAt = ContinuousClock.now + limit
        var killAt: ContinuousClock.Instant?
        var isOpen = true
        while true {
            // The command ends in its own time; nothing tells of it but a look.
            if isOpen { isOpen = Self.read(output, &said) } else { usleep(50_000) }
            var status: Int32 = 0
            if waitpid(process, &status, WNOHANG) == process {
                _ = Self.read(output, &said, within: 0)
                if killAt != nil { return .cutOff }
                let signal = status & 0x7F
                return signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal)
            }
            let now = ContinuousClock.now
            if let killAt {
                // Its number is not another's while it has not been waited for.
                if now >= killAt { kill(-process, SIGKILL) }
            } else if now >= endAt || cancellation.isCancelled.withLock({ $0 }) {
                kill(-process, SIGTERM)
                killAt = now + ChannelLimits.commandEndsWithin
            }
        }
    }

    /// Reads what is there, waiting a moment; false at the end. What is too much is dropped.
    private static func read(
        _ file: Int32, _ said: inout [UInt8], within milliseconds: Int32 = 50
    ) -> Bool {
        var waiting = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, milliseconds) > 0 else { return true }
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = Glibc.read(file, &bytes, bytes.count)
        guard count > 0 else { return false }
        let room = max(4 * ChannelLimits.answerCharactersKept - said.count, 0)
        said += bytes.prefix(min(count, room))
        return true
    }

    private static var openFiles: [Int32] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        return (names ?? []).compactMap { Int32($0) }
    }

    private static func reason(_ number: Int32) -> String { String(cString: strerror(number)) }

    private static func withCTexts<Answer>(
        _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Answer
    ) -> Answer {
        let copies: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }
}

/// Both ends of a pipe.
private struct FilePair {
    var reading, writing: Int32

    static func pipe() -> FilePair? {
        var ends: [Int32] = [0, 0]
        return Glibc.pipe(&ends) == 0 ? FilePair(reading: ends[0], writing: ends[1]) : nil
    }

    func close() {
        Glibc.close(reading)
        Glibc.close(writing)
    }
}
