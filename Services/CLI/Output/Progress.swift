import Domain

/// What a progress bar shows at one moment.
struct Progress: Sendable, Equatable {
    var label: String
    var done: Int
    var total: Int
    /// What is being worked on, such as the plant time; may be empty.
    var note: String
    var elapsed: Duration

    init(label: String, done: Int, total: Int, note: String, elapsed: Duration) {
        (self.label, self.done, self.total) = (label, done, total)
        (self.note, self.elapsed) = (note, elapsed)
    }

    /// The line for a terminal of `width` columns: never longer, so that it never wraps.
    func line(width: Int) -> String {
        let share = total > 0 ? min(1, Double(done) / Double(total)) : 1
        let percent = String(Int(share * 100))
        var parts = [
            String(repeating: " ", count: max(0, 3 - percent.count)) + percent + " %",
            "\(done)/\(total)",
        ]
        if !note.isEmpty { parts.append(note.printable) }
        if let left = remaining(share: share) { parts.append(left + " left") }
        let tail = parts.joined(separator: "  ")
        let room = width - DisplayWidth.of(label) - DisplayWidth.of(tail) - 5
        guard room >= 5 else { return Self.cut(label + "  " + tail, to: width - 1) }
        let size = min(30, room)
        let full = Int(Double(size) * share)
        let bar = String(repeating: "█", count: full) + String(repeating: "░", count: size - full)
        return label + "  " + bar + "  " + tail
    }

    private func remaining(share: Double) -> String? {
        guard elapsed > .seconds(1), share > 0.02, share < 1 else { return nil }
        let passed = Double(elapsed.components.seconds)
        let seconds = passed * (1.0 - share) / share
        return TimeText.text(.seconds(max(1, Int64(seconds.rounded()))))
    }

    private static func cut(_ text: String, to width: Int) -> String {
        var (kept, used) = ("", 0)
        for character in text {
            let next = used + DisplayWidth.of(character)
            guard next <= width else { break }
            kept.append(character)
            used = next
        }
        return kept
    }
}
