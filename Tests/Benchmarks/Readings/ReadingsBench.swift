import Foundation

/// How ingest fares under what it is built for; prints figures, one a line.
///
///     readings-bench push FOLDER PORT MESSAGES    over gRPC to the ingest that runs on the folder
///     readings-bench disk POINTS                  bytes a reading, and how long a range takes
///     readings-bench nation SECONDS               440,000 points, 9,300 readings a second
@main struct ReadingsBench {
    static func main() async throws {
        let arguments = CommandLine.arguments
        switch (arguments.dropFirst().first, arguments.count) {
        case ("push", 5):
            guard let port = Int(arguments[3]), let count = Int(arguments[4]) else { usage() }
            try await PushBench(folder: arguments[2], port: port, messages: count).run()
        case ("disk", 3):
            guard let points = Int(arguments[2]) else { usage() }
            try await inFolder { try await DiskBench(folder: $0, points: points).run() }
        case ("nation", 3):
            guard let seconds = Int(arguments[2]) else { usage() }
            try await inFolder { try await NationBench(folder: $0, seconds: seconds).run() }
        default: usage()
        }
    }

    private static func usage() -> Never {
        say("usage: readings-bench push FOLDER PORT MESSAGES | disk POINTS | nation SECONDS")
        exit(2)
    }

    private static func inFolder(_ body: @Sendable (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "readings-bench-\(getpid())").path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder + "/readings")
    }
}

/// Prints a line at once: whoever ends a long run has what it found.
func say(_ text: String) {
    print(text)
    fflush(nil)
}

/// The bytes that this process has in memory.
func residentBytes() -> Int {
    let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
}

/// The seconds of CPU that this process has taken.
func cpuSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

extension Duration {
    var seconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}

extension Double {
    func text(_ digits: Int) -> String { String(format: "%.\(digits)f", self) }
}
