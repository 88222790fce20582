package import NIOCore

/// Cuts what comes over the wire into PDUs.
package struct SMPPFrameDecoder: ByteToMessageDecoder {
    package typealias InboundOut = Result<PDU, PDUMistake>

    /// Nobody knows where the next PDU begins; what comes is passed over until the end.
    private var isLost = false

    package init() {}

    package mutating func decode(
        context: ChannelHandlerContext, buffer: inout ByteBuffer
    ) -> DecodingState {
        if isLost {
            buffer.moveReaderIndex(to: buffer.writerIndex)
            return .needMoreData
        }
        do throws(PDUMistake) {
            guard let pdu = try PDU(from: &buffer) else { return .needMoreData }
            context.fireChannelRead(Self.wrapInboundOut(.success(pdu)))
        } catch {
            if case .length = error { isLost = true }
            context.fireChannelRead(Self.wrapInboundOut(.failure(error)))
        }
        return .continue
    }

    package mutating func decodeLast(
        context: ChannelHandlerContext, buffer: inout ByteBuffer, seenEOF: Bool
    ) -> DecodingState {
        let state = decode(context: context, buffer: &buffer)
        // Half a PDU at the end is nobody's.
        if state == .needMoreData { buffer.moveReaderIndex(to: buffer.writerIndex) }
        return state
    }
}

/// Runs an `SMPPSession` on a connection: gives it what comes and the time, and does what it says.
package final class SMPPHandler: ChannelInboundHandler {
    package typealias InboundIn = Result<PDU, PDUMistake>
    package typealias OutboundOut = ByteBuffer

    /// What the owner of the connection is told.
    package enum Event: Sendable {
        case bound
        case answered(SMPPSession.Ticket, SMPPSession.Answer)
        case answeredLate(SMPPSession.Ticket, id: String)
        case deliver(SMPPSession.Delivery)
        /// Nothing follows.
        case closed(String)
    }

    private var session: SMPPSession
    private let tell: (Event) -> Void
    private var context: ChannelHandlerContext?
    private var timer: Scheduled<Void>?
    private var timerAt: NIODeadline?
    private var isFlushDue = false
    private var isReading = false

    package init(_ settings: SMPPSession.Settings, tell: @escaping (Event) -> Void) {
        (session, self.tell) = (SMPPSession(settings), tell)
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { channelActive(context: context) }
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        channelInactive(context: context)
        self.context = nil
    }

    package func channelActive(context: ChannelHandlerContext) {
        perform(session.connected(at: context.eventLoop.now))
    }

    package func channelInactive(context: ChannelHandlerContext) {
        perform(session.disconnected("the connection was closed"))
        timer?.cancel()
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        perform(session.disconnected("\(error)"))
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isReading = true
        switch unwrapInboundIn(data) {
        case .success(let pdu): perform(session.received(pdu, at: context.eventLoop.now))
        case .failure(let mistake): perform(session.received(mistake))
        }
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        flush()
    }

    package func submit(_ message: PDU.ShortMessage, ticket: SMPPSession.Ticket) {
        guard let context else {
            return tell(.answered(ticket, .unsent("the connection is closed")))
        }
        perform(session.submit(message, ticket: ticket, at: context.eventLoop.now))
    }

    package func respond(to delivery: SMPPSession.Delivery, _ status: CommandStatus) {
        perform(session.respond(to: delivery, status))
    }

    package func unbind() {
        guard let context else { return }
        perform(session.unbind(at: context.eventLoop.now))
    }

    private func perform(_ actions: [SMPPSession.Action]) {
        for action in actions {
            switch action {
            case .send(let pdu): send(pdu)
            case .bound: tell(.bound)
            case .answered(let ticket, let answer): tell(.answered(ticket, answer))
            case .answeredLate(let ticket, let id): tell(.answeredLate(ticket, id: id))
            case .deliver(let delivery): tell(.deliver(delivery))
            case .close(let reason):
                flush()
                context?.close(promise: nil)
                tell(.closed(reason))
            }
        }
        // What is read together is answered together.
        if !isReading { flush() }
        setTimer()
    }

    private func send(_ pdu: PDU) {
        guard let context, context.channel.isActive else { return }
        var buffer = context.channel.allocator.buffer(capacity: 256)
        pdu.write(into: &buffer)
        context.write(wrapOutboundOut(buffer), promise: nil)
        isFlushDue = true
    }

    private func flush() {
        guard isFlushDue else { return }
        isFlushDue = false
        context?.flush()
    }

    /// One timer, for what falls due first; one that goes off too early is set again.
    private func setTimer() {
        guard let context, let due = session.nextDue else {
            timer?.cancel()
            (timer, timerAt) = (nil, nil)
            return
        }
        if let timerAt, timerAt <= due { return }
        timer?.cancel()
        timerAt = due
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: due) { [weak self] in
            guard let self, let context = self.context else { return }
            (self.timer, self.timerAt) = (nil, nil)
            self.perform(self.session.wake(at: context.eventLoop.now))
        }
    }
}
