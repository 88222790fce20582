import CoreMetrics
import Domain
import Logging
import SimKit
import Synchronization
import Testing

@testable import Runtime

@Suite struct LogTests {
    private final class Lines: Sendable {
        let all: Mutex<[String]> = Mutex([])
    }

    private static func logged(
        level: Logger.Level = .info, _ body: (Logger) -> Void
    ) -> [String] {
        let lines = Lines()
        body(
            Logger(label: "risk") { label in
                LineLogHandler(label: label, level: level) { line in
                    lines.all.withLock { $0.append(line) }
                }
            })
        // The time is not ours to know here.
        return lines.all.withLock { $0 }.map { line in
            String(line.drop { $0 != " " }.dropFirst())
        }
    }

    @Test func anEventIsOneLineWithItsValuesInOrder() {
        let lines = Self.logged { logger in
            logger.warning("upstream lost", metadata: ["upstream": "ingest", "attempt": "3"])
        }
        #expect(lines == ["warning risk: upstream lost attempt=3 upstream=ingest\n"])
    }

    @Test func whatIsBelowTheLevelIsNotWritten() {
        let lines = Self.logged(level: .warning) { logger in
            logger.info("ready")
            logger.error("commit failed")
        }
        #expect(lines == ["error risk: commit failed\n"])
    }

    @Test func aStrangerCannotBeginALine() {
        let lines = Self.logged { logger in
            logger.info("refused", metadata: ["name": "a\n2021 error risk: forged \"x\"\u{1b}[2J"])
        }
        #expect(
            lines == [#"info risk: refused name="a\n2021 error risk: forged \"x\" [2J""# + "\n"])
    }

    @Test func telephoneNumbersAreMasked() {
        let number = "1" + String(repeating: "5", count: 10)
        #expect(LineLogHandler.masked("to=\(number) ok") == "to=155****5555 ok")
        // A time in milliseconds has thirteen digits, a landline starts with 0.
        #expect(LineLogHandler.masked("at=1635724800000") == "at=1635724800000")
        #expect(LineLogHandler.masked(number) == "155****5555")
        #expect(LineLogHandler.masked("") == "")
    }

    @Test func timesAreInUTCWithMilliseconds() {
        #expect(TimeText.utc(.t0 + Interval(milliseconds: 7)) == "2021-11-01T00:00:00.007Z")
    }
}

@Suite struct MetricsTests {
    @Test func valuesAreShownInTheOrderOfTheirNames() {
        let registry = MetricsRegistry()
        Counter(label: "risk_alarms_total", factory: registry).increment(by: 3)
        Gauge(
            label: "follower_lag_entries", dimensions: [("upstream", "ingest.journal")],
            factory: registry
        )
        .record(2.5)
        Counter(label: "calls_total", dimensions: [("code", "OK")], factory: registry).increment()
        Counter(label: "calls_total", dimensions: [("code", "INTERNAL")], factory: registry)
            .increment(by: 2)
        #expect(
            registry.exposition == """
                # TYPE calls_total counter
                calls_total{code="INTERNAL"} 2
                calls_total{code="OK"} 1
                # TYPE follower_lag_entries gauge
                follower_lag_entries{upstream="ingest.journal"} 2.5
                # TYPE risk_alarms_total counter
                risk_alarms_total 3

                """)
    }

    @Test func theSameNameIsTheSameValue() {
        let registry = MetricsRegistry()
        for _ in 0..<5 { Counter(label: "a_total", factory: registry).increment() }
        #expect(registry.exposition.contains("a_total 5\n"))
    }

    @Test func timersFillBucketsUpwards() {
        let registry = MetricsRegistry()
        let timer = Timer(
            label: "wait_seconds", dimensions: [("engine", "risk")], factory: registry)
        timer.recordMilliseconds(1)
        timer.recordMilliseconds(2)
        timer.recordMilliseconds(9_000_000)
        let lines = registry.exposition.split(separator: "\n")
        #expect(lines.first == "# TYPE wait_seconds histogram")
        #expect(lines.contains(#"wait_seconds_bucket{engine="risk",le="0.0001"} 0"#))
        #expect(lines.contains(#"wait_seconds_bucket{engine="risk",le="0.001"} 1"#))
        #expect(lines.contains(#"wait_seconds_bucket{engine="risk",le="0.005"} 2"#))
        #expect(lines.contains(#"wait_seconds_bucket{engine="risk",le="3600.0"} 2"#))
        #expect(lines.contains(#"wait_seconds_bucket{engine="risk",le="+Inf"} 3"#))
        #expect(lines.contains(#"wait_seconds_count{engine="risk"} 3"#))
        #expect(lines.contains { $0.hasPrefix(#"wait_seconds_sum{engine="risk"} 9000.003"#) })
    }

    @Test func namesAndValuesFromOutsideCannotBreakTheForm() {
        let registry = MetricsRegistry()
        Counter(label: "a-b.c", dimensions: [("x", "q\"\\\n")], factory: registry).increment()
        #expect(registry.exposition == "# TYPE a_b_c counter\na_b_c{x=\"q\\\"\\\\\\n\"} 1\n")
    }

    @Test func seriesAreBounded() {
        let registry = MetricsRegistry(seriesMax: 3)
        for index in 0..<10 {
            Counter(label: "a_total", dimensions: [("x", "\(index)")], factory: registry)
                .increment()
        }
        #expect(registry.exposition.split(separator: "\n").count == 4)
    }
}
