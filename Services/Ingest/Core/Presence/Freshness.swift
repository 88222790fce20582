package import Domain

/// The families of data that enterprises hand in 数据类别 (000 §3, 001 §4, 002-DQ §3), without the
/// warnings, which another service holds.
package enum DataFamily: String, CaseIterable, Sendable {
    case dutyCentreVideo, sourceVideo, monitoring, commitment, basicInformation, responsiblePersons

    package var title: String {
        switch self {
        case .dutyCentreVideo: "值班监控中心视频"
        case .sourceVideo: "重大危险源及重点部位视频"
        case .monitoring: "监测数据"
        case .commitment: "安全承诺"
        case .basicInformation: "企业基础信息"
        case .responsiblePersons: "包保责任人"
        }
    }
}

/// How fresh one enterprise's data are (ING-02).
package struct EnterpriseFreshness: Hashable, Sendable {
    package struct Family: Hashable, Sendable {
        package var family: DataFamily
        /// How many cameras, points, persons or other things it comes from.
        package var things: Int
        /// When the newest is from; nil: there never was any.
        package var newestAt: Instant?
    }

    package var enterprise: EnterpriseID
    package var name: String
    /// In the order of the families.
    package var families: [Family]
}

/// What freshness is reckoned from beside the registry.
package struct FreshnessSources {
    package var presence: PresenceRecords
    package var commitments: CommitmentBook
    package var renewals: RenewalBook
    package var instant: Instant
    /// When a camera last gave a picture since the start; nil: not since then.
    package var seen: (CameraID) -> Instant?
    /// When the newest readings of points were measured; nil: never.
    package var measured: ([PointID]) -> [Instant?]

    package init(
        presence: PresenceRecords, commitments: CommitmentBook,
        renewals: RenewalBook, now: Instant, seen: @escaping (CameraID) -> Instant?,
        measured: @escaping ([PointID]) -> [Instant?]
    ) {
        (self.presence, self.commitments, self.renewals) = (presence, commitments, renewals)
        (instant, self.seen, self.measured) = (now, seen, measured)
    }
}

extension Registry {
    /// The freshness of some enterprises, in their order.
    package func freshness(
        of asked: [Enterprise], by sources: FreshnessSources, in zone: Zone
    ) -> [EnterpriseFreshness] {
        let part = belonging(to: Set(asked.map(\.node)))
        let duty = Dictionary(grouping: part.cameras.values, by: { part.node(of: .camera($0)) })
        let points = Dictionary(grouping: part.points.values, by: { part.node(of: .point($0)) })
        let persons = Dictionary(grouping: part.persons.values, by: { part.node(of: .person($0)) })
        return asked.map { enterprise in
            let node = enterprise.node
            let cameras = duty[node] ?? []
            let ofDuty = cameras.filter { part.showsDutyCentre($0) }
            let others = cameras.filter { !part.showsDutyCentre($0) }
            let own = points[node] ?? []
            let commitment = sources.commitments.commitments[enterprise.id]
            return EnterpriseFreshness(
                enterprise: enterprise.id, name: enterprise.name,
                families: [
                    .init(
                        family: .dutyCentreVideo, things: ofDuty.count,
                        newestAt: sources.newest(ofDuty)),
                    .init(
                        family: .sourceVideo, things: others.count,
                        newestAt: sources.newest(others)),
                    .init(
                        family: .monitoring, things: own.count,
                        newestAt: sources.measured(own.map(\.id)).compactMap(\.self).max()),
                    .init(
                        family: .commitment, things: commitment == nil ? 0 : 1,
                        newestAt: commitment?.versions.map(\.sentAt).max()),
                    .init(
                        family: .basicInformation, things: 1,
                        newestAt: sources.basic(of: enterprise, in: zone)),
                    sources.persons(persons[node] ?? [], of: enterprise, in: zone),
                ])
        }
    }

    private func showsDutyCentre(_ camera: Camera) -> Bool {
        camera.object.flatMap { objects[$0] }?.kind == "dutyCentre"
            || camera.facts.text("placeType") == "dutyCentre"
    }
}

extension FreshnessSources {
    /// The last picture of any: proven since the start, or what the book knows from before it.
    fileprivate func newest(_ cameras: [Camera]) -> Instant? {
        cameras.compactMap { camera -> Instant? in
            let known: Instant? =
                switch presence[.camera(camera.id)]?.presence {
                case .online(let since)?, .offline(let since)?: since
                case .neverHeard?, nil: nil
                }
            return [known, seen(camera.id)].compactMap(\.self).max()
        }.max()
    }

    /// Registered, changed, confirmed by a file, or by a day of confirmation that it states.
    fileprivate func basic(of enterprise: Enterprise, in zone: Zone) -> Instant? {
        let kept = renewals[enterprise.id]?.basicAt
        let stated = CalendarDay(enterprise.facts.text("confirmedOn")).flatMap { past($0, zone) }
        // From before that was kept: nothing is older than when it was first followed.
        let registered = presence[.enterprise(enterprise.id)]?.registeredAt
        return [kept, stated].compactMap(\.self).max() ?? registered
    }

    /// The beginning of a day; what is to come confirms nothing.
    private func past(_ day: CalendarDay, _ zone: Zone) -> Instant? {
        let start = day.instant(minutes: 0, in: zone)
        return start <= instant ? start : nil
    }

    fileprivate func persons(
        _ persons: [ResponsiblePerson], of enterprise: Enterprise, in zone: Zone
    ) -> EnterpriseFreshness.Family {
        var family = EnterpriseFreshness.Family(
            family: .responsiblePersons, things: persons.count)
        if persons.isEmpty { return family }
        let verified = persons.compactMap { $0.verifiedOn.flatMap { past($0, zone) } }
        let known = verified + [renewals[enterprise.id]?.personsAt].compactMap(\.self)
        family.newestAt = known.max() ?? presence[.enterprise(enterprise.id)]?.registeredAt
        return family
    }
}
