import Contracts
import Domain
import IngestCore
import RPC
import Runtime

/// Serves `VideoService`.
struct VideoAPI: Sendable {
    let desk: VideoDesk
    let engine: Engine<IngestMachine>
    let registry: RegistrySnapshot
    let registryAPI: RegistryAPI
    let packs: Packs
    let clock: any TimeSource

    func register(in router: inout RPCRouter) {
        router.describe(IngestV1.VideoService.file)
        router.unary(IngestV1.VideoService.listCameras) { request, call in
            try await list(request, call.principal())
        }
        router.unary(IngestV1.VideoService.probeCamera) { request, call in
            try await probe(request, call.principal())
        }
        router.unary(IngestV1.VideoService.captureStill) { request, call in
            try await capture(request, call.principal())
        }
        router.unary(IngestV1.VideoService.listStills) { request, call in
            let (camera, _) = try self.camera(request.cameraID, call.principal())
            let stills = await desk.stills.list(of: camera.id)
            return IngestV1.ListStillsResponse(stills: stills.map { IngestV1.Still($0) })
        }
        router.unary(IngestV1.VideoService.getStill) { request, call in
            try await still(request, call.principal())
        }
        router.unary(IngestV1.VideoService.listCameraCoverage) { request, call in
            try await coverage(request, call.principal())
        }
    }

    private func list(
        _ request: IngestV1.ListCamerasRequest, _ principal: Principal
    ) async throws -> IngestV1.ListCamerasResponse {
        let isSeen = try registry.seen(request.underNodeID, principal)
        let standings = try await engine.read { $0.cameras }
        let known = registry.current.registry
        let rows = known.cameras.values.compactMap { camera -> IngestV1.CameraStatus? in
            guard let node = known.node(of: .camera(camera)), isSeen(node) else { return nil }
            return status(camera, node, standings[camera.id])
        }
        return IngestV1.ListCamerasResponse(cameras: try registryAPI.bounded(rows))
    }

    private func coverage(
        _ request: IngestV1.ListCameraCoverageRequest, _ principal: Principal
    ) async throws -> IngestV1.ListCameraCoverageResponse {
        let isSeen = try registry.seen(request.underNodeID, principal)
        let standings = try await engine.read { $0.cameras }
        let today = CalendarDay(of: clock.now())
        let rows = registry.current.registry
            .cameraCoverage(by: packs, standings: standings, on: today)
            .filter { isSeen($0.row.node) && !(request.openOnly && !$0.isOpen) }
        return IngestV1.ListCameraCoverageResponse(
            rows: try registryAPI.bounded(rows).map { IngestV1.CameraCoverageRow($0) })
    }

    private func probe(
        _ request: IngestV1.ProbeCameraRequest, _ principal: Principal
    ) async throws -> IngestV1.ProbeCameraResponse {
        let (camera, node) = try self.camera(request.cameraID, principal)
        let (tool, source) = try means(of: camera)
        let report = try await answering(camera) {
            try await desk.probe(camera.id, source, by: tool)
        }
        let standing = try await engine.read { $0.cameras[camera.id] }
        let fault: CameraFault? =
            if case .fault(let fault) = report.outcome { fault } else { nil }
        return IngestV1.ProbeCameraResponse(
            camera: status(camera, node, standing), fault: fault?.rawValue ?? "",
            advice: fault?.sentence ?? "")
    }

    private func capture(
        _ request: IngestV1.CaptureStillRequest, _ principal: Principal
    ) async throws -> IngestV1.CaptureStillResponse {
        let (camera, _) = try self.camera(request.cameraID, principal)
        let (tool, source) = try means(of: camera)
        return try await answering(camera) {
            switch await tool.capture(source) {
            case .still(let bytes):
                // What is kept of a camera goes with it.
                _ = try self.camera(request.cameraID, principal)
                try await desk.take(CameraReport(camera.id, .still))
                let still = try await desk.stills.keep(bytes, of: camera.id, at: clock.now())
                return IngestV1.CaptureStillResponse(still: IngestV1.Still(still), content: bytes)
            case .fault(let fault):
                try await desk.take(CameraReport(camera.id, .fault(fault)))
                throw RPCStatus(
                    .failedPrecondition,
                    "Camera \(camera.id) gave no picture: \(fault.sentence) Nothing was kept.")
            case .abandoned: throw CancellationError()
            }
        }
    }

    private func still(
        _ request: IngestV1.GetStillRequest, _ principal: Principal
    ) async throws -> IngestV1.GetStillResponse {
        let (camera, _) = try self.camera(request.cameraID, principal)
        do {
            guard let (still, bytes) = try await desk.stills.read(request.sha256, of: camera.id)
            else {
                throw RPCStatus(
                    .notFound,
                    "No picture \(request.sha256.prefix(64)) is kept of camera \(camera.id); only "
                        + "the last ones are. `hazwatch camera still \(camera.id) --list` has them."
                )
            }
            return IngestV1.GetStillResponse(still: IngestV1.Still(still), content: bytes)
        } catch let failure as StillStore.Failure {
            throw RPCStatus(
                .dataLoss, "The picture cannot be given out: \(failure). Take another.")
        }
    }

    // MARK: What a call needs

    /// What a token may not see is as if it were not there.
    private func camera(
        _ id: String, _ principal: Principal
    ) throws(RPCStatus) -> (Camera, NodeID) {
        try principal.require(.service, .officer, .administrator)
        let view = registry.current
        guard let camera = view.registry.cameras[CameraID(id)],
            let node = view.registry.node(of: .camera(camera)),
            view.isVisible(node, to: principal)
        else {
            throw RPCStatus(
                .notFound,
                "There is no camera \"\(id.prefix(RegistryLimits.idMax))\" that the token of "
                    + "\(principal.subject) may see. `hazwatch camera list` has them.")
        }
        return (camera, node)
    }

    private func means(of camera: Camera) throws(RPCStatus) -> (VideoTool, VideoSource) {
        guard let source = VideoSource(camera) else {
            throw RPCStatus(
                .failedPrecondition,
                "Camera \(camera.id) has no address that can be opened. Register its url, such as "
                    + "rtsp://192.0.2.1/stream.")
        }
        guard let tool = desk.tool else {
            throw RPCStatus(
                .failedPrecondition,
                "ffprobe and ffmpeg are not on the machine of ingest. Install the package ffmpeg, "
                    + "or name their folder in the setting video-programs, and start it again.")
        }
        return (tool, source)
    }

    /// Runs what tries the camera in one of the places for callers, and says what went wrong.
    private func answering<Answer: Sendable>(
        _ camera: Camera, _ body: () async throws -> Answer
    ) async throws -> Answer {
        do {
            return try await desk.place(for: camera.id, body)
        } catch let busy as VideoDesk.Busy {
            let what =
                switch busy {
                case .sameCamera: "Camera \(camera.id) is being tried at this moment."
                case .allPlaces: "As many cameras are being tried for callers as may be."
                }
            throw RPCStatus(.resourceExhausted, what + " Try again in a few seconds.")
        } catch let failure as StillStore.Failure {
            throw RPCStatus(
                .resourceExhausted,
                "The picture was taken and could not be kept: \(failure). The operator must look "
                    + "at the disk of ingest.")
        } catch let failure as EngineFailure {
            throw RPCStatus(failure)
        }
    }

    private func status(
        _ camera: Camera, _ node: NodeID, _ standing: CameraStanding?
    ) -> IngestV1.CameraStatus {
        let facts = camera.facts
        return IngestV1.CameraStatus(
            cameraID: camera.id.text, name: camera.name, nodeID: node.text,
            hazardSourceID: camera.hazardSource?.text ?? "", objectID: camera.object?.text ?? "",
            address: CameraAddress.masked(facts.text(Camera.addressField)),
            nationalCode: facts.text("nationalCode"), purposes: facts["purposes"]?.words ?? [],
            verifiedOn: facts.text("verifiedOn"),
            triedUnixMs: desk.triedAt(camera.id)?.unixMilliseconds ?? 0,
            standing: standing.map { IngestV1.CameraChange($0) }
                ?? IngestV1.CameraChange(cameraID: camera.id.text, state: "untried"),
            remarks: camera.remarks(standing, on: CalendarDay(of: clock.now())))
    }
}

extension CameraFault {
    /// What it means, and what to do.
    var sentence: String {
        switch self {
        case .unknownHost: "nobody knows its host; correct the address."
        case .refused: "its host refuses; see whether the camera runs, and on which port."
        case .unreachable: "no way leads to it; see to the network."
        case .timedOut: "nothing came in time; see whether the camera hangs."
        case .unauthorised: "it wants another user or password; correct the address."
        case .notFound: "it does not know the path; correct the address."
        case .noPicture: "what came is no picture; see whether it is a camera."
        case .outside:
            "its address lies outside of the networks that cameras may lie in; correct it, or add "
                + "its network to the setting camera-networks."
        case .failed: "it failed for a reason that is not known."
        }
    }
}
