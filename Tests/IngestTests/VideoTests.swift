import Contracts
import Domain
import Foundation
import Ingest
import IngestCore
import RPC
import Runtime
import SimKit
import Testing

/// Cameras over RTSP against GStreamer's server, and against what is no camera. EDG-17.
@Suite(
    .serialized, .timeLimit(.minutes(20)),
    .enabled(if: LocalCommand.find("ffprobe") != nil, "run make setup, which installs ffmpeg"))
struct VideoTests {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static let pictures: [(path: String, codec: String)] = [("open", "h264"), ("mjpeg", "mjpeg")]

    /// Both servers of one test, and an ingest that knows cameras at them.
    private struct Site {
        let peer: ForeignPeer
        let ingest: IngestHost
        let hanging, nonsense: String

        func address(_ path: String, user: String = "") -> String {
            "rtsp://\(user)127.0.0.1:\(peer.port)/\(path)"
        }

        /// Registers cameras at the tank farm.
        func register(_ cameras: [(id: String, url: String)]) async throws {
            let lines = cameras.map { camera in
                "  - {id: \(camera.id), hazardSource: s1, name: 摄像头\(camera.id), "
                    + "url: \"\(camera.url)\", purposes: tank, "
                    + "nationalCode: \"34020000001320000001\"}"
            }
            try await ingest.importFile(
                "cameras:\n" + lines.joined(separator: "\n"), name: "cameras.yaml")
        }

        func probe(_ id: String) async throws -> IngestV1.CameraChange {
            let answer = try await ingest.administrator.unary(
                IngestV1.VideoService.probeCamera, IngestV1.ProbeCameraRequest(cameraID: id))
            return try #require(answer.camera?.standing)
        }

        func capture(_ id: String) async throws -> IngestV1.CaptureStillResponse {
            try await ingest.administrator.unary(
                IngestV1.VideoService.captureStill, IngestV1.CaptureStillRequest(cameraID: id))
        }

        func list(by client: RPCClient? = nil) async throws -> [IngestV1.CameraStatus] {
            try await (client ?? ingest.administrator).unary(
                IngestV1.VideoService.listCameras, IngestV1.ListCamerasRequest()
            ).cameras
        }

        func journal(_ kind: String = "") async throws -> [JournalV1.Entry] {
            let stream = try await ingest.administrator.serverStreaming(
                JournalV1.JournalService.subscribe,
                JournalV1.SubscribeRequest(
                    kindPrefixes: kind.isEmpty ? [] : [kind], storedOnly: true))
            var entries: [JournalV1.Entry] = []
            for try await item in stream { if let entry = item.entry { entries.append(entry) } }
            return entries
        }
    }

    /// Runs `body`, and says how long the service took to stop.
    @discardableResult
    private static func with(
        limit: Int = 60, settings: [(name: String, value: String)] = [],
        _ body: (Site) async throws -> Void
    ) async throws -> Duration {
        let peer = try await ForeignPeer.debianScript("IngestTests/python/cameras.py", root: root)
        let ports = try #require(try await peer.wait(for: "ports").first)
        let own = [(name: "camera-limit-seconds", value: "\(limit)")] + settings
        let host = try await TestHost([IngestService.self], own: ["ingest": own])
        let ingest = IngestHost(
            host: host, administrator: try await host.client(of: "ingest", as: .administrator))
        _ = try await ingest.importFile(cityYAML)
        let site = Site(
            peer: peer, ingest: ingest, hanging: "rtsp://127.0.0.1:\(ports["hanging"])/x",
            nonsense: "rtsp://127.0.0.1:\(ports["nonsense"])/x")
        try await body(site)
        let asked = ContinuousClock.now
        try await ingest.stop()
        let took = ContinuousClock.now - asked
        peer.end()
        return took
    }

    /// A camera that works is online with its picture, told once in the journal, and gives stills,
    /// of which the last ones are kept.
    @Test(arguments: pictures)
    func aCameraIsProbedAndGivesStills(row: (path: String, codec: String)) async throws {
        try await Self.with(settings: [("stills-per-camera", "2")]) { site in
            try await site.register([("m1", site.address(row.path))])
            for _ in 1...2 {
                let standing = try await site.probe("m1")
                #expect(standing.state == "online" && standing.cause.isEmpty)
                #expect(standing.codec == row.codec)
                #expect(standing.width == 320 && standing.height == 240)
            }
            let told = try await site.journal("ingest.camera_changed")
            #expect(told.map(\.subject) == ["m1"])
            #expect(told.first?.nodeID == "e1")
            var taken: [String] = []
            for _ in 1...3 {
                let answer = try await site.capture("m1")
                let still = try #require(answer.still)
                #expect(answer.content.starts(with: [0xFF, 0xD8, 0xFF]))
                #expect(Int(still.sizeBytes) == answer.content.count)
                taken.removeAll { $0 == still.sha256 }
                taken.insert(still.sha256, at: 0)
                let kept = try await site.ingest.administrator.unary(
                    IngestV1.VideoService.getStill,
                    IngestV1.GetStillRequest(cameraID: "m1", sha256: still.sha256))
                #expect(kept.content == answer.content)
            }
            let kept = try await site.ingest.administrator.unary(
                IngestV1.VideoService.listStills, IngestV1.ListStillsRequest(cameraID: "m1"))
            #expect(kept.stills.map(\.sha256) == Array(taken.prefix(2)))
            if taken.count > 2 {
                let gone = await status {
                    _ = try await site.ingest.administrator.unary(
                        IngestV1.VideoService.getStill,
                        IngestV1.GetStillRequest(cameraID: "m1", sha256: taken[2]))
                }
                #expect(gone?.code == .notFound)
            }
        }
    }

    /// User and password open the camera, and stand nowhere else.
    @Test func thePasswordOfACameraIsShownToNobody() async throws {
        try await Self.with { site in
            let secret = "viewer:pass%3Aword"
            try await site.register([
                ("m1", site.address("locked", user: secret + "@")),
                ("m2", site.address("locked", user: "viewer:wrong@")),
                ("m3", site.address("locked")),
            ])
            #expect(try await site.probe("m1").state == "online")
            for id in ["m2", "m3"] {
                let standing = try await site.probe(id)
                #expect(standing.state == "offline" && standing.cause == "unauthorised")
                let still = await status { _ = try await site.capture(id) }
                #expect(still?.code == .unavailable)
                #expect(still?.message.contains("wrong") == false)
            }
            let client = site.ingest.administrator
            let cameras = try await site.list()
            #expect(cameras.first?.address == site.address("locked", user: "***@"))
            #expect(cameras.first?.nationalCode == "34020000001320000001")
            let export = try await client.unary(
                IngestV1.RegistryService.export, IngestV1.ExportRequest(format: "yaml"))
            let asked = try await client.unary(
                IngestV1.RegistryService.proposeChange,
                IngestV1.ProposeChangeRequest(
                    id: "r1", kind: "camera", entryID: "m1",
                    fields: [
                        IngestV1.FieldChange(
                            field: "url", after: "rtsp://viewer:wrong@127.0.0.1/x")
                    ], reason: "换密码"))
            let listed = try await client.unary(
                IngestV1.RegistryService.list, IngestV1.ListRequest())
            let dry = try await site.ingest.importFile(
                "cameras:\n  - {id: m1, hazardSource: s1, name: 甲, url: \"rtsp://u:wrong@h/x\"}",
                dryRun: true)
            var answers = try await site.journal().map(\.body)
            answers += cameras.map { $0.serialized() }
            answers += [
                export.content, asked.serialized(), listed.serialized(), dry.serialized(),
            ]
            for answer in answers {
                let text = String(decoding: answer, as: UTF8.self)
                #expect(!text.contains("pass%3A") && !text.contains("wrong"))
            }
            // What was exported comes back as nothing new, with the password still known.
            let back = try await site.ingest.importFile(
                String(decoding: export.content, as: UTF8.self), name: "back.yaml", dryRun: true)
            #expect(back.changed == 0 && back.added == 0)
            #expect(try await site.probe("m1").state == "online")
        }
    }

    /// What hangs, refuses, answers nonsense or does not know the path is offline, each for its
    /// reason, and within the time.
    @Test func eachBrokenCameraIsOfflineForItsReason() async throws {
        try await Self.with(limit: 5) { site in
            try await site.register([
                ("m1", site.hanging), ("m2", "rtsp://127.0.0.1:1/x"), ("m3", site.nonsense),
                ("m4", site.address("nowhere")), ("m5", "rtsp://nowhere.invalid/x"),
            ])
            let causes: [(id: String, causes: Set<String>)] = [
                ("m1", ["timedOut"]), ("m2", ["refused"]), ("m3", ["timedOut", "noPicture"]),
                ("m4", ["notFound"]), ("m5", ["unknownHost"]),
            ]
            for row in causes {
                let standing = try await site.probe(row.id)
                #expect(standing.state == "offline")
                // A slow machine is out of time before it has heard.
                #expect(row.causes.union(["timedOut"]).contains(standing.cause), "\(row)")
                let still = await status { _ = try await site.capture(row.id) }
                #expect(still?.code == .unavailable)
            }
            // Who was ended has let go of its connection.
            try await site.peer.wait(for: "hanging-went", count: 2)
            let remarks = try await site.list().map(\.remarks)
            #expect(remarks.allSatisfy { $0.contains { $0.contains("offline") } })
        }
    }

    /// Cameras that hang for as long as they like keep no other from being tried; who asks for one
    /// of them and goes away ends the try, and a stop waits for none.
    @Test func hangingCamerasDelayNobody() async throws {
        let stop = try await Self.with(limit: 120, settings: [("cameras-at-once", "4")]) { site in
            try await site.register((1...3).map { ("h\($0)", site.hanging) })
            try await site.peer.wait(for: "hanging-came", count: 3)
            try await site.register([("m1", site.address("open")), ("m2", site.address("mjpeg"))])
            try await site.ingest.host.until {
                try await site.list().filter { $0.standing?.state == "online" }.count == 2
            }
            #expect(site.peer.count("hanging-went") == 0)
            let first = Task { _ = try? await site.capture("h1") }
            try await site.peer.wait(for: "hanging-came", count: 4)
            let second = await status { _ = try await site.capture("h1") }
            #expect(second?.code == .resourceExhausted)
            #expect(try await site.probe("m1").state == "online")
            first.cancel()
            try await site.peer.wait(for: "hanging-went", count: 1)
        }
        #expect(stop < .seconds(60))
    }

    /// Whoever may not see a camera can neither try it nor have its pictures.
    @Test func camerasOfOthersAreNotThere() async throws {
        try await Self.with { site in
            try await site.register([("m1", site.address("open"))])
            let other = try await site.ingest.officer(of: "d2")
            let probe = await status {
                _ = try await other.unary(
                    IngestV1.VideoService.probeCamera, IngestV1.ProbeCameraRequest(cameraID: "m1"))
            }
            let still = await status {
                _ = try await other.unary(
                    IngestV1.VideoService.listStills, IngestV1.ListStillsRequest(cameraID: "m1"))
            }
            #expect(probe?.code == .notFound && still?.code == .notFound)
            #expect(try await site.list(by: other).isEmpty)
            await other.close()
            let gateway = try await site.ingest.gateway("g1", of: "e1")
            let asked = await status { _ = try await site.list(by: gateway) }
            #expect(asked?.code == .permissionDenied)
            await gateway.close()
        }
    }

    /// Without ffmpeg the service runs, and says what is missing to who asks.
    @Test func withoutItsProgramsItSaysSo() async throws {
        let folder = try TemporaryFolder()
        try await Self.with(settings: [("video-programs", folder.path)]) { site in
            try await site.register([("m1", site.address("open"))])
            let refused = await status { _ = try await site.probe("m1") }
            #expect(refused?.code == .failedPrecondition)
            #expect(refused?.message.contains("ffmpeg") == true)
            #expect(try await site.list().first?.standing?.state == "untried")
        }
    }
}
