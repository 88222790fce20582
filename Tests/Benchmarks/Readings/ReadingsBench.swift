import Foundation

/// How ingest fares under what it is built for; prints figures, one a line.
///
///     readings-bench push FOLDER PORT MESSAGES PID
///         over gRPC to the ingest PID that runs on the folder
///     readings-bench disk POINTS
///         bytes a reading, and how long a range takes
///     readings-bench nation FOLDER PORT SECONDS PID
///         440,000 points, 9,300 readings a second, over gRPC to the ingest PID of the folder
@main struct ReadingsBench {
    static func main() async throws {
        let arguments = CommandLine.arguments
        switch (arguments.dropFirst().first, arguments.count) {
        case ("push", 6):
            guard let port = Int(arguments[3]), let count = Int(arguments[4]),
                let server = Int32(arguments[5])
            else { usage() }
            let line = try await IngestLine(folder: arguments[2], port: port)
            try await PushBench(line: line, messages: count, server: server).run()
        case ("disk", 3):
            guard let points = Int(arguments[2]) else { usage() }
            try await inFolder { try await DiskBench(folder: $0, points: points).run() }
        case ("nation", 6):
            guard let port = Int(arguments[3]), let seconds = Int(arguments[4]),
                let server = Int32(arguments[5])
            else { usage() }
            let line = try await IngestLine(folder: arguments[2], port: port)
            try await NationBench(line: line, seconds: seconds, server: server).run()
        default: usage()
        }
    }

    private static func usage() -> Never {
        say(
            "usage: readings-bench push FOLDER PORT MESSAGES PID | disk POINTS "
                + "| nation FOLDER PORT SECONDS PID")
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

/// The bytes that a process has in memory.
func residentBytes(of process: Int32) -> Int {
    let text = (try? String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8)) ?? ""
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
}

/// The seconds of CPU that a process has taken with all its threads, this one if none is named.
func cpuSeconds(of process: Int32 = getpid()) -> Double {
    var time = timespec()
    // The process' CPU clock, as clock_getcpuclockid(3) names it.
    clock_gettime(~clockid_t(process) << 3 | 2, &time)
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
