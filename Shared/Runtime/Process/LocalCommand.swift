import Foundation
import Glibc
import Synchronization

/// One run of a program of this machine: text on its standard input, a limit to its time and to
/// what is kept of what it writes.
package struct LocalCommand: Sendable {
    package enum Ended: Equatable, Sendable {
        case exited(Int32)
        /// A signal ended it that was not ours.
        case signalled(Int32)
        /// It took too long, or we are stopping; it was ended with all that it started.
        case cutOff
        case notStarted(String)
    }

    /// How it ended, and what it wrote.
    package struct Outcome: Sendable {
        package var ended: Ended
        /// The beginning of its standard output.
        package var output: [UInt8] = []
        /// The beginning of its standard error.
        package var errors: [UInt8] = []
        /// True if it wrote more on its standard output than is kept.
        package var isCutShort = false

        fileprivate init(_ ended: Ended) { self.ended = ended }
    }

    /// What is left running of its group when it ended by itself.
    package enum Leftover: Sendable {
        /// It is let be: the command started it to stay.
        case letBe
        /// It is ended.
        case ended
    }

    package var arguments: [String]
    package var input: String
    package var limit: Duration
    package var outputBytesMax: Int
    package var leftover: Leftover

    package init(
        arguments: [String], input: String, limit: Duration,
        outputBytesMax: Int = RuntimeLimits.commandWordsBytesMax, leftover: Leftover = .letBe
    ) {
        (self.arguments, self.input, self.limit) = (arguments, input, limit)
        (self.outputBytesMax, self.leftover) = (outputBytesMax, leftover)
    }

    /// The full path of a program that stands in one of the folders of PATH.
    package static func find(_ program: String) -> String? {
        searchPath.split(separator: ":").lazy.compactMap { find(program, in: String($0)) }.first
    }

    /// The full path of a program in a folder.
    package static func find(_ program: String, in folder: String) -> String? {
        let path = folder + "/" + program
        return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }

    private static var searchPath: String {
        ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    }

    private final class Cancellation: Sendable {
        let isCancelled = Mutex(false)
    }

    /// Runs it to its end, or to ours: who cancels the task ends it.
    package func run() async -> Outcome {
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

    /// One start at a time: a pipe that is there when another is started would be inherited by it,
    /// and who reads it would not see its end.
    private static let starting = Mutex(())

    private enum Start {
        case running(pid_t, output: Int32, errors: Int32)
        case failed(String)
    }

    private func runBlocking(_ cancellation: Cancellation) -> Outcome {
        if cancellation.isCancelled.withLock({ $0 }) { return Outcome(.cutOff) }
        switch Self.starting.withLock({ _ in start() }) {
        case .failed(let reason): return Outcome(.notStarted(reason))
        case .running(let process, let output, let errors):
            defer {
                close(output)
                close(errors)
            }
            var heard = Heard(output: output, errors: errors, outputBytesMax: outputBytesMax)
            var outcome = Outcome(wait(for: process, &heard, cancellation))
            (outcome.output, outcome.errors) = (heard.output.bytes, heard.errors.bytes)
            outcome.isCutShort = heard.output.isCutShort
            return outcome
        }
    }

    private func start() -> Start {
        var pipes: [FilePair] = []
        for _ in 0..<3 {
            guard let pipe = FilePair.pipe() else {
                let reason = Self.reason(errno)
                pipes.forEach { $0.close() }
                return .failed(reason)
            }
            pipes.append(pipe)
        }
        let (input, output, errors) = (pipes[0], pipes[1], pipes[2])
        let text = Array(self.input.utf8.prefix(RuntimeLimits.commandInputBytesMax))
        _ = text.withUnsafeBytes { write(input.writing, $0.baseAddress, $0.count) }
        var process: pid_t = 0
        let failure = spawn(
            &process, input: input.reading, output: output.writing, errors: errors.writing)
        close(output.writing)
        close(errors.writing)
        input.close()
        if failure == 0 {
            return .running(process, output: output.reading, errors: errors.reading)
        }
        close(output.reading)
        close(errors.reading)
        return .failed(Self.reason(failure))
    }

    /// Starts it in a group of its own, with none of our files and little of our environment.
    private func spawn(
        _ process: inout pid_t, input: Int32, output: Int32, errors: Int32
    ) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, errors, 2)
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
        return Self.withCTexts(arguments) { texts in
            Self.withCTexts(["PATH=\(Self.searchPath)", "LANG=C.UTF-8"]) { environment in
                posix_spawn(
                    &process, arguments.first ?? "", &actions, &attributes, texts, environment)
            }
        }
    }

    private func wait(
        for process: pid_t, _ heard: inout Heard, _ cancellation: Cancellation
    ) -> Ended {
        let endAt = ContinuousClock.now + limit
        var killAt: ContinuousClock.Instant?
        while true {
            // The command ends in its own time; nothing tells of it but a look.
            heard.listen(within: 50)
            if Self.isOver(process) {
                // Its number, and that of its group, is not another's until it was waited for.
                if killAt != nil || leftover == .ended { kill(-process, SIGKILL) }
                var status: Int32 = 0
                while waitpid(process, &status, 0) < 0, errno == EINTR {}
                heard.finish()
                if killAt != nil { return .cutOff }
                let signal = status & 0x7F
                return signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal)
            }
            let now = ContinuousClock.now
            if let killAt {
                if now >= killAt { kill(-process, SIGKILL) }
            } else if now >= endAt || cancellation.isCancelled.withLock({ $0 }) {
                kill(-process, SIGTERM)
                killAt = now + RuntimeLimits.commandEndsWithin
            }
        }
    }

    /// True once it has ended; it stays to be waited for.
    private static func isOver(_ process: pid_t) -> Bool {
        var news = siginfo_t()
        let answer = waitid(P_PID, id_t(process), &news, WEXITED | WNOHANG | WNOWAIT)
        return answer == 0 ? news.si_signo == SIGCHLD : errno == ECHILD
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

/// What is heard of a command on its two pipes.
private struct Heard {
    struct Side {
        var file: Int32
        var bytesMax: Int
        var bytes: [UInt8] = []
        var isOpen = true
        var isCutShort = false

        /// Takes what is there; what is too much is dropped, so that the command can write on.
        mutating func take() {
            var block = [UInt8](repeating: 0, count: 1 << 16)
            let count = read(file, &block, block.count)
            if count < 0, errno == EINTR { return }
            guard count > 0 else {
                isOpen = false
                return
            }
            let kept = min(count, bytesMax - bytes.count)
            bytes += block.prefix(kept)
            if kept < count { isCutShort = true }
        }
    }

    var output, errors: Side

    init(output: Int32, errors: Int32, outputBytesMax: Int) {
        self.output = Side(file: output, bytesMax: outputBytesMax)
        self.errors = Side(file: errors, bytesMax: RuntimeLimits.commandWordsBytesMax)
    }

    /// Reads what is there, waiting a moment for it; true if there was something.
    @discardableResult
    mutating func listen(within milliseconds: Int32) -> Bool {
        // A side that is closed has no number, and is passed over.
        var waiting = [
            pollfd(fd: output.isOpen ? output.file : -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: errors.isOpen ? errors.file : -1, events: Int16(POLLIN), revents: 0),
        ]
        guard poll(&waiting, 2, milliseconds) > 0 else { return false }
        if waiting[0].revents != 0 { output.take() }
        if waiting[1].revents != 0 { errors.take() }
        return true
    }

    /// Reads what lies in the pipes; who was let be may write for ever, and is not waited for.
    mutating func finish() {
        let blocksMax = 64
        for _ in 0..<blocksMax where output.isOpen || errors.isOpen {
            if !listen(within: 0) { return }
        }
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
