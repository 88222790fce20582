import NIOCore
import NIOSSL
import NIOTLS

/// Cuts what a mail server says into lines.
struct SMTPLineDecoder: ByteToMessageDecoder {
    typealias InboundOut = String

    struct LineTooLong: Error {}

    mutating func decode(
        context: ChannelHandlerContext, buffer: inout ByteBuffer
    ) throws -> DecodingState {
        guard let end = buffer.readableBytesView.firstIndex(of: 0x0A) else {
            if buffer.readableBytes > ChannelLimits.mailLineBytesMax { throw LineTooLong() }
            return .needMoreData
        }
        let line = buffer.readString(length: end - buffer.readerIndex) ?? ""
        buffer.moveReaderIndex(forwardBy: 1)
        guard line.utf8.count <= ChannelLimits.mailLineBytesMax else { throw LineTooLong() }
        context.fireChannelRead(
            Self.wrapInboundOut(line.hasSuffix("\r") ? "\(line.dropLast())" : line))
        return .continue
    }
}

/// Runs an `SMTPDialogue` on a connection until it is over.
final class SMTPHandler: ChannelInboundHandler {
    typealias InboundIn = String
    typealias OutboundOut = ByteBuffer

    private var dialogue: SMTPDialogue
    private var parser = SMTPReply.Parser()
    private let tls: () throws -> NIOSSLClientHandler
    private let finished: EventLoopPromise<HandOverOutcome>
    private var timer: Scheduled<Void>?
    private var timeout: TimeAmount

    init(
        _ dialogue: SMTPDialogue, timeout: TimeAmount, finished: EventLoopPromise<HandOverOutcome>,
        tls: @escaping () throws -> NIOSSLClientHandler
    ) {
        (self.dialogue, self.timeout) = (dialogue, timeout)
        (self.finished, self.tls) = (finished, tls)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: timeout) { [weak self] in
            guard let self else { return }
            perform(dialogue.failed("the mail server took too long"), context)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        perform(dialogue.failed("the connection was closed"), context)
        timer?.cancel()
    }

    func channelInactive(context: ChannelHandlerContext) {
        perform(dialogue.failed("the connection was closed"), context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        perform(dialogue.failed("\(error)"), context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event {
            perform(dialogue.encrypted(), context)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        do {
            guard let reply = try parser.take(unwrapInboundIn(data)) else { return }
            perform(dialogue.received(reply), context)
        } catch {
            perform(dialogue.failed("what the mail server says is no SMTP"), context)
        }
    }

    /// Who waited has gone.
    func cancel(_ context: ChannelHandlerContext) {
        perform(dialogue.failed("we are stopping"), context)
    }

    private func perform(_ actions: [SMTPDialogue.Action], _ context: ChannelHandlerContext) {
        for action in actions {
            switch action {
            case .send(let line): send([line], context)
            case .sendBody(let lines): send(lines + ["."], context)
            case .startTLS:
                do {
                    try context.pipeline.syncOperations.addHandler(try tls(), position: .first)
                } catch {
                    return perform(dialogue.failed("\(error)"), context)
                }
            case .finish(let outcome):
                finished.succeed(outcome)
                context.close(promise: nil)
            }
        }
    }

    private func send(_ lines: [String], _ context: ChannelHandlerContext) {
        let text = lines.map { $0 + "\r\n" }.joined()
        context.writeAndFlush(
            wrapOutboundOut(context.channel.allocator.buffer(string: text)), promise: nil)
    }
}
