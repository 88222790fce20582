import Domain

// What an enterprise says: it files, wants a later end, or is done.

extension FilingBook {
    /// The filing that a draft becomes; the same draft again gives the filing as it stands.
    func filed(
        _ draft: FilingDraft, by subject: String, registry: Registry, at now: Instant
    ) throws(FilingRefusal) -> OutageFiling {
        guard let enterprise = registry.enterprises[draft.enterprise] else {
            throw .unknownEnterprise(draft.enterprise)
        }
        try checkOfficer(subject, of: draft.enterprise, registry: registry, at: now)
        if let known = filings[draft.id] {
            guard known.says(draft, by: subject) else { throw .nameTaken(draft.id) }
            return known
        }
        let (points, mistakes) = points(of: draft, registry: registry)
        let all = mistakes + complaints(about: draft, at: now)
        if !all.isEmpty { throw .unusable(all) }
        let waiting = filings.values.count {
            $0.enterprise == draft.enterprise && $0.isUnconfirmed
        }
        if waiting >= FilingLimits.waitingMax {
            throw .unusable([
                "\(waiting) filings of \(draft.enterprise) wait to be verified; have them "
                    + "verified, or take some back, before you file more."
            ])
        }
        let kinds = rule.kinds(for: enterprise.placement)
        guard let addressee = registry.body(above: enterprise.node, kinds: kinds) else {
            throw .noAddressee(draft.enterprise, kinds: kinds, clause: rule.clause.text)
        }
        return OutageFiling(
            id: draft.id, enterprise: draft.enterprise,
            named: .init(
                points: draft.points.sorted(), devices: draft.devices.sorted(),
                endAt: draft.endAt),
            points: points, cause: draft.cause, reason: draft.reason, startAt: draft.startAt,
            endAt: draft.endAt, disables: draft.disables, evidence: draft.evidence,
            sentBy: subject, sentAt: now, addressee: addressee, clause: rule.clause.text,
            state: .sent)
    }

    /// A later end waits to be verified; until then the old one holds.
    func extended(
        _ id: FilingID, until: Instant, _ reason: String, by subject: String,
        registry: Registry, at now: Instant
    ) throws(FilingRefusal) -> OutageFiling {
        var filing = try filing(id, of: subject, registry: registry, at: now)
        // Sent again, and perhaps decided since: nothing new.
        let isKnown = filing.extensions.contains {
            $0.until == until && $0.reason == reason && $0.by == subject
        }
        if isKnown { return filing }
        switch filing.state {
        case .confirmed, .inForce: break
        case .over where filing.ended == nil: break
        case .sent:
            throw .wrongState(id, filing.state, wanted: "take it back and file anew")
        case .over, .refused, .withdrawn:
            throw .wrongState(id, filing.state, wanted: "file the outage anew")
        }
        var mistakes = complaints(aboutReason: reason)
        if !until.isOnCalendar {
            mistakes.append("The later end lies between the years 2000 and 2099.")
        } else if until <= filing.endAt || until <= now {
            mistakes.append(
                "A later end lies after the end that stands and in the future; to be done "
                    + "earlier, end the filing.")
        } else if until - max(filing.endAt, now) > FilingLimits.lengthMax {
            mistakes.append("A filing is extended by at most 366 days; extend it again then.")
        }
        if filing.extensions.count >= FilingLimits.extensionsMax {
            mistakes.append(
                "The filing was extended \(filing.extensions.count) times; file anew.")
        }
        if !mistakes.isEmpty { throw .unusable(mistakes) }
        let later = OutageFiling.Extension(until: until, reason: reason, by: subject, at: now)
        filing.extensions.append(later)
        filing.pending = later
        filing.beginWaiting()
        return filing
    }

    /// What is in force ends now; what has not begun is taken back.
    func ended(
        _ id: FilingID, _ reason: String, by subject: String, registry: Registry,
        at now: Instant
    ) throws(FilingRefusal) -> OutageFiling {
        var filing = try filing(id, of: subject, registry: registry, at: now)
        if let ended = filing.ended, ended.by == subject, ended.reason == reason {
            return filing
        }
        let mistakes = complaints(aboutReason: reason)
        if !mistakes.isEmpty { throw .unusable(mistakes) }
        switch filing.state {
        case .inForce:
            filing.state = .over
            filing.endAt = now
        case .sent, .confirmed: filing.state = .withdrawn
        case .over, .refused, .withdrawn:
            throw .wrongState(id, filing.state, wanted: "nothing is left to be ended")
        }
        filing.pending = nil
        filing.beginWaiting()
        filing.ended = .init(by: subject, at: now, reason: reason)
        return filing
    }

    private func filing(
        _ id: FilingID, of subject: String, registry: Registry, at now: Instant
    ) throws(FilingRefusal) -> OutageFiling {
        guard let filing = filings[id] else { throw .unknownFiling(id) }
        try checkOfficer(subject, of: filing.enterprise, registry: registry, at: now)
        return filing
    }

    /// Only those who hold a post at the enterprise speak for it.
    private func checkOfficer(
        _ subject: String, of enterprise: EnterpriseID, registry: Registry, at now: Instant
    ) throws(FilingRefusal) {
        guard registry.isStaff(subject, of: enterprise, on: CalendarDay(of: now)) else {
            throw .notOfficer(subject: subject, enterprise)
        }
    }

    // MARK: What is wrong

    /// Every point that a draft names, by id, and what is wrong with what it names.
    private func points(
        of draft: FilingDraft, registry: Registry
    ) -> (points: [PointID], mistakes: [String]) {
        // Before anything is looked up: a list without end costs no more than its sending.
        if max(draft.points.count, draft.devices.count) > FilingLimits.pointsMax {
            return ([], ["File at most \(FilingLimits.pointsMax) points or devices at once."])
        }
        var mistakes: [String] = []
        var points: Set<PointID> = []
        for point in draft.points {
            if registry.enterprise(of: point) == draft.enterprise {
                points.insert(point)
            } else {
                mistakes.append("\(draft.enterprise) has no point \"\(point)\".")
            }
        }
        var bare: Set<DeviceID> = []
        for id in draft.devices {
            let device = registry.devices[id]
            guard let device, registry.node(of: device)?.text == draft.enterprise.text else {
                mistakes.append("\(draft.enterprise) has no device \"\(id)\".")
                continue
            }
            bare.insert(id)
        }
        // All points are looked through once, however many devices are named.
        let named = bare
        if !named.isEmpty {
            for point in registry.points.values where named.contains(point.device) {
                points.insert(point.id)
                bare.remove(point.device)
            }
        }
        mistakes += bare.sorted().map { "No point hangs on the device \($0)." }
        if draft.points.isEmpty, draft.devices.isEmpty {
            mistakes.append("A filing names the points, or the devices, that give no data.")
        }
        if points.count > FilingLimits.pointsMax {
            mistakes.append(
                "The filing names \(points.count) points; file at most "
                    + "\(FilingLimits.pointsMax) at once.")
        }
        return (points.sorted(), mistakes)
    }

    private func complaints(about draft: FilingDraft, at now: Instant) -> [String] {
        var mistakes = complaints(aboutReason: draft.reason)
        let id = draft.id.text
        if id.isEmpty || id.utf8.count > RegistryLimits.idMax
            || !id.utf8.allSatisfy(isIdentifierByte)
        {
            mistakes.append(
                "The id of the filing \"\(id)\" is none; write at most "
                    + "\(RegistryLimits.idMax) letters, digits and - _ . :")
        }
        guard draft.startAt.isOnCalendar, draft.endAt.isOnCalendar else {
            return mistakes + ["Start and end lie between the years 2000 and 2099."]
                + complaints(about: draft.evidence)
        }
        if draft.endAt <= draft.startAt {
            mistakes.append("The expected end is not after the start.")
        } else if draft.endAt <= now {
            mistakes.append(
                "The expected end has passed; a filing is for an outage that is still to end.")
        } else if draft.endAt - draft.startAt > FilingLimits.lengthMax {
            mistakes.append("A filing is for at most 366 days; extend it when they are over.")
        }
        if now - draft.startAt > FilingLimits.backwardsMax {
            mistakes.append(
                "The start is more than 30 days ago; what was not filed in time is explained to "
                    + "the body above, not filed.")
        }
        return mistakes + complaints(about: draft.evidence)
    }

    private func complaints(aboutReason reason: String) -> [String] {
        if !reason.isEmpty, reason.count <= FilingLimits.reasonMax { return [] }
        return ["Write a reason of at most \(FilingLimits.reasonMax) characters."]
    }

    func complaints(about evidence: [Evidence]) -> [String] {
        var mistakes: [String] = []
        if evidence.count > FilingLimits.evidenceMax {
            mistakes.append("Name at most \(FilingLimits.evidenceMax) files as evidence.")
        }
        for file in evidence.prefix(FilingLimits.evidenceMax) {
            if file.name.isEmpty || file.name.count > FilingLimits.fileNameMax {
                mistakes.append(
                    "A file of the evidence needs a name of at most "
                        + "\(FilingLimits.fileNameMax) characters.")
            }
            let isDigest =
                file.digest.utf8.count == 64
                && file.digest.utf8.allSatisfy {
                    (0x30...0x39).contains($0) || (0x61...0x66).contains($0)
                }
            if !isDigest {
                mistakes.append(
                    "The evidence \"\(file.name)\" needs its SHA-256: 64 digits and small "
                        + "letters a to f.")
            }
        }
        return mistakes
    }
}

extension OutageFiling {
    /// True if a draft with the same name says the same.
    fileprivate func says(_ draft: FilingDraft, by subject: String) -> Bool {
        draft.enterprise == enterprise && draft.points.sorted() == named.points
            && draft.devices.sorted() == named.devices && draft.cause == cause
            && draft.reason == reason && draft.startAt == startAt && draft.endAt == named.endAt
            && draft.disables == disables && draft.evidence == evidence && subject == sentBy
    }
}
