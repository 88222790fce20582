package import Domain

/// One of the five scores of an enterprise on a day, with how it came about (ING-13).
package struct QualityScore: Hashable, Codable, Sendable {
    package var quality: FindingKind.Quality
    /// What counted for it, and of how much.
    package var part: Int64
    package var whole: Int64
    /// Where it lost, the worst first.
    package var losses: [Loss]

    /// What one entry cost: so much of `whole`.
    package struct Loss: Hashable, Codable, Sendable {
        package var of: EntryKind
        package var id: String
        package var amount: Int64
        /// Why, such as `flatLine` or `gap`.
        package var reason: String

        package init(_ entry: EntryKey, _ amount: Int64, _ reason: String) {
            (of, id) = (entry.kind, entry.id)
            (self.amount, self.reason) = (amount, reason)
        }
    }

    package init(_ quality: FindingKind.Quality, part: Int64, whole: Int64, losses: [Loss]) {
        (self.quality, self.part, self.whole) = (quality, part, whole)
        self.losses = losses.filter { $0.amount > 0 }.sorted { left, right in
            left.amount != right.amount
                ? left.amount > right.amount : (left.id, left.reason) < (right.id, right.reason)
        }
    }

    /// In ten-thousandths, rounded down; nil: there was nothing to judge.
    package var score: Int64? { share(max(0, part), of: whole) }

    /// How it is reckoned, for people.
    package var formula: String { quality.formula }
}

extension FindingKind.Quality {
    package var title: String {
        switch self {
        case .true: "真实"
        case .immediate: "即时"
        case .complete: "完整"
        case .normative: "规范"
        case .accurate: "准确"
        }
    }

    package var formula: String {
        switch self {
        case .true:
            "due milliseconds of points without a finding of truth, over due milliseconds of points"
        case .immediate:
            "readings received in time by a right clock, over all readings"
        case .complete:
            "connected milliseconds of points, over due milliseconds of points and of those "
                + "that are missing"
        case .normative:
            "points without a finding of the registry, over points and missing declarations"
        case .accurate:
            "readings that are good and inside the range, over all readings"
        }
    }
}

/// What is known of one point on one day: enough for four of the scores.
package struct PointDay: Hashable, Sendable {
    package var point: PointID
    package var online: OnlineTime
    package var count: DayCount
    /// When it was due, without filed outages.
    package var due: SpanSet

    package init(point: PointID, online: OnlineTime, count: DayCount, due: SpanSet) {
        (self.point, self.online, self.count, self.due) = (point, online, count, due)
    }
}

/// A finding as far as it reaches into the day; `points` are those that it makes doubtful.
package struct DayFinding: Hashable, Sendable {
    package var key: FindingKey
    package var span: Span
    package var points: [PointID]

    package init(key: FindingKey, span: Span, points: [PointID]) {
        (self.key, self.span, self.points) = (key, span, points)
    }
}

/// The five scores of one enterprise on one day.
package struct QualityDay: Sendable {
    let window: Span
    let points: [PointDay]
    let findings: [DayFinding]
    /// What the registry shows: points that are missing, and what is not by the norm.
    let registered: [Sighting]

    package init(
        window: Span, points: [PointDay], findings: [DayFinding], registered: [Sighting]
    ) {
        (self.window, self.points, self.findings) = (window, points, findings)
        self.registered = registered
    }

    /// In the order of the law: true, immediate, complete, normative, accurate.
    package var scores: [QualityScore] { [truth, immediacy, completeness, norms, accuracy] }

    private var due: Int64 { points.reduce(0) { $0 + $1.online.due.milliseconds } }
    private var readings: Int64 { points.reduce(0) { $0 + $1.count.readings } }

    /// Findings of one quality at a point; the spans of several that overlap count once.
    private func doubted(_ quality: FindingKind.Quality, _ day: PointDay) -> (Int64, String) {
        let own = findings.filter {
            $0.key.kind.quality == quality && $0.points.contains(day.point)
        }
        let spans = SpanSet(own.map(\.span)).clipped(to: window).intersection(day.due)
        let reasons = own.map(\.key.kind.rawValue).sorted().withoutRepeats
        return (spans.total.milliseconds, reasons.joined(separator: ", "))
    }

    private var truth: QualityScore {
        let losses = points.map { day in
            let (amount, reason) = doubted(.true, day)
            return QualityScore.Loss(EntryKey(.point, day.point.text), amount, reason)
        }
        let lost = losses.reduce(0) { $0 + $1.amount }
        return QualityScore(.true, part: due - lost, whole: due, losses: losses)
    }

    /// Of a clock that is off, no reading of its time is in time.
    private var immediacy: QualityScore {
        let losses = points.map { day in
            let late = day.count.readings - day.count.immediate
            let (amount, reason) = doubted(.immediate, day)
            let due = max(1, day.due.total.milliseconds)
            let skewed = scaled(day.count.readings, by: amount, of: due)
            return QualityScore.Loss(
                EntryKey(.point, day.point.text), max(late, skewed),
                skewed > late ? reason : "late")
        }
        let lost = losses.reduce(0) { $0 + $1.amount }
        return QualityScore(.immediate, part: readings - lost, whole: readings, losses: losses)
    }

    private var completeness: QualityScore {
        let gaps = points.map { day in
            QualityScore.Loss(
                EntryKey(.point, day.point.text),
                day.online.due.milliseconds - day.online.connected.milliseconds, "gap")
        }
        let absent = registered.filter { $0.key.kind == .missingPoint }.map { sighting in
            QualityScore.Loss(
                sighting.key.entry,
                Span(max(window.from, sighting.firstAt), window.to).length.milliseconds
                    * Int64(sighting.clues.count), "missing")
        }
        let connected = points.reduce(0) { $0 + $1.online.connected.milliseconds }
        let whole = due + absent.reduce(0) { $0 + $1.amount }
        return QualityScore(.complete, part: connected, whole: whole, losses: gaps + absent)
    }

    private var norms: QualityScore {
        let own = registered.filter { $0.key.kind.quality == .normative }
        let others = Set(own.filter { $0.key.of != .point }.map(\.key.entry)).count
        var losses: [QualityScore.Loss] = []
        for sighting in own.sorted(by: { $0.key.entry.id < $1.key.entry.id }) {
            // A point with two findings is one point that is not right.
            if losses.contains(where: { $0.of == sighting.key.of && $0.id == sighting.key.id }) {
                continue
            }
            losses.append(.init(sighting.key.entry, 1, sighting.key.kind.rawValue))
        }
        let whole = Int64(points.count + others)
        return QualityScore(
            .normative, part: whole - Int64(losses.count), whole: whole, losses: losses)
    }

    private var accuracy: QualityScore {
        let losses = points.map { day in
            QualityScore.Loss(
                EntryKey(.point, day.point.text), day.count.readings - day.count.accurate,
                "notGood")
        }
        let lost = losses.reduce(0) { $0 + $1.amount }
        return QualityScore(.accurate, part: readings - lost, whole: readings, losses: losses)
    }
}

/// `count` times `part` over `whole`, rounded down; `part` is at most `whole`.
private func scaled(_ count: Int64, by part: Int64, of whole: Int64) -> Int64 {
    let product = count.multipliedFullWidth(by: min(part, whole))
    return whole.dividingFullWidth(product).quotient
}
