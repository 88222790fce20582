package import Domain
package import Policy

/// Watches all points and lines: fed with what was stored, swept for what has changed.
///
/// *What it owns*: a small watch for each point, gateway, camera and enterprise, and for each
/// hazard source what was declared of it. Nothing of it is stored: after a start it is fed with
/// the last reading of each point, and the books know what was said before.
/// *How it moves*: `take` by each stored batch, `sweep` every few seconds.
/// *The odd case*: a silence that begins and ends between two sweeps is a gap all the same, to the
/// second, because the watch itself sees both ends.
package struct WatchTable: Sendable {
    package let presence: PresenceRule
    package let detectors: DetectorRule
    /// By id.
    package private(set) var points: [WatchedPoint] = []
    package private(set) var lines: [WatchedLine] = []
    package internal(set) var sources: [WatchedSource] = []
    private var placeOfLine: [PresenceSubject: Int] = [:]
    var placeOfSource: [HazardSourceID: Int] = [:]
    var declarations = Declarations()
    private var enterpriseOfGateway: [GatewayID: PresenceSubject] = [:]
    private var gaps: [Observation] = []

    package struct WatchedPoint: Sendable {
        package internal(set) var traits: PointTraits
        package internal(set) var watch = PointWatch()
        package internal(set) var day = DayCount()
        /// Out of service by a filing: what it shows is no finding.
        package internal(set) var isFiled = false

        fileprivate mutating func take(
            _ reading: Reading, _ offlineAfter: Interval, _ immediateWithin: Interval
        ) -> Span? {
            day.take(reading, within: traits.bounds, immediateWithin: immediateWithin)
            return watch.take(reading, within: traits.bounds, offlineAfter: offlineAfter)
        }
    }

    package struct WatchedLine: Sendable {
        package var subject: PresenceSubject
        package var node: NodeID
        package internal(set) var heardAt = Instant.distantPast
        /// The same without what a start presumes; distant past: not since the start.
        package fileprivate(set) var provenAt = Instant.distantPast
        /// What was never heard is known as such from the start.
        package internal(set) var isToldSilent = true
        var lead = LeadWatch()
        var isToldSkewed = false
    }

    /// Links to platforms of other nodes 级联 (ING-26).
    private var links: [(subject: PresenceSubject, node: NodeID)] = []

    package init(presence: PresenceRule, detectors: DetectorRule) {
        (self.presence, self.detectors) = (presence, detectors)
    }

    /// Takes over which links there are; before the registry is followed.
    package mutating func setLinks(_ nodes: [NodeID]) {
        links = nodes.map { (PresenceSubject(.link, $0.text), $0) }
    }

    // MARK: Registry

    /// Takes over who and what there is; what was watched before keeps its memory.
    package mutating func follow(_ registry: Registry, packs: Packs) {
        follow(registry, Self.traits(of: registry, packs, detectors))
    }

    /// The same with what is needed of each point, by id: that takes long, and needs no watch.
    package mutating func follow(_ registry: Registry, _ all: [PointTraits]) {
        if all.count == points.count, zip(all, points).allSatisfy({ $0.id == $1.traits.id }) {
            for (place, traits) in all.enumerated() { points[place].traits = traits }
        } else {
            take(all)
        }
        followLines(registry)
        followSources(registry)
    }

    private mutating func take(_ all: [PointTraits]) {
        var merged: [WatchedPoint] = []
        merged.reserveCapacity(all.count)
        var old = 0
        for traits in all {
            while old < points.count, points[old].traits.id < traits.id { old += 1 }
            if old < points.count, points[old].traits.id == traits.id {
                points[old].traits = traits
                merged.append(points[old])
            } else {
                merged.append(WatchedPoint(traits: traits))
            }
        }
        points = merged
    }

    /// What the watch needs of each point, by id.
    package static func traits(
        of registry: Registry, _ packs: Packs, _ detectors: DetectorRule
    ) -> [PointTraits] {
        registry.points.values.compactMap { traits(of: $0, in: registry, packs, detectors) }
    }

    private static func traits(
        of point: Point, in registry: Registry, _ packs: Packs, _ detectors: DetectorRule
    ) -> PointTraits? {
        guard let device = registry.devices[point.device], let node = registry.node(of: device)
        else { return nil }
        let source = device.hazardSource.flatMap { registry.hazardSources[$0] }
        let form = packs.indicator(point.indicator.text)
        let isGas =
            form?.isGas ?? false || [.combustibleGas, .toxicGas].contains(point.indicator)
        var traits = PointTraits(
            point, node: node, source: source, isGas: isGas, isDiscrete: form?.isDiscrete ?? false)
        if source?.unitKind == .processUnit, detectors.running.indicators.contains(point.indicator)
        {
            let part = Double(detectors.running.percent) / 100
            traits.bounds.runsAbove = point.rangeLow + (point.rangeHigh - point.rangeLow) * part
        }
        return traits
    }

    private mutating func followLines(_ registry: Registry) {
        var kept: [PresenceSubject: WatchedLine] = [:]
        for line in lines { kept[line.subject] = line }
        enterpriseOfGateway = [:]
        var subjects: [WatchedLine] = registry.enterprises.values.map {
            WatchedLine(subject: .enterprise($0.id), node: $0.node)
        }
        for gateway in registry.gateways.values {
            subjects.append(
                WatchedLine(
                    subject: .gateway(gateway.id), node: NodeID(gateway.enterprise.text)))
            enterpriseOfGateway[gateway.id] = .enterprise(gateway.enterprise)
        }
        for (subject, node) in links { subjects.append(WatchedLine(subject: subject, node: node)) }
        for camera in registry.cameras.values {
            guard let node = registry.node(of: .camera(camera)) else { continue }
            subjects.append(WatchedLine(subject: .camera(camera.id), node: node))
        }
        lines = subjects.map { line in
            guard var old = kept[line.subject] else { return line }
            old.node = line.node
            return old
        }
        placeOfLine = [:]
        for (place, line) in lines.enumerated() { placeOfLine[line.subject] = place }
    }

    // MARK: Readings

    /// Where the points of a table are, until the registry is followed again; below 0: nowhere.
    package func places(of ids: [PointID]) -> [Int] { ids.map { place(of: $0) ?? -1 } }

    /// Looked for among the points: a dictionary would take a fifth of their memory.
    private func place(of id: PointID) -> Int? {
        var (low, high) = (0, points.count)
        while low < high {
            let middle = (low + high) / 2
            if points[middle].traits.id < id { low = middle + 1 } else { high = middle }
        }
        return low < points.count && points[low].traits.id == id ? low : nil
    }

    /// Takes a batch that is stored.
    package mutating func take(
        _ columns: ReadingColumns, from gateway: GatewayID, receivedAt: Instant
    ) {
        take(columns, at: places(of: columns.pointIDs), from: gateway, receivedAt: receivedAt)
    }

    /// Takes a batch that is stored, with the places of its points.
    package mutating func take(
        _ columns: ReadingColumns, at places: [Int], from gateway: GatewayID, receivedAt: Instant
    ) {
        hear(gateway, at: receivedAt)
        let (offlineAfter, immediateWithin) = (presence.pointOffline, presence.immediateWithin)
        var found: [Observation] = []
        // Each reading passes here once, so nothing is looked up or copied for it.
        points.withUnsafeMutableBufferPointer { points in
            for index in columns.point.indices {
                let place = places[Int(columns.point[index])]
                if place < 0 { continue }
                let reading = Reading(
                    measuredAt: Instant(unixMilliseconds: columns.measuredAt[index]),
                    receivedAt: receivedAt, value: columns.value[index],
                    quality: columns.quality(at: index))
                if let gap = points[place].take(reading, offlineAfter, immediateWithin) {
                    found.append(.gap(.point(points[place].traits.id), gap))
                }
            }
        }
        gaps += found
        let newest = columns.measuredAt.max() ?? .min
        guard newest > .min, let place = placeOfLine[.gateway(gateway)] else { return }
        lines[place].lead.take(
            measuredAt: Instant(unixMilliseconds: newest), receivedAt: receivedAt,
            by: detectors.clockSkew)
    }

    /// Feeds what was known before a start; no gap comes of it, the books know of those.
    package mutating func restore(_ reading: Reading, of point: PointID) {
        guard let place = place(of: point) else { return }
        let bounds = points[place].traits.bounds
        _ = points[place].watch.take(
            reading, within: bounds, offlineAfter: presence.pointOffline)
    }

    /// Takes over what was before a start.
    package mutating func recall(_ past: PointWatch, of point: PointID) {
        guard let place = place(of: point) else { return }
        points[place].watch.recall(past)
    }

    /// What is silent by the books stays so until it is heard; what is not is listened to from
    /// now on.
    mutating func resume(_ subject: PresenceSubject, isSilent: Bool, at now: Instant) {
        if let place = placeOfLine[subject] {
            lines[place].isToldSilent = isSilent
            if !isSilent { lines[place].heardAt = max(lines[place].heardAt, now) }
        }
        guard subject.kind == .point, let place = place(of: PointID(subject.id)) else { return }
        if isSilent {
            points[place].watch.told.insert(.silent)
        } else {
            points[place].watch.told.remove(.silent)
            points[place].watch.listen(from: now)
        }
    }

    mutating func resume(_ told: PointWatch.Told, _ id: PointID, since: Instant) {
        guard let place = place(of: id) else { return }
        points[place].watch.resume(told, since: since, by: detectors)
    }

    mutating func resumeSkew(_ subject: PresenceSubject) {
        if let place = placeOfLine[subject] { lines[place].isToldSkewed = true }
    }

    /// A batch came from a gateway, whatever was in it.
    package mutating func hear(_ gateway: GatewayID, at instant: Instant) {
        hear(.gateway(gateway), at: instant)
        if let enterprise = enterpriseOfGateway[gateway] { hear(enterprise, at: instant) }
    }

    /// Something came over a line: a batch of a gateway, an answer of a camera.
    package mutating func hear(_ subject: PresenceSubject, at instant: Instant) {
        guard let place = placeOfLine[subject] else { return }
        let before = lines[place].heardAt
        if before > .distantPast, instant - before >= presence.noticed(subject.kind) {
            gaps.append(.gap(subject, Span(before, instant)))
        }
        lines[place].heardAt = max(before, instant)
        lines[place].provenAt = max(lines[place].provenAt, instant)
    }

    /// When something was last heard since the start; nil: not since then.
    package func provenAt(_ subject: PresenceSubject) -> Instant? {
        placeOfLine[subject].map { lines[$0].provenAt }.flatMap { $0 > .distantPast ? $0 : nil }
    }

    /// Points that filings have taken out of service, and those that they have given back.
    package mutating func setFiled(_ filed: [PointID], at now: Instant) {
        let set = Set(filed)
        for place in points.indices {
            let isFiled = set.contains(points[place].traits.id)
            if points[place].isFiled, !isFiled { points[place].watch.forgetFlat(at: now) }
            points[place].isFiled = isFiled
        }
    }

    package func point(_ id: PointID) -> WatchedPoint? { place(of: id).map { points[$0] } }

    /// Hands over what was counted of each point, and begins a new day.
    package mutating func takeDay() -> [(point: PointID, node: NodeID, count: DayCount)] {
        var counts: [(point: PointID, node: NodeID, count: DayCount)] = []
        for place in points.indices where points[place].day.readings > 0 {
            let traits = points[place].traits
            counts.append((traits.id, traits.node, points[place].day))
            points[place].day = DayCount()
        }
        return counts
    }

    // MARK: Sweep

    /// What has changed by `now`; at most about `max`, the rest at the next sweep.
    package mutating func sweep(at now: Instant, max: Int) -> [Observation] {
        var found = gaps
        gaps = []
        for place in lines.indices where found.count < max { sweepLine(place, now, &found) }
        for place in points.indices where found.count < max { sweepPoint(place, now, &found) }
        for place in sources.indices where found.count < max { sweepSource(place, &found) }
        return found
    }

    private mutating func sweepLine(_ place: Int, _ now: Instant, _ found: inout [Observation]) {
        let line = lines[place]
        let wasHeard = line.heardAt > .distantPast
        let isSilent = !wasHeard || now - line.heardAt >= presence.noticed(line.subject.kind)
        if isSilent != line.isToldSilent {
            lines[place].isToldSilent = isSilent
            found.append(
                isSilent
                    ? .silent(line.subject, since: wasHeard ? line.heardAt : nil)
                    : .heard(line.subject, at: line.heardAt))
        }
        guard line.lead.isJudged, (line.lead.skew != nil) != line.isToldSkewed else { return }
        lines[place].isToldSkewed = line.lead.skew != nil
        let key = line.subject.key
        guard let skew = line.lead.skew else {
            found.append(.ended(FindingKey(.clockSkew, key), at: line.heardAt))
            return
        }
        found.append(
            .sighted(
                Sighting(
                    .clockSkew, key, node: line.node, firstAt: line.heardAt,
                    lastAt: line.heardAt, clues: skew.clues)))
    }

    private mutating func sweepPoint(_ place: Int, _ now: Instant, _ found: inout [Observation]) {
        let watch = points[place].watch
        let isSilent = !watch.wasHeard || now - watch.heardAt >= presence.pointOffline
        // Nearly all points are as they were: they cost a few comparisons.
        let isSuspect =
            isSilent != watch.told.contains(.silent)
            || watch.flatCount >= detectors.flatLine.readings
            || watch.outsideCount >= detectors.range.readings
            || !watch.told.isDisjoint(with: [.flat, .outside])
        if !isSuspect { return }
        let point = points[place]
        let subject = PresenceSubject.point(point.traits.id)
        if isSilent != watch.told.contains(.silent) {
            points[place].watch.told.formSymmetricDifference(.silent)
            found.append(
                isSilent
                    ? .silent(subject, since: watch.wasHeard ? watch.heardAt : nil)
                    : .heard(subject, at: watch.heardAt))
        }
        let isFlat = !point.isFiled && watch.isFlat(point.traits, by: detectors.flatLine)
        tell(.flat, .flatLine, isFlat, at: place, since: watch.flatSince, &found) {
            [Clue("value", "\(watch.value)"), Clue("readings", "\(watch.flatCount)")]
        }
        let isOutside = !point.isFiled && watch.isOutside(by: detectors.range)
        tell(.outside, .outsideRange, isOutside, at: place, since: watch.outsideSince, &found) {
            [
                Clue("value", "\(watch.value)"),
                Clue("range", point.traits.bounds.words),
                Clue("readings", "\(watch.outsideCount)"),
            ]
        }
    }

    private mutating func tell(
        _ told: PointWatch.Told, _ kind: FindingKind, _ isSo: Bool, at place: Int, since: Instant,
        _ found: inout [Observation], clues: () -> [Clue]
    ) {
        let point = points[place]
        guard isSo != point.watch.told.contains(told) else { return }
        points[place].watch.told.formSymmetricDifference(told)
        let key = EntryKey(.point, point.traits.id.text)
        found.append(
            isSo
                ? .sighted(
                    Sighting(
                        kind, key, node: point.traits.node, firstAt: since,
                        lastAt: point.watch.measuredAt, clues: clues()))
                : .ended(FindingKey(kind, key), at: point.watch.measuredAt))
    }
}

extension PointTraits.Bounds {
    fileprivate var words: String { "\(rangeLow) to \(rangeHigh)" }
}

extension Interval {
    fileprivate var clues: [Clue] {
        let way = milliseconds < 0 ? "behind" : "ahead of"
        return [Clue("clock", "\(milliseconds.magnitude / 1_000) s \(way) the platform's")]
    }
}
