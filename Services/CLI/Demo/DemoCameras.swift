import Domain
import Foundation
import Ingest
import NIOCore
import NIOPosix
import ServiceLifecycle

/// The cameras of the demo: RTSP in little, over one connection, with one picture of bars.
///
/// Each path is a camera; one that ends in `broken` is not known, one in `hanging` never answers.
struct DemoCameras: Service {
    /// Where they are unless somebody else is there.
    static let usualPort = 7554

    /// It stands in the registry of the demo, so it is the same in each run of a data folder.
    let port: Int
    private let server: NIOAsyncChannel<NIOAsyncChannel<ByteBuffer, ByteBuffer>, Never>

    /// Takes the port of the last run, or the usual one, or else one that is free.
    static func open(in folder: DataFolder) async throws -> DemoCameras {
        let note = folder.path + "/demo-cameras.port"
        let last = try? String(contentsOfFile: note, encoding: .utf8)
        let wanted = last.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        var server = try? await bind(to: wanted ?? usualPort)
        if server == nil { server = try await bind(to: 0) }
        guard let server, let port = server.channel.localAddress?.port else {
            throw Failure.refused(
                "The cameras of the demo have no port.", next: "Look at the network of this host.")
        }
        try Data("\(port)\n".utf8).write(to: URL(fileURLWithPath: note))
        return DemoCameras(port: port, server: server)
    }

    /// Gives the port back without having served.
    func close() async { try? await server.executeThenClose { _ in } }

    private static func bind(
        to port: Int
    ) async throws -> NIOAsyncChannel<NIOAsyncChannel<ByteBuffer, ByteBuffer>, Never> {
        try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel)
                }
            }
    }

    /// Where the duty centre of an enterprise is seen; user and password are for show.
    static func address(of enterprise: EnterpriseID, _ number: Int, port: Int) -> String {
        let name = [3: "broken", 7: "hanging"][number] ?? "duty"
        return "rtsp://demo:demo@127.0.0.1:\(port)/\(enterprise)/\(name)"
    }

    /// What ingest must know to try them; with time that runs fast, not at every turn of its clock.
    static func settings(isFast: Bool) -> [(name: String, value: String)] {
        [
            ("camera-networks", CameraNetworks.usual + ", 127.0.0.1"),
            ("camera-every-minutes", isFast ? "1440" : "1"), ("camera-limit-seconds", "5"),
        ]
    }

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            try await server.executeThenClose { clients in
                try await withThrowingDiscardingTaskGroup { group in
                    for try await client in clients {
                        group.addTask { try? await Self.serve(client) }
                    }
                }
            }
        }
    }

    private static func serve(_ client: NIOAsyncChannel<ByteBuffer, ByteBuffer>) async throws {
        try await client.executeThenClose { inbound, outbound in
            try await withThrowingTaskGroup(of: Void.self) { group in
                var asked = DemoRequests()
                for try await block in inbound {
                    asked.take(block)
                    while let request = asked.next() {
                        guard let answer = request.answer else { continue }
                        try await outbound.write(ByteBuffer(string: answer))
                        if request.method == "PLAY" {
                            group.addTask { try await show(outbound) }
                        }
                    }
                }
                group.cancelAll()
            }
        }
    }

    /// Sends the picture again and again.
    private static func show(_ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>) async throws {
        guard let picture = Data(base64Encoded: DemoPicture.picture) else { return }
        var number: UInt16 = 0
        while !Task.isCancelled {
            var packet = ByteBuffer()
            packet.writeBytes([0x24, 0])
            packet.writeInteger(UInt16(12 + picture.count))
            packet.writeBytes([0x80, 0x80 | 96])
            packet.writeInteger(number)
            packet.writeInteger(UInt32(number) * 18_000)
            packet.writeInteger(UInt32(7_554))
            packet.writeBytes(picture)
            try await outbound.write(packet)
            number &+= 1
            // Five pictures a second.
            try await Task.sleep(for: .milliseconds(200))
        }
    }
}

/// What a client of one connection asked for so far.
struct DemoRequests {
    struct Request: Equatable {
        var method: String
        var url: String
        var sequence: String
        var isOverOneConnection: Bool

        /// Nil: it is left without one.
        var answer: String? {
            func said(_ status: String, _ headers: String = "", _ body: String = "") -> String {
                "RTSP/1.0 \(status)\r\nCSeq: \(sequence)\r\n\(headers)\r\n\(body)"
            }
            if url.contains("/hanging") { return nil }
            switch method {
            case "OPTIONS":
                return said("200 OK", "Public: DESCRIBE, SETUP, PLAY, TEARDOWN\r\n")
            case "DESCRIBE":
                if url.contains("/broken") { return said("404 Not Found") }
                let size = "Content-Length: \(DemoPicture.description.utf8.count)\r\n"
                return said(
                    "200 OK", "Content-Type: application/sdp\r\n" + size,
                    DemoPicture.description)
            case "SETUP" where isOverOneConnection:
                return said(
                    "200 OK",
                    "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 1\r\n")
            case "SETUP": return said("461 Unsupported Transport")
            case "PLAY", "TEARDOWN": return said("200 OK", "Session: 1\r\n")
            default: return said("405 Method Not Allowed")
            }
        }
    }

    private static let bytesMax = 16_384
    private var bytes: [UInt8] = []

    mutating func take(_ block: ByteBuffer) {
        bytes += block.readableBytesView
        // No client that means well is so long.
        if bytes.count > Self.bytesMax { bytes = [] }
    }

    /// The next whole request; what a client reports of packets is passed over.
    mutating func next() -> Request? {
        while bytes.first == 0x24 {
            guard bytes.count >= 4 else { return nil }
            let size = 4 + Int(bytes[2]) << 8 + Int(bytes[3])
            guard bytes.count >= size else { return nil }
            bytes.removeFirst(size)
        }
        let end = Array("\r\n\r\n".utf8)
        guard let found = bytes.firstRange(of: end) else { return nil }
        let lines = String(decoding: bytes[..<found.lowerBound], as: UTF8.self)
            .split(separator: "\r\n").map(String.init)
        bytes.removeFirst(found.upperBound)
        let first = (lines.first ?? "").split(separator: " ").map(String.init)
        func header(_ name: String) -> String {
            let line = lines.first { $0.lowercased().hasPrefix(name + ":") }
            return line.map { $0.dropFirst(name.count + 1).filter { $0 != " " } } ?? ""
        }
        return Request(
            method: first.first ?? "", url: first.count > 1 ? first[1] : "",
            sequence: header("cseq"), isOverOneConnection: header("transport").contains("/TCP"))
    }
}

/// Bars of colours, 320 by 176, as H.264.
private enum DemoPicture {
    static let description = [
        "v=0", "o=- 0 0 IN IP4 127.0.0.1", "s=demo", "t=0 0", "m=video 0 RTP/AVP 96",
        "a=rtpmap:96 H264/90000",
        "a=fmtp:96 packetization-mode=1;sprop-parameter-sets="
            + "Z0LAC9kBQXsBEAAAAwAQAAADACDxQqSA,aMuBksg=",
        "a=control:track1", "",
    ].joined(separator: "\r\n")

    /// One unit of a coded stream, in base 64.
    static let picture = """
        ZYiEBXyYoAAiayf+H/h8EwoABzyQTigB/w/8FgJC/xAABACAPEVgcJhLkOEwly9xEEooABuOADHAAEAGMgmAcCUh\
        UwQAAyBIgABQFwcIOxBwg7EHBBGIOCCMCIJxQADUcxwAC//D/gsBFL8QAn2BwnGuQ4TjXL3EQRlgACATHAAEAmOA\
        GTiMUAATw44AAo/RwABVIk/D//BWCIvvEAIAAgOxoYHCYa5hwmGub3iIIxQAxxoyCYBwJCAdMEAAMgACAhEAAKAA\
        CAPBwg7GDhB2IOCCMYOCCMREE4oAY4xwAfh//BWCiB4MRBxAADQALG4HIZrmHIZrn4iCkUAA1HGOZOuuuumCQvTB\
        LMwTXpgnmYIr0wR109dMEQ+mUwRzME16YJ6YKG0wU1111109PT08zBFamCOunrp6enp6enrrrrrp6enp5mCK9MEd\
        dPXT09PT09PXXXXXT09PTzMEVqYI66eunp6enp6euuuuunp6enmYIr0wR109dPT09PT09fx//grBRgeBjMsQERCA\
        ACAIAAIAKCzLJmX4HCcaWHCcaX7V+MIh4dBzgcEM9l2+hABFNM+BxEeXzrMnjCI+HhzgC1tBEKhufV0XBgSGQsyw\
        Cb5CjFIG43AYqWmeyq7gtFXJl1t//jhH/QLPBgMZBAJDmCAlIWAGISIhqQPu1+AGtmYmKE+18WqlT/408Lr+tf8K\
        02ABj1tkPTmh+F1D7Lbbe23/pEH0Egs62wiGAf8FZsDkA8ywoINIRAQJIHjaWHjaX4HIySw5GSX51d/H/+gV09wo\
        AHgciABCZ8iQnYIEIsv+bc64uAhgH/BX4MWyA4QiQkzYAbMRG0A/tEEM0v8AYrZMgL7X/OqscBHAIfwV+AKkrAao\
        BRuYQEDiSQCIAFNolGcxfYgEw8sgEw9z1tUmsVgOAlKBJYQAA4AAID6EAANgACAogcBAxkHAQMZ4OECmQcIFM9r/\
        w/4LOK4QEHF8CCihAcBAxlvBwgUyDwzOLQt6lMlM//wDw8FgjBoXQSB9iUmylXJSVwHhmRd21sg3AIm8wQ6/4f4W\
        vVdcv//4S6rqv//4S69V///CXVdf//0Euq6r//9BIuq6r//9BIuq6i/jh/0Ei6+vD/+glxcX1F///oJG1XF1//+g\
        l1XF1/gH+g0K1ByBfWEAhJoICOeHAEvZaGi+rxYIEMudzACnjZCVarxYQUyQIIW5nRbE624//8FcDgICDWXxABAA\
        EBpDAFAcE48sOCceX/nX38P/QLINmy+ECzkYHAjGS/JuLQkMMtGsNENaCQX+Af9AsgLmPWr4GZkGAIGdVGOH43/4\
        f/8PjIHAgcYy4/JPvpp//AMA/+EqmI9cfKD4gpp4tiZn/4BgH/wlJi6XwwD/4SgcQEOy+TPAMA/+EsmdLgGAf/CU\
        cZfXwDAI/8JSYvJnAAgH/wlMR8XvAMAj/wlSXHWTM4/DDLemn/8GgAf+g1JgAJMx13JRJlreT53c6CRdsLsvgAar\
        mtNJkBMNLDwmj009NP/zpazQRxxjmlpAiL1BHXUFhlKgtFABvrrrBwQXqFAHZyYsW1hgFMUwdFMWA9JpihuOgiyP\
        kf8j5H+oI66666666666666666hp1DdddeA=
        """
}
