import Foundation

/// How notification fares under what it is built for; prints figures, one a line.
///
///     notification-bench obligations COUNT    what so many open obligations cost, and how late
///     notification-bench burst COUNT          so many at once to a peer that takes 1,000/s
@main struct NotificationBench {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3, let count = Int(arguments[2]) else {
            say("usage: notification-bench obligations|burst COUNT")
            exit(2)
        }
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "notification-bench-\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "notification.sqlite").path
        switch arguments[1] {
        case "obligations": try await ObligationBench(path: path, count: count).run()
        case "burst": try await BurstBench(path: path, count: count).run()
        case let other: say("\(other) is not known: obligations or burst")
        }
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

/// The value that so many of a thousand do not exceed.
func quantile(_ perMille: Int, _ values: [Int64]) -> Int64 {
    let sorted = values.sorted()
    return sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, sorted.count * perMille / 1_000)]
}
