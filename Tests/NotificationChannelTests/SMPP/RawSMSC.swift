import NIOCore
import NIOPosix
import NIOSSL
import NotificationChannels
import Synchronization

/// An SMSC of a test that sends whatever bytes the test wants.
final class RawSMSC: Sendable {
    /// What to do with each PDU that comes; `nil` stands for a new connection.
    typealias Answer = @Sendable (PDU?, Connection) -> Void

    struct Connection: Sendable {
        fileprivate let channel: any Channel

        func send(_ pdu: PDU) {
            var buffer = ByteBuffer()
            pdu.write(into: &buffer)
            channel.writeAndFlush(buffer, promise: nil)
        }

        func send(_ bytes: [UInt8]) {
            channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
        }

        func close() { channel.close(promise: nil) }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = Result<PDU, PDUMistake>
        private let answer: Answer

        init(_ answer: @escaping Answer) { self.answer = answer }

        func channelActive(context: ChannelHandlerContext) {
            answer(nil, Connection(channel: context.channel))
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            if case .success(let pdu) = unwrapInboundIn(data) {
                answer(pdu, Connection(channel: context.channel))
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }

    private let server: any Channel
    let port: Int

    init(tls: NIOSSLContext? = nil, _ answer: @escaping Answer) async throws {
        server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.backlog, value: 64)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
                    try pipeline.addHandler(ByteToMessageHandler(SMPPFrameDecoder()))
                    try pipeline.addHandler(Handler(answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = server.localAddress?.port ?? 0
    }

    func stop() async { try? await server.close() }

    /// Answers as it should: binds, takes all, says goodbye.
    static func serve(_ pdu: PDU, _ connection: Connection) {
        switch pdu.body {
        case .bind(let kind, _):
            connection.send(PDU(.bindResponse(kind, systemID: "raw"), sequence: pdu.sequence))
        case .submit:
            let id = "\(pdu.sequence)"
            connection.send(PDU(.submitResponse(messageID: id), sequence: pdu.sequence))
        case .enquireLink: connection.send(PDU(.enquireLinkResponse, sequence: pdu.sequence))
        case .unbind: connection.send(PDU(.unbindResponse, sequence: pdu.sequence))
        default: break
        }
    }
}
