package import IngestCore
import Runtime

/// Opens the streams of cameras with ffprobe and ffmpeg, each in a process of its own that is ended
/// when its time is over.
///
/// The address goes to its standard input: arguments can be read by everybody on the machine. What
/// it says of a failure becomes one word of ours and is forgotten, as it repeats the address.
package struct VideoTool: Sendable {
    package enum Probe: Sendable, Equatable {
        case picture(CameraPicture)
        case fault(CameraFault)
        /// We stopped it; that says nothing of the camera.
        case abandoned
    }

    package enum Capture: Sendable, Equatable {
        case still([UInt8])
        case fault(CameraFault)
        case abandoned
    }

    package static let programs = ["ffprobe", "ffmpeg"]

    private let ffprobe, ffmpeg: String
    private let limit: Duration
    private let networks: CameraNetworks

    /// The programs in a folder, or, if it is empty, in PATH; nil if one of them is not there.
    package init?(folder: String, limit: Duration, networks: CameraNetworks) {
        let names = Self.programs
        let paths = names.compactMap { name in
            folder.isEmpty ? LocalCommand.find(name) : LocalCommand.find(name, in: folder)
        }
        guard paths.count == names.count else { return nil }
        (ffprobe, ffmpeg) = (paths[0], paths[1])
        (self.limit, self.networks) = (limit, networks)
    }

    /// Whether a picture comes, and which.
    package func probe(_ source: VideoSource) async -> Probe {
        do throws(CameraFault) {
            let said = try await run(
                ffprobe, source,
                [
                    "-select_streams", "v:0", "-show_entries", "stream=codec_name,width,height",
                    "-of", "default=noprint_wrappers=1",
                ], outputBytesMax: RuntimeLimits.commandWordsBytesMax)
            guard let picture = Self.picture(String(decoding: said, as: UTF8.self)) else {
                throw .noPicture
            }
            return .picture(picture)
        } catch {
            return Task.isCancelled ? .abandoned : .fault(error)
        }
    }

    /// One picture as JPEG.
    package func capture(_ source: VideoSource) async -> Capture {
        do throws(CameraFault) {
            let bytes = try await run(
                ffmpeg, source,
                [
                    "-an", "-frames:v", "1", "-q:v", "3", "-c:v", "mjpeg", "-f", "image2pipe",
                    "pipe:1",
                ], outputBytesMax: IngestLimits.stillBytesMax)
            let isWhole =
                bytes.starts(with: [0xFF, 0xD8]) && bytes.suffix(2).elementsEqual([0xFF, 0xD9])
            if !isWhole { throw .noPicture }
            return .still(bytes)
        } catch {
            return Task.isCancelled ? .abandoned : .fault(error)
        }
    }

    /// What the program wrote, if it came to a good end in time.
    private func run(
        _ program: String, _ source: VideoSource, _ arguments: [String], outputBytesMax: Int
    ) async throws(CameraFault) -> [UInt8] {
        let endAt = ContinuousClock.now + limit
        let host = try await host(of: source.address)
        // A stream may point elsewhere: nothing but RTSP and what carries it is opened. A picture
        // of a size that no camera has takes no memory.
        let common = [
            "-hide_banner", "-loglevel", "error", "-max_alloc",
            "\(IngestLimits.pictureMemoryBytesMax)", "-f", "concat", "-safe", "0",
            "-protocol_whitelist", "pipe,rtsp,rtsps,rtp,srtp,tcp,udp,tls", "-i", "pipe:0",
        ]
        let outcome = await LocalCommand(
            arguments: [program] + common + arguments, input: source.list(at: host),
            limit: max(.zero, endAt - .now), outputBytesMax: outputBytesMax, leftover: .ended
        ).run()
        if outcome.ended != .exited(0) { throw Self.fault(outcome) }
        if outcome.isCutShort { throw .noPicture }
        return outcome.output
    }

    /// The address of the host, which lies in a network of cameras; the program gets it instead of
    /// the name, so that it cannot come to another answer.
    private func host(of address: CameraAddress) async throws(CameraFault) -> String {
        var addresses = [NetworkAddress(address.host)].compactMap(\.self)
        if addresses.isEmpty { addresses = try await lookUp(address.host) }
        guard let first = addresses.first(where: { networks.contains($0) }) else { throw .outside }
        return first.host
    }

    /// In a process of its own: who asks within this one cannot be stopped when the time is over.
    private func lookUp(_ name: String) async throws(CameraFault) -> [NetworkAddress] {
        guard let program = LocalCommand.find("getent") else { throw .unknownHost }
        let outcome = await LocalCommand(
            arguments: [program, "ahosts", "--", name], input: "", limit: limit, leftover: .ended
        ).run()
        if outcome.ended == .cutOff { throw .timedOut }
        let lines = String(decoding: outcome.output, as: UTF8.self).split(separator: "\n")
        let addresses = lines.compactMap { line in
            line.split(separator: " ").first.flatMap { NetworkAddress(String($0)) }
        }
        if addresses.isEmpty { throw .unknownHost }
        return addresses
    }

    /// What ffprobe wrote, line by line.
    static func picture(_ text: String) -> CameraPicture? {
        var values: [Substring: Substring] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1)
            if parts.count == 2, values[parts[0]] == nil { values[parts[0]] = parts[1] }
        }
        guard let codec = values["codec_name"], codec.utf8.count <= IngestLimits.codecBytesMax,
            codec.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            let width = values["width"].flatMap({ Int($0) }), width > 0,
            let height = values["height"].flatMap({ Int($0) }), height > 0
        else { return nil }
        return CameraPicture(codec: String(codec), width: width, height: height)
    }

    private static let words: [(said: String, fault: CameraFault)] = [
        ("401 Unauthorized", .unauthorised), ("403 Forbidden", .unauthorised),
        ("404 Not Found", .notFound), ("454 Session Not Found", .notFound),
        ("Failed to resolve hostname", .unknownHost), ("Connection refused", .refused),
        ("No route to host", .unreachable), ("Network is unreachable", .unreachable),
        ("timed out", .timedOut), ("Invalid data found", .noPicture),
        ("does not contain any stream", .noPicture), ("matches no streams", .noPicture),
    ]

    /// Why it failed, as one word.
    private static func fault(_ outcome: LocalCommand.Outcome) -> CameraFault {
        switch outcome.ended {
        case .cutOff: return .timedOut
        case .signalled, .notStarted: return .failed
        case .exited:
            let said = String(decoding: outcome.errors, as: UTF8.self)
            return words.first { said.contains($0.said) }?.fault ?? .failed
        }
    }
}

/// What is opened, and how.
package struct VideoSource: Sendable {
    package var address: CameraAddress
    /// Packets of their own instead of one connection.
    package var isOverUDP: Bool

    package init?(_ camera: Camera) {
        guard let address = camera.address else { return nil }
        self.address = address
        isOverUDP = camera.facts.text("transport").lowercased() == "udp"
    }

    /// A list of one entry, as ffmpeg reads it; the address holds no quote. There is no time limit
    /// in it: ours tells a camera that says nothing from one that says nonsense.
    fileprivate func list(at host: String) -> String {
        """
        ffconcat version 1.0
        file '\(address.secret(at: host))'
        option rtsp_transport \(isOverUDP ? "udp" : "tcp")
        option analyzeduration 1000000

        """
    }
}
