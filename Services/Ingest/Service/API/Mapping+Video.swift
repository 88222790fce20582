import Contracts
import Domain
import IngestCore

extension IngestV1.CameraChange {
    init(_ standing: CameraStanding) {
        self.init(
            cameraID: standing.camera.text, state: standing.state.rawValue,
            cause: standing.cause?.rawValue ?? "",
            sinceUnixMs: standing.since.unixMilliseconds, codec: standing.picture?.codec ?? "",
            width: UInt32(clamping: standing.picture?.width ?? 0),
            height: UInt32(clamping: standing.picture?.height ?? 0))
    }
}

extension IngestV1.Still {
    init(_ still: Still) {
        self.init(
            cameraID: still.camera.text, sha256: still.hash,
            takenUnixMs: still.takenAt.unixMilliseconds,
            sizeBytes: UInt32(clamping: still.byteCount))
    }
}

extension IngestV1.CameraCoverageRow {
    init(_ one: CameraCoverageRow) {
        self.init(
            nodeID: one.row.node.text, kind: one.row.subject.kind.rawValue,
            id: one.row.subject.id, name: one.row.name, state: one.row.state.rawValue,
            cameras: UInt32(clamping: one.row.found), online: UInt32(clamping: one.online),
            reason: one.row.reason, remarks: one.remarks, clause: one.row.clause)
    }
}
