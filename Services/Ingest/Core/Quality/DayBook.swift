package import Domain

/// A finding as far as the scores of a day need it.
package struct PastFinding: Hashable, Sendable {
    package var key: FindingKey
    package var node: NodeID
    /// As long as it was there.
    package var span: Span
    package var clues: [Clue]

    package init(key: FindingKey, node: NodeID, span: Span, clues: [Clue]) {
        (self.key, self.node, self.span, self.clues) = (key, node, span, clues)
    }
}

/// Everything that is known of one day, for the scores of each enterprise (ING-13).
package struct DayBook: Sendable {
    private let window: Span
    private let report: PresenceReport
    private var points: [NodeID: [PresenceRecord]] = [:]
    private var findings: [NodeID: [DayFinding]] = [:]
    private var registered: [NodeID: [Sighting]] = [:]

    package init(
        window: Span, registry: Registry, records: [PresenceRecord],
        gaps: [PresenceSubject: [Span]], outages: [PresenceSubject: [Span]],
        findings past: [PastFinding]
    ) {
        self.window = window
        let places = PointPlaces(registry)
        // A stop that data refute excuses nothing as long as they do.
        var refuted: [PresenceSubject: [Span]] = [:]
        for finding in past where finding.key.kind == .stoppedButRunning {
            for point in places.points(of: finding) {
                refuted.append(finding.span, to: .point(point))
            }
        }
        let standing = Dictionary(
            uniqueKeysWithValues: outages.map { subject, spans in
                (subject, SpanSet(spans).subtracting(SpanSet(refuted[subject] ?? [])).spans)
            })
        report = PresenceReport(window: window, gaps: gaps, outages: standing)
        for record in records where record.subject.kind == .point {
            points.append(record, to: record.node)
        }
        for finding in past {
            if finding.key.kind.origin == .registry {
                // The registry as it stood when the day was over.
                guard finding.span.to >= window.to else { continue }
                let sighting = Sighting(
                    finding.key.kind, finding.key.entry, node: finding.node,
                    firstAt: finding.span.from, lastAt: finding.span.to, clues: finding.clues)
                registered.append(sighting, to: finding.node)
            } else {
                let day = DayFinding(
                    key: finding.key, span: finding.span.clipped(to: window),
                    points: places.points(of: finding))
                findings.append(day, to: finding.node)
            }
        }
    }

    /// The five scores, in the order of the law; all without a whole: nothing was due.
    package func scores(
        of enterprise: NodeID, counts: [PointID: DayCount]
    ) -> [QualityScore] {
        let days = (points[enterprise] ?? []).sorted { $0.subject < $1.subject }.map { record in
            let row = report.row(of: record)
            let point = PointID(record.subject.id)
            let whole = Span(max(window.from, record.registeredAt), window.to)
            return PointDay(
                point: point, online: row.time, count: counts[point] ?? DayCount(),
                due: SpanSet([whole]).subtracting(SpanSet(row.outages)))
        }
        return QualityDay(
            window: window, points: days, findings: findings[enterprise] ?? [],
            registered: (registered[enterprise] ?? []).sorted { $0.key < $1.key }
        ).scores
    }
}

/// Which points an entry has.
private struct PointPlaces {
    private var ofDevice: [String: [PointID]] = [:]
    private var ofSource: [String: [PointID]] = [:]
    private var ofNode: [NodeID: [PointID]] = [:]

    init(_ registry: Registry) {
        for point in registry.points.values {
            ofDevice.append(point.id, to: point.device.text)
            guard let device = registry.devices[point.device] else { continue }
            if let source = device.hazardSource { ofSource.append(point.id, to: source.text) }
            if let node = registry.node(of: device) { ofNode.append(point.id, to: node) }
        }
    }

    /// Those that a finding makes doubtful.
    func points(of finding: PastFinding) -> [PointID] {
        switch finding.key.of {
        case .point: [PointID(finding.key.id)]
        case .device: ofDevice[finding.key.id] ?? []
        case .hazardSource: ofSource[finding.key.id] ?? []
        case .enterprise, .gateway: ofNode[finding.node] ?? []
        case .node, .person, .officer, .object, .camera: []
        }
    }
}
