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
package enum CameraFault: String, CaseIterable, Codable, Sendable {
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
    /// Anything else.
    case failed
}

/// What one try of a camera gave.
package struct CameraReport: Sendable, Equatable {
    package enum Outcome: Sendable, Equatable {
        case picture(CameraPicture)
        case fault(CameraFault)
    }

    package var camera: CameraID
    package var outcome: Outcome

    package init(_ camera: CameraID, _ outcome: Outcome) {
        (self.camera, self.outcome) = (camera, outcome)
    }
}

/// How a camera stands: online with a picture, or offline for a reason.
package struct CameraStanding: Hashable, Codable, Sendable {
    package enum State: String, CaseIterable, Codable, Sendable {
        case online, offline
    }

    package var camera: CameraID
    package var state: State
    /// The last picture that was seen.
    package var picture: CameraPicture?
    /// Nil: it is online.
    package var fault: CameraFault?
    /// Since when it is online, or offline.
    package var since: Instant

    /// The key of its stored part.
    package var partKey: String { Self.partKey(of: camera) }

    package static func partKey(of camera: CameraID) -> String { "cameraStanding/" + camera.text }
}

/// Keeps how cameras stand, and tells what is new from what is said again.
package struct CameraBook: Sendable {
    private var standings: [CameraID: CameraStanding] = [:]

    package init(_ standings: [CameraStanding] = []) {
        for standing in standings { put(standing) }
    }

    package subscript(camera: CameraID) -> CameraStanding? { standings[camera] }

    /// How the camera stands after a report; nil if that says nothing new.
    package func standing(after report: CameraReport, at now: Instant) -> CameraStanding? {
        let before = standings[report.camera]
        var after: CameraStanding
        switch report.outcome {
        case .picture(let picture):
            after = CameraStanding(
                camera: report.camera, state: .online, picture: picture, fault: nil, since: now)
        case .fault(let fault):
            after = CameraStanding(
                camera: report.camera, state: .offline, picture: before?.picture, fault: fault,
                since: now)
        }
        if let before, before.state == after.state { after.since = before.since }
        return after == before ? nil : after
    }

    mutating func put(_ standing: CameraStanding) { standings[standing.camera] = standing }

    /// True if something was known of it.
    mutating func remove(_ camera: CameraID) -> Bool {
        standings.removeValue(forKey: camera) != nil
    }
}
