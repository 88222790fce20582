package import Domain

extension WatchTable {
    /// Takes over after a start what the books know: who is silent, and what was found.
    ///
    /// Without it a sweep would not say that something is back, or would end a flat line whose
    /// beginning it has not seen. Fed after `follow` and `restore`. While the platform itself was
    /// down nobody was listening: who was online then has his minutes from now on, and that time is
    /// no gap of his.
    package mutating func resume(
        _ presence: [PresenceRecord], _ findings: [FindingRecord], at now: Instant
    ) {
        for record in presence {
            resume(record.subject, isSilent: record.silentSince != nil, at: now)
        }
        for finding in findings where finding.goneAt == nil { resume(finding) }
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
            .deviceMoved, .powerCut, .networkCut, .cameraBlocked:
            return
        }
    }
}
