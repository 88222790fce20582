package import Domain

/// What of a hazard source is expected, registered and connected 应接、已接 (ING-12).
package struct SourceConnection: Hashable, Sendable {
    package var source: HazardSourceID
    package var node: NodeID
    package var name: String
    /// What packs expect of it and nobody gave a reason against.
    package var expected = 0
    /// What of that is not registered, such as `pressure` of a device.
    package var missing: [String] = []
    /// Its points.
    package var registered = 0
    /// Those of its points that are online.
    package var connected = 0
    /// Those that are not, without those that are filed, by id.
    package var silent: [PointID] = []
    /// Those that a filing has out of service.
    package var filed = 0

    /// Everything that is expected is there, and every point that is due is connected.
    package var isComplete: Bool { missing.isEmpty && silent.isEmpty }
}

extension Registry {
    /// Each source with what is expected, registered and connected, by id.
    package func connections(
        by packs: Packs, _ presence: PresenceRecords
    ) -> [SourceConnection] {
        var bySource: [HazardSourceID: SourceConnection] = [:]
        for source in hazardSources.values {
            bySource[source.id] = SourceConnection(
                source: source.id, node: NodeID(source.enterprise.text), name: source.name)
        }
        for row in coverage(by: packs, on: nil) {
            guard let source = row.source, !row.expected.hasPrefix("person ") else { continue }
            switch row.state {
            case .registered: bySource[source]?.expected += 1
            case .missing:
                bySource[source]?.expected += 1
                bySource[source]?.missing.append("\(row.subject.id): \(row.expected)")
            case .reasoned, .declaredNone, .undeclared, .unverified: continue
            }
        }
        for point in points.values {
            guard let source = devices[point.device]?.hazardSource else { continue }
            bySource[source]?.add(point.id, presence[.point(point.id)])
        }
        return bySource.keys.sorted().compactMap { bySource[$0] }
    }
}

extension SourceConnection {
    fileprivate mutating func add(_ point: PointID, _ record: PresenceRecord?) {
        registered += 1
        guard let record else {
            silent.append(point)
            return
        }
        if record.filedSince != nil {
            filed += 1
        } else if record.silentSince != nil {
            silent.append(point)
        } else {
            connected += 1
        }
    }
}
