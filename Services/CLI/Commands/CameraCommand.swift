import ArgumentParser
import Contracts
import Domain
import Foundation

/// What cameras show, and whether they can be reached.
struct CameraCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "camera", abstract: "Look after cameras: which there are, and what they show.",
        subcommands: [List.self, Probe.self, Still.self, Coverage.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List cameras: online or offline, since when, and what to see to.")

        @Option(name: .long, help: "Only what stands under this node.")
        var under: String = ""

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let answer = try await Connection.with(.ingest, connection) {
                try await $0.unary(
                    IngestV1.VideoService.listCameras,
                    IngestV1.ListCamerasRequest(underNodeID: under))
            }
            output.print(answer.cameras.map(\.record), empty: "No camera is registered.")
        }
    }

    struct Probe: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Try a camera now, and say how it stands.")

        @Argument(help: "The camera.")
        var camera: String

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let answer = try await Connection.with(.ingest, connection) {
                try await $0.unary(
                    IngestV1.VideoService.probeCamera,
                    IngestV1.ProbeCameraRequest(cameraID: camera))
            }
            if let record = answer.record { output.print(record) }
        }
    }

    struct Still: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a still of a camera now, or give out one that is kept.")

        @Argument(help: "The camera.")
        var camera: String

        @Option(name: .long, help: "The file to write the picture to, such as still.jpg.")
        var to: String?

        @Option(name: .long, help: "Not a new one: the one that is kept with this SHA-256.")
        var kept: String?

        @Flag(name: .long, help: "List those that are kept, and take none.")
        var list = false

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            if list, to != nil || kept != nil {
                throw ValidationError("--list stands alone; leave --to and --kept out.")
            }
        }

        func run() async throws {
            if list { return try await printKept() }
            let (id, hash) = (camera, kept)
            let (still, content) = try await Connection.with(.ingest, connection) { client in
                if let hash {
                    let answer = try await client.unary(
                        IngestV1.VideoService.getStill,
                        IngestV1.GetStillRequest(cameraID: id, sha256: hash))
                    return (answer.still, answer.content)
                }
                let answer = try await client.unary(
                    IngestV1.VideoService.captureStill,
                    IngestV1.CaptureStillRequest(cameraID: id))
                return (answer.still, answer.content)
            }
            if let to {
                do {
                    try Data(content).write(to: URL(fileURLWithPath: to), options: .atomic)
                } catch {
                    throw Failure.refused(
                        "\(to) cannot be written.", next: "Write another path with --to.")
                }
            }
            if let still { output.print(still.record) }
        }

        private func printKept() async throws {
            let answer = try await Connection.with(.ingest, connection) {
                try await $0.unary(
                    IngestV1.VideoService.listStills,
                    IngestV1.ListStillsRequest(cameraID: camera))
            }
            output.print(answer.stills.map(\.record), empty: "No still of \(camera) is kept.")
        }
    }

    struct Coverage: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the sources and duty centres that should have a camera, and have none.")

        @Option(name: .long, help: "Only what stands under this node.")
        var under: String = ""

        @Flag(name: .long, help: "Only where somebody must do something.")
        var missing = false

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let answer = try await Connection.with(.ingest, connection) {
                try await $0.unary(
                    IngestV1.VideoService.listCameraCoverage,
                    IngestV1.ListCameraCoverageRequest(underNodeID: under, openOnly: missing))
            }
            output.print(answer.rows.map(\.record), empty: "Nothing is missing.")
        }
    }
}

extension IngestV1.CameraStatus {
    var record: Record {
        Record([
            Field("id", "camera", .text(cameraID)),
            Field("name", "name", .text(name)),
            Field("node", "belongs to", .text(nodeID)),
            Field("shows", "shows", .text(hazardSourceID.isEmpty ? objectID : hazardSourceID)),
            Field("state", "state", .text(standing?.state ?? "")),
            Field("cause", "cause", .text(standing?.cause ?? "")),
            Field("since", "since", .time(Instant(unixMilliseconds: standing?.sinceUnixMs ?? 0))),
            Field("tried", nil, .time(Instant(unixMilliseconds: triedUnixMs))),
            Field("picture", "picture", .text(standing?.picture ?? "")),
            Field("address", nil, .text(address)),
            Field("national_code", nil, .text(nationalCode)),
            Field("purposes", nil, .text(purposes.joined(separator: "; "))),
            Field("verified_on", "verified", .text(verifiedOn)),
            Field("remarks", "remarks", .text(remarks.joined(separator: "; "))),
        ])
    }
}

extension IngestV1.ProbeCameraResponse {
    /// The camera, and what this try gave.
    var record: Record? {
        guard let camera else { return nil }
        var record = camera.record
        record.fields += [
            Field("fault", "this try failed", .text(fault)),
            Field("advice", "advice", .text(advice)),
        ]
        return record
    }
}

extension IngestV1.CameraChange {
    /// Such as `h264 1920x1080`; empty if none was seen.
    var picture: String { codec.isEmpty ? "" : "\(codec) \(width)x\(height)" }

    var record: Record {
        Record([
            Field("id", "camera", .text(cameraID)),
            Field("state", "state", .text(state)),
            Field("cause", "cause", .text(cause)),
            Field("since", "since", .time(Instant(unixMilliseconds: sinceUnixMs))),
            Field("picture", "picture", .text(picture)),
        ])
    }
}

extension IngestV1.Still {
    var record: Record {
        Record([
            Field("camera", "camera", .text(cameraID)),
            Field("taken", "taken", .time(Instant(unixMilliseconds: takenUnixMs))),
            Field("size_bytes", "bytes", .count(Int64(sizeBytes))),
            Field("sha256", "SHA-256", .text(sha256)),
        ])
    }
}

extension IngestV1.CameraCoverageRow {
    var record: Record {
        Record([
            Field("node", "belongs to", .text(nodeID)),
            Field("kind", "kind", .text(kind)),
            Field("id", "id", .text(id)),
            Field("name", "name", .text(name)),
            Field("state", "state", .text(state)),
            Field("cameras", "cameras", .count(Int64(cameras))),
            Field("online", "online", .count(Int64(online))),
            Field("reason", nil, .text(reason)),
            Field("remarks", "remarks", .text(remarks.joined(separator: "; "))),
            Field("clause", "clause", .text(clause)),
        ])
    }
}
