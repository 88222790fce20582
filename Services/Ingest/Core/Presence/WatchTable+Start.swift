package import Domain

extension WatchTable {
    /// Takes over after a start what the books know: who is silent, and what was found.
    ///
    /// Without it a sweep would not say that something is back, or would end a flat line whose
    /// beginning it has not seen. Fed after `follow` and `restore`. While the platform itself was
    /// down nobody was listening: who was online then has his minutes from now on, and that time is
    /// no gap of his. A stop of moments changes nothing: silence goes on from what was heard last,
    /// a line's by what was heard of the points of its enterprise.
    package mutating func resume(
        _ presence: [PresenceRecord], _ findings: [FindingRecord], at now: Instant,
        wasShort: Bool = false
    ) {
        let heard = wasShort ? newestByNode : [:]
        for record in presence {
            let isSilent = record.silentSince != nil
            var since = now
            if wasShort {
                switch record.subject.kind {
                case .point: since = .distantPast
                case .gateway, .enterprise: since = heard[record.node] ?? now
                case .camera, .link: break
                }
            }
            resume(record.subject, isSilent: isSilent, at: since)
        }
        for finding in findings where finding.goneAt == nil { resume(finding) }
    }

    /// When something was received last of the points of each node.
    private var newestByNode: [NodeID: Instant] {
        var newest: [NodeID: Instant] = [:]
        for point in points where point.watch.wasHeard {
            let node = point.traits.node
            newest[node] = max(newest[node] ?? .distantPast, point.watch.heardAt)
        }
        return newest
    }

    /// The points of which the past is worth a look after a start, with how far back: first for
    /// what is short, then only if it stood still all that time.
    package func pasts() -> [Past] {
        points.compactMap { point in
            guard point.watch.wasHeard else { return nil }
            let flat =
                point.traits.rests(at: point.watch.value)
                ? nil : detectors.flatLine.after(point.traits.unitKind)
            return Past(
                point: point.traits.id, upTo: point.watch.watchedSince,
                first: detectors.running.over, whole: flat)
        }
    }

    /// How far a point is looked back at.
    package struct Past: Hashable, Sendable {
        package var point: PointID
        /// The reading with which the watch began.
        package var upTo: Instant
        package var first: Interval
        /// If the value is that old; nil: it may be.
        package var whole: Interval?
    }

    /// What readings up to that of `restore` show, oldest first; false: the value is as old as they
    /// are, so that more of them may show more.
    package func past(of id: PointID, _ series: ReadingSeries) -> (watch: PointWatch, isWhole: Bool)
    {
        guard let bounds = point(id)?.traits.bounds, series.count > 0 else {
            return (PointWatch(), true)
        }
        var watch = PointWatch()
        for index in 0..<series.count {
            let at = Instant(unixMilliseconds: series.measuredAt[index])
            let reading = Reading(
                measuredAt: at, receivedAt: at, value: series.value[index],
                quality: series.quality(at: index))
            _ = watch.take(reading, within: bounds, offlineAfter: presence.pointOffline)
        }
        return (watch, watch.flatSince.unixMilliseconds > series.measuredAt[0])
    }

    private mutating func resume(_ finding: FindingRecord) {
        let id = finding.key.id
        switch finding.key.kind {
        case .flatLine: resume(.flat, PointID(id), since: finding.firstAt)
        case .outsideRange: resume(.outside, PointID(id), since: finding.firstAt)
        case .clockSkew: resumeSkew(.gateway(GatewayID(id)))
        case .stoppedButRunning, .runningButStopped:
            guard let place = placeOfSource[HazardSourceID(id)] else { return }
            sources[place].told = finding.key.kind
        case .neverConnected, .offline, .longTermOffline, .linkBroken, .rangeMoved, .limitsMoved,
            .pointRemoved, .noUnit, .noDevice, .vagueName, .duplicateName, .illogicalLimits,
            .missingPoint, .undeclaredPoint, .alarmClosed, .dataTampered, .deviceRemoved,
            .deviceMoved, .powerCut, .networkCut, .cameraBlocked, .cameraUnreachable,
            .cleaningMissed:
            return
        }
    }
}
