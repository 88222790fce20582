package import Domain

/// The online time of one thing in a window, with each gap of it (ING-19).
package struct OnlineRow: Hashable, Sendable {
    package var record: PresenceRecord
    package var time: OnlineTime
    /// What of the window was due and without connection, to the millisecond, the earliest first.
    package var gaps: [Span]
    /// Filed outage in the window.
    package var outages: [Span]
}

/// The online rates of one enterprise in a window.
package struct EnterpriseOnline: Hashable, Sendable {
    package var node: NodeID
    /// Of all its points together: what is published as the online rate.
    package var points = OnlineTime()
    /// Of the enterprise by its gateways.
    package var line = OnlineTime()
    package var cameras = OnlineTime()
    /// Points that are offline or were never heard, without those that are filed.
    package var silentCount = 0
    package var pointCount = 0
    package var filedCount = 0
    /// Every point, gateway and camera, the worst first.
    package var rows: [OnlineRow] = []
}

/// Reckons online times from what is known of each thing and from the gaps that were listed.
package struct PresenceReport: Sendable {
    private let window: Span
    private let gaps: [PresenceSubject: [Span]]
    private let outages: [PresenceSubject: [Span]]

    /// `window` ends at the latest now; `gaps` are those that have ended.
    package init(
        window: Span, gaps: [PresenceSubject: [Span]], outages: [PresenceSubject: [Span]]
    ) {
        (self.window, self.gaps, self.outages) = (window, gaps, outages)
    }

    package func row(of record: PresenceRecord) -> OnlineRow {
        var silent = gaps[record.subject] ?? []
        switch record.presence {
        case .neverHeard: silent.append(Span(record.registeredAt, window.to))
        case .offline(let since): silent.append(Span(since, window.to))
        case .online: break
        }
        let filed = outages[record.subject] ?? []
        let time = OnlineTime(
            window: window, registeredAt: record.registeredAt, gaps: silent, outages: filed)
        let whole = Span(max(window.from, record.registeredAt), window.to)
        let outage = SpanSet(filed).clipped(to: whole)
        let due = SpanSet(silent).clipped(to: whole).subtracting(outage)
        return OnlineRow(record: record, time: time, gaps: due.spans, outages: outage.spans)
    }

    /// By enterprise, in the order of their ids.
    package func enterprises(_ records: [PresenceRecord]) -> [EnterpriseOnline] {
        var byNode: [NodeID: EnterpriseOnline] = [:]
        for record in records {
            var enterprise = byNode[record.node] ?? EnterpriseOnline(node: record.node)
            enterprise.add(row(of: record))
            byNode[record.node] = enterprise
        }
        return byNode.keys.sorted().compactMap { node in
            guard var enterprise = byNode[node] else { return nil }
            enterprise.rows.sort { left, right in
                let (a, b) = (left.time.lost, right.time.lost)
                return a != b ? a > b : left.record.subject < right.record.subject
            }
            return enterprise
        }
    }
}

extension EnterpriseOnline {
    fileprivate mutating func add(_ row: OnlineRow) {
        switch row.record.subject.kind {
        case .point:
            points = points + row.time
            pointCount += 1
            if row.record.filedSince != nil {
                filedCount += 1
            } else if row.record.silentSince != nil {
                silentCount += 1
            }
            rows.append(row)
        case .enterprise, .link: line = line + row.time
        case .gateway: rows.append(row)
        case .camera:
            cameras = cameras + row.time
            rows.append(row)
        }
    }
}

extension OnlineTime {
    fileprivate var lost: Interval {
        Interval(milliseconds: due.milliseconds - connected.milliseconds)
    }
}
