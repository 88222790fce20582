import Foundation

/// Processes of tests.
package enum Processes {
    /// Waits until a process is gone, which the system sees to in its own time; false: it stays.
    package static func isGone(_ process: Int32) async throws -> Bool {
        for _ in 0..<12_000 {
            let state = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
            if state == nil || state?.contains(") Z ") == true { return true }
            // It is another process, so that only real time helps.
            try await Task.sleep(for: .milliseconds(20))
        }
        return false
    }

    /// The same of the process whose number a file holds.
    package static func isGone(numberIn file: String) async throws -> Bool {
        let text = try String(contentsOfFile: file, encoding: .utf8)
        guard let process = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            return false
        }
        return try await isGone(process)
    }
}
