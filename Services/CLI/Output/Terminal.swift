import Foundation
import Synchronization

/// Writes to the standard streams; a progress bar appears only where a person watches.
enum Terminal {
    /// Takes the lines instead of the standard streams, where a test reads them.
    @TaskLocal static var screen: Screen?

    static func out(_ line: String) {
        if let screen { return screen.add(out: line) }
        write(line + "\n", to: .standardOutput)
    }

    static func error(_ line: String) {
        if let screen { return screen.add(error: line) }
        write(line + "\n", to: .standardError)
    }

    static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    static func errorWithoutNewline(_ text: String) {
        write(text, to: .standardError)
    }

    /// The columns of the terminal behind standard error; 80 if it does not say.
    static var width: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    // A closed pipe (`| head`) is no failure of ours: what cannot be written is dropped.
    private static func write(_ text: String, to handle: FileHandle) {
        try? handle.write(contentsOf: Data(text.utf8))
    }
}

/// A progress bar on standard error, drawn at most ten times a second, and only at a terminal.
struct ProgressBar {
    private let label: String
    private let total: Int
    private let isShown: Bool
    private let started = ContinuousClock.now
    private var drawn: ContinuousClock.Instant?

    init(label: String, total: Int, isShown: Bool = Terminal.errorIsTerminal) {
        (self.label, self.total, self.isShown) = (label, total, isShown)
    }

    mutating func show(_ done: Int, note: String) {
        guard isShown else { return }
        let now = ContinuousClock.now
        if let drawn, done < total, now - drawn < .milliseconds(100) { return }
        drawn = now
        let progress = Progress(
            label: label, done: done, total: total, note: note, elapsed: now - started)
        Terminal.errorWithoutNewline("\r\u{1B}[2K" + progress.line(width: Terminal.width))
    }

    /// Leaves the line free for what is printed next.
    func clear() {
        if isShown { Terminal.errorWithoutNewline("\r\u{1B}[2K") }
    }
}

/// The lines that a command has printed.
final class Screen: Sendable {
    private let lines = Mutex<(out: [String], error: [String])>(([], []))

    var out: [String] { lines.withLock { $0.out } }
    var error: [String] { lines.withLock { $0.error } }

    func add(out line: String) { lines.withLock { $0.out.append(line) } }
    func add(error line: String) { lines.withLock { $0.error.append(line) } }
}
