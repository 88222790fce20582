import Glibc
import NIOCore
import NIOPosix

/// A socket of a loop to itself: its executor goes on once the loop has looked at its sockets.
///
/// NIO runs what is queued, and each timer that has come due meanwhile, before it looks at its
/// sockets again; on a slow machine a short timer always has. What comes from a socket comes after
/// all others had their turn.
final class LoopBell: ChannelInboundHandler, @unchecked Sendable {
    // Proof of Sendable: touched only on the loop, and by the end of the executor that owns it.
    typealias InboundIn = ByteBuffer
    private weak var executor: LoopExecutor?
    private var clapper: CInt = -1
    private var isOpen = false

    /// Made on the loop.
    init(_ executor: LoopExecutor) {
        self.executor = executor
        var ends: [CInt] = [-1, -1]
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { return }
        clapper = ends[0]
        _ = ClientBootstrap(group: executor.loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(self)
                }
            }
            .withConnectedSocket(ends[1])
    }

    /// False when nobody would hear it, as without a descriptor.
    func ring() -> Bool {
        guard isOpen else { return false }
        var stroke: UInt8 = 1
        return send(clapper, &stroke, 1, CInt(MSG_NOSIGNAL)) == 1
    }

    /// Takes the bell down; its channel ends with it.
    func close() {
        if clapper >= 0 { _ = Glibc.close(clapper) }
    }

    func channelActive(context: ChannelHandlerContext) {
        isOpen = true
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        executor?.goOn()
    }

    func channelInactive(context: ChannelHandlerContext) {
        isOpen = false
        executor?.goOn()
    }
}
