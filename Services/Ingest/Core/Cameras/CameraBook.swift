package import Domain

/// What is seen of a camera's picture.
package struct CameraPicture: Hashable, Codable, Sendable {
    /// Such as `h264`.
    package var codec: String
    package var width: Int
    package var height: Int

    package init(codec: String, width: Int, height: Int) {
        (self.codec, self.width, self.height) = (codec, width, height)
    }
}

/// Why no picture came.
package enum CameraFault: String, CaseIterable, Codable, Error {
    /// Nobody knows the host.
    case unknownHost
    /// The host is there, and nothing listens.
    case refused
    /// No way leads to the host.
    case unreachable
    /// Nothing came in time.
    case timedOut
    /// User or password is wrong or missing.
    case unauthorised
    /// The camera does not know the path.
    case notFound
    /// Something came, and no picture.
    case noPicture
    /// Its address lies where no camera may, by the operator's setting; nothing was tried.
    case outside
    /// Anything else.
    case failed
}

/// What one try of a camera gave.
package struct CameraReport: Sendable, Equatable {
    package enum Outcome: Sendable, Equatable {
        case picture(CameraPicture)
        /// A still was taken; it does not say how the picture is coded.
        case still
        case fault(CameraFault)

        package var isOnline: Bool {
            switch self {
            case .picture, .still: true
            case .fault: false
            }
        }
    }

    package var camera: CameraID
    package var outcome: Outcome

    package init(_ camera: CameraID, _ outcome: Outcome) {
        (self.camera, self.outcome) = (camera, outcome)
    }
}

/// How a camera stands, by what was last proven: one failure is chance and changes nothing, two in
/// a row are offline, one picture or still is online.
package struct CameraStanding: Hashable, Codable, Sendable {
    package enum State: String, CaseIterable, Codable, Sendable {
        /// Neither was proven.
        case untried
        case online, offline
    }

    package var camera: CameraID
    package var state: State
    /// The last picture that was seen.
    package var picture: CameraPicture?
    /// Why the last try failed; nil: it did not. If it is not offline, it failed once.
    package var fault: CameraFault?
    /// Since when it is in this state.
    package var since: Instant

    /// The key of its stored part.
    package var partKey: String { Self.partKey(of: camera) }

    package static func partKey(of camera: CameraID) -> String { "cameraStanding/" + camera.text }

    /// Why it is offline; nil: it is not.
    package var cause: CameraFault? { state == .offline ? fault : nil }

    /// Why the last try failed, if that is not yet proof; nil: it did not, or it is.
    package var doubt: CameraFault? { state == .offline ? nil : fault }

    /// True if somebody would want to know it who knew `before`.
    package func isNews(after before: CameraStanding?) -> Bool {
        state != before?.state ?? .untried || picture != before?.picture || cause != before?.cause
    }
}

/// What a report of a camera makes us write down.
package enum CameraEffect: Sendable, Equatable {
    /// A camera stands otherwise than before; `node` is where it belongs in the tree.
    case changed(CameraStanding, node: NodeID)
}

/// Keeps how cameras stand, and tells what is new from what is said again.
package struct CameraBook: Sendable {
    private var standings: [CameraID: CameraStanding] = [:]
    private var changed: Set<CameraID> = []

    package init(_ standings: [CameraStanding] = []) {
        for standing in standings { restore(standing) }
    }

    /// Takes what a try gave; a camera that went meanwhile has no standing.
    mutating func take(
        _ report: CameraReport, at now: Instant, registry: Registry
    ) -> [CameraEffect] {
        guard let camera = registry.cameras[report.camera],
            let node = registry.node(of: .camera(camera)),
            let after = standing(after: report, at: now)
        else { return [] }
        let isNews = after.isNews(after: standings[camera.id])
        standings[camera.id] = after
        changed.insert(camera.id)
        return isNews ? [.changed(after, node: node)] : []
    }

    /// What is removed takes its standing along.
    mutating func follow(_ effect: RegistryMachine.Effect) {
        guard case .recorded(let record, _) = effect, record.isRemoval,
            record.change.kind == .camera
        else { return }
        let camera = CameraID(record.change.id)
        if standings.removeValue(forKey: camera) != nil { changed.insert(camera) }
    }

    /// What is to be stored since the last call; nil: nothing is kept any more.
    mutating func takeChanged() -> [(key: String, part: CameraStanding?)] {
        defer { changed = [] }
        return changed.sorted().map { (CameraStanding.partKey(of: $0), standings[$0]) }
    }

    package subscript(camera: CameraID) -> CameraStanding? { standings[camera] }

    /// How the camera stands after a report; nil if that says nothing new.
    package func standing(after report: CameraReport, at now: Instant) -> CameraStanding? {
        let before = standings[report.camera]
        var after =
            before
            ?? CameraStanding(
                camera: report.camera, state: .untried, picture: nil, fault: nil, since: now)
        switch report.outcome {
        case .picture(let picture):
            (after.state, after.picture, after.fault) = (.online, picture, nil)
        case .still: (after.state, after.fault) = (.online, nil)
        case .fault(let fault):
            if before?.fault != nil { after.state = .offline }
            after.fault = fault
        }
        if after.state != before?.state { after.since = now }
        return after == before ? nil : after
    }

    /// How many cameras of a registry are in each state.
    package func counts(of registry: Registry) -> [CameraStanding.State: Int] {
        let states = registry.cameras.values.map { standings[$0.id]?.state ?? .untried }
        return Dictionary(grouping: states, by: \.self).mapValues(\.count)
    }

    mutating func restore(_ standing: CameraStanding) { standings[standing.camera] = standing }
}
