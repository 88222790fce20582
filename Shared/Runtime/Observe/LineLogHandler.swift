import Domain
package import Logging
import Synchronization

/// Writes one line an event to standard error: time, level, where, a fixed phrase, and values.
///
///     2021-11-01T00:00:00.000Z warning risk: upstream lost reason="connection refused"
package struct LineLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var logLevel: Logger.Level
    private let label: String
    private let write: @Sendable (String) -> Void

    package init(
        label: String, level: Logger.Level,
        write: @escaping @Sendable (String) -> Void = LineLogHandler.toStandardError
    ) {
        (self.label, logLevel, self.write) = (label, level, write)
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let values = metadata.merging(event.metadata ?? [:]) { $1 }
        var line = "\(TimeText.utc(SystemTime().now())) \(event.level) \(label): \(event.message)"
        for (key, value) in values.sorted(by: { $0.key < $1.key }) {
            line += " \(key)=\(Self.quoted("\(value)"))"
        }
        write(Self.masked(line) + "\n")
    }

    // One line stays one line, whatever a stranger sent.
    private static func quoted(_ text: String) -> String {
        let isPlain = text.unicodeScalars.allSatisfy {
            $0.value > 32 && $0 != "\"" && $0 != "=" && $0.value != 127
        }
        if isPlain && !text.isEmpty { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            default:
                if scalar.value < 32 || scalar.value == 127 {
                    quoted += " "
                } else {
                    quoted.unicodeScalars.append(scalar)
                }
            }
        }
        return quoted + "\""
    }

    /// Hides the middle of what looks like a telephone number: eleven digits, the first a 1.
    static func masked(_ line: String) -> String {
        var bytes = Array(line.utf8)
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        var start = 0
        while start < bytes.count {
            guard digits.contains(bytes[start]) else {
                start += 1
                continue
            }
            var end = start
            while end < bytes.count, digits.contains(bytes[end]) { end += 1 }
            if end - start == 11, bytes[start] == UInt8(ascii: "1") {
                for index in start + 3..<start + 7 { bytes[index] = UInt8(ascii: "*") }
            }
            start = end
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let gate = Mutex(())

    package static let toStandardError: @Sendable (String) -> Void = { line in
        // Lines of several threads must not run into each other.
        gate.withLock { _ in writeWhole(line, to: 2) }
    }
}

/// Times for logs.
enum TimeText {
    /// `2021-11-01T00:00:00.000Z`.
    static func utc(_ instant: Instant) -> String {
        let local = Zone(offsetMinutes: 0).local(instant)
        let text = local.text.split(separator: " ").joined(separator: "T")
        let milliseconds = String(1_000 + local.millisecond).dropFirst()
        return "\(text).\(milliseconds)Z"
    }
}
