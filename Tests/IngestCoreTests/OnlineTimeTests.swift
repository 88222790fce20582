import Domain
import IngestCore
import Kernel
import Testing

/// What is reckoned with stretches of time.
@Suite struct OnlineTimeTests {
    private func span(_ from: Int64, _ to: Int64) -> Span {
        Span(t0 + .seconds(from), t0 + .seconds(to))
    }

    private func online(
        window: Span, registered: Int64 = 0, gaps: [Span] = [], outages: [Span] = []
    ) -> OnlineTime {
        OnlineTime(
            window: window, registeredAt: t0 + .seconds(registered), gaps: gaps, outages: outages)
    }

    /// ING-19: the rate is connected over due time, to the second.
    @Test func aGapCostsItsSeconds() {
        let day = online(window: span(0, 86_400), gaps: [span(100, 964)])
        #expect(day.due == .seconds(86_400))
        #expect(day.connected == .seconds(85_536))
        #expect(day.rate == 9_900)
        // Overlapping gaps cost their time once, and only within the window.
        let twice = online(window: span(0, 1_000), gaps: [span(-50, 100), span(50, 200)])
        #expect(twice.connected == .seconds(800))
    }

    /// ING-19: filed outage is not due, and shown apart.
    @Test func aFiledOutageIsExcludedAndShown() {
        let day = online(
            window: span(0, 1_000), gaps: [span(100, 300)], outages: [span(200, 400)])
        #expect(day.due == .seconds(800))
        #expect(day.connected == .seconds(700))
        #expect(day.filed == .seconds(200))
        let whole = online(window: span(0, 10), gaps: [span(0, 10)], outages: [span(-5, 15)])
        #expect(whole.rate == nil)
        #expect(whole.filed == .seconds(10))
    }

    /// What is registered in the middle of the day is due from then on.
    @Test func whatIsRegisteredLaterIsDueFromThen() {
        let day = online(window: span(0, 1_000), registered: 600, gaps: [span(0, 800)])
        #expect(day.due == .seconds(400))
        #expect(day.connected == .seconds(200))
    }

    /// A rate is never rounded up to what it is not.
    @Test func oneMillisecondIsNotAll() {
        var time = OnlineTime()
        time.due = .seconds(86_400)
        time.connected = Interval(milliseconds: 86_399_999)
        #expect(time.rate == 9_999)
    }

    /// Sets of spans agree with sets of seconds.
    @Test(arguments: 0..<50 as Range<UInt64>)
    func spansAreSetsOfInstants(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        func some() -> [Span] {
            (0..<Int(random.next() % 6)).map { _ in
                let from = Int64(random.next() % 40)
                return span(from, from + Int64(random.next() % 15))
            }
        }
        func seconds(_ spans: [Span]) -> Set<Int64> {
            Set(
                spans.flatMap { span in
                    (0..<60 as Range<Int64>).filter {
                        let at = t0 + .seconds($0)
                        return span.from <= at && at < span.to
                    }
                })
        }
        let (left, right) = (some(), some())
        let (a, b) = (SpanSet(left), SpanSet(right))
        #expect(seconds(a.spans) == seconds(left))
        #expect(a.total == .seconds(Int64(seconds(left).count)))
        #expect(seconds(a.union(b).spans) == seconds(left).union(seconds(right)))
        #expect(seconds(a.subtracting(b).spans) == seconds(left).subtracting(seconds(right)))
        #expect(seconds(a.intersection(b).spans) == seconds(left).intersection(seconds(right)))
    }
}
