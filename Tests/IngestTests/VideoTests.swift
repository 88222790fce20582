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

        /// Registers cameras at a tank farm.
        func register(
            _ cameras: [(id: String, url: String)], at source: String = "s1"
        ) async throws {
            let lines = cameras.map { camera in
                "  - {id: \(camera.id), hazardSource: \(source), name: 摄像头\(camera.id), "
                    + "url: \"\(camera.url)\", purposes: tank, "
                    + "nationalCode: \"34020000001320000001\"}"
            }
            try await ingest.importFile(
                "cameras:\n" + lines.joined(separator: "\n"), name: "cameras.yaml")
        }

        func probe(_ id: String) async throws -> IngestV1.CameraChange {
            try #require(try await tryNow(id).camera?.standing)
        }

        func tryNow(_ id: String) async throws -> IngestV1.ProbeCameraResponse {
            try await ingest.administrator.unary(
                IngestV1.VideoService.probeCamera, IngestV1.ProbeCameraRequest(cameraID: id))
        }

        func standing(_ id: String) async throws -> IngestV1.CameraChange? {
            try await list().first { $0.cameraID == id }?.standing
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

        func metrics() async throws -> String {
            try await ingest.host.admin("ingest", "/metrics").body
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
        limit: Int = 60, networks: String? = "127.0.0.0/8",
        settings: [(name: String, value: String)] = [],
        _ body: (Site) async throws -> Void
    ) async throws -> Duration {
        let peer = try await ForeignPeer.debianScript("IngestTests/python/cameras.py", root: root)
        let ports = try #require(try await peer.wait(for: "ports").first)
        var own = [(name: "camera-limit-seconds", value: "\(limit)")] + settings
        if let networks { own.append((name: "camera-networks", value: networks)) }
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
                let answer = try await site.tryNow(id)
                #expect(answer.fault == "unauthorised" && answer.advice.contains("password"))
                let still = await status { _ = try await site.capture(id) }
                #expect(still?.code == .failedPrecondition)
                #expect(still?.message.contains("wrong") == false)
                let standing = try await site.standing(id)
                #expect(standing?.state == "offline" && standing?.cause == "unauthorised")
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
            let open = try await client.unary(
                IngestV1.RegistryService.listChanges, IngestV1.ListChangesRequest())
            #expect(open.changes.map(\.id) == ["r1"])
            // A refusal repeats no secret either.
            let refused = await status {
                _ = try await site.ingest.importFile(
                    "cameras:\n  - {id: m1, hazardSource: s9, name: 甲, url: \"rtsp://u:wrong@h/x"
                        + String(repeating: "x", count: 600) + "\"}")
            }
            #expect(refused?.code == .invalidArgument)
            let listed = try await client.unary(
                IngestV1.RegistryService.list, IngestV1.ListRequest())
            let dry = try await site.ingest.importFile(
                "cameras:\n  - {id: m1, hazardSource: s1, name: 甲, url: \"rtsp://u:wrong@h/x\"}",
                dryRun: true)
            var answers = try await site.journal().map(\.body)
            answers += cameras.map { $0.serialized() }
            answers += [
                export.content, asked.serialized(), open.serialized(), listed.serialized(),
                dry.serialized(), Array("\(refused as Any)".utf8),
            ]
            answers += refused?.details.map(\.value) ?? []
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
                let answer = try await site.tryNow(row.id)
                // A slow machine is out of time before it has heard.
                let causes = row.causes.union(["timedOut"])
                #expect(causes.contains(answer.fault) && !answer.advice.isEmpty, "\(row)")
                let still = await status { _ = try await site.capture(row.id) }
                #expect(still?.code == .failedPrecondition)
                let standing = try await site.standing(row.id)
                #expect(standing?.state == "offline", "\(row)")
                #expect(causes.contains(standing?.cause ?? ""), "\(row)")
            }
            // Who was ended has let go of its connection.
            try await site.peer.wait(for: "hanging-went", count: 2)
            let remarks = try await site.list().map(\.remarks)
            #expect(remarks.allSatisfy { $0.contains { $0.contains("offline") } })
            try await site.ingest.host.until {
                try await site.metrics().contains("ingest_cameras{state=\"offline\"} 5.0\n")
            }
            let metrics = try await site.metrics()
            #expect(metrics.contains("ingest_cameras{state=\"online\"} 0.0\n"))
            #expect(!metrics.contains("ingest_camera_failures_total{cause=\"refused\"} 0\n"))
        }
    }

    /// New cameras that hang for as long as they like keep no camera of another enterprise from
    /// being tried; who asks for one of them and goes away ends the try, and a stop waits for none.
    @Test func hangingCamerasDelayNobody() async throws {
        let stop = try await Self.with(limit: 120, settings: [("cameras-at-once", "8")]) { site in
            try await site.register((1...9).map { ("h\($0)", site.hanging) })
            try await site.peer.wait(for: "hanging-came", count: 2)
            try await site.register(
                [("m1", site.address("open")), ("m2", site.address("mjpeg"))], at: "s2")
            try await site.ingest.host.until {
                try await site.list().filter { $0.standing?.state == "online" }.count == 2
            }
            #expect(site.peer.count("hanging-went") == 0)
            let first = Task { _ = try? await site.capture("h1") }
            try await site.peer.wait(for: "hanging-came", count: 3)
            let second = await status { _ = try await site.capture("h1") }
            #expect(second?.code == .resourceExhausted)
            #expect(try await site.probe("m1").state == "online")
            first.cancel()
            try await site.peer.wait(for: "hanging-went", count: 1)
        }
        #expect(stop < .seconds(60))
    }

    /// Nothing that lies outside of the networks of cameras is connected to, however it is written;
    /// a name is looked up first. The machine of ingest is outside unless the operator says so.
    @Test func whatLiesOutsideOfItsNetworksIsNotTouched() async throws {
        try await Self.with(networks: nil) { site in
            let port = site.hanging.split(separator: ":").last.map(String.init) ?? ""
            let hosts = [
                "127.0.0.1", "localhost", "127.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]",
            ]
            try await site.register(
                hosts.enumerated().map { ("m\($0.offset)", "rtsp://\($0.element):\(port)") })
            for (number, host) in hosts.enumerated() {
                #expect(try await site.tryNow("m\(number)").fault == "outside", "\(host)")
                let still = await status { _ = try await site.capture("m\(number)") }
                #expect(still?.message.contains("camera-networks") == true, "\(host)")
            }
            #expect(site.peer.count("hanging-came") == 0)
        }
    }

    /// A camera that has a name is found by it, and a still alone makes it online.
    @Test func aCameraWithANameIsFoundAndAStillProvesIt() async throws {
        try await Self.with(settings: [("camera-every-minutes", "1440")]) { site in
            // Offline first: nothing is there.
            try await site.register([("m1", "rtsp://localhost:1/open")])
            for _ in 1...2 { _ = await status { _ = try await site.capture("m1") } }
            #expect(try await site.standing("m1")?.state == "offline")
            try await site.register([("m1", "rtsp://localhost:\(site.peer.port)/open")])
            _ = try await site.capture("m1")
            #expect(try await site.standing("m1")?.state == "online")
        }
    }

    /// What is kept of a camera goes when it does, and nothing else.
    @Test func stillsOfARemovedCameraGo() async throws {
        try await Self.with { site in
            try await site.register([
                ("m1", site.address("open")), ("m:2", site.address("mjpeg")),
            ])
            for id in ["m1", "m:2"] { _ = try await site.capture(id) }
            func folders() -> [String] {
                let folder = site.ingest.host.folder.path + "/ingest/stills"
                return (try? FileManager.default.contentsOfDirectory(atPath: folder))?.sorted()
                    ?? []
            }
            #expect(folders() == ["m%3A2", "m1"])
            let works = try await site.ingest.officer(of: "e1")
            let county = try await site.ingest.host.client(
                of: "ingest", as: .officer, node: NodeID("d1"), subject: "county-1")
            _ = try await works.unary(
                IngestV1.RegistryService.proposeChange,
                IngestV1.ProposeChangeRequest(
                    id: "r1", kind: "camera", entryID: "m:2", isRemoval: true, reason: "拆除"))
            _ = try await county.unary(
                IngestV1.RegistryService.reviewChange,
                IngestV1.ReviewChangeRequest(id: "r1", verdict: "accept"))
            try await site.ingest.host.until { folders() == ["m1"] }
            let kept = try await site.ingest.administrator.unary(
                IngestV1.VideoService.listStills, IngestV1.ListStillsRequest(cameraID: "m1"))
            #expect(kept.stills.count == 1)
            for client in [works, county] { await client.close() }
        }
    }

    /// A setting that names no network stops the start, and says which part is wrong.
    @Test func aNetworkThatIsNoneIsRefusedAtTheStart() async throws {
        await #expect { try await Self.with(networks: "192.0.2.0/24, plant") { _ in } } throws: {
            "\($0)".contains("camera-networks") && "\($0)".contains("plant is neither")
        }
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
