import NIOCore
import NIOTLS

/// Waits for the TLS handshake and lets the connection begin if both sides speak HTTP/2.
final class ProtocolCheck: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let connection: Connection
    private var isDone = false

    init(then connection: Connection) {
        self.connection = connection
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted(let chosen)? = event as? TLSUserEvent, !isDone {
            isDone = true
            guard chosen == "h2" else { return context.close(promise: nil) }
            let pipeline = context.pipeline.syncOperations
            do {
                try pipeline.addHandler(connection, position: .after(self))
                pipeline.removeHandler(context: context, promise: nil)
            } catch {
                context.close(promise: nil)
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A handshake that fails: the reason goes to whoever waits for the connection.
        connection.failedBeforeStart(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        connection.failedBeforeStart(nil)
        context.fireChannelInactive()
    }
}
