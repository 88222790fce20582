package import NIOCore
import NIOPosix
package import NIOSSL
import Synchronization

/// One connection to an SMSC, for callers that await answers.
package final class SMPPLink: Sendable {
    /// What its owner must attend to.
    package enum News: Sendable {
        case bound
        case deliver(SMPPSession.Delivery)
        /// The SMSC says after its time that it took a part, and what it calls it.
        case acceptedLate(PartKey, id: String)
        case closed(String)
    }

    private struct Waiting {
        var key: PartKey
        var continuation: CheckedContinuation<SMPPSession.Answer, Never>?
    }

    private struct State {
        var lastTicket: SMPPSession.Ticket = 0
        var waiting: [SMPPSession.Ticket: Waiting] = [:]
        /// Those that may get an answer late, in their order.
        var unanswered: [SMPPSession.Ticket] = []
    }

    /// Ends with `closed`.
    package let news: AsyncStream<News>
    private let tell: AsyncStream<News>.Continuation
    private let state = Mutex(State())
    private let channel: any Channel
    private let handler: NIOLoopBound<SMPPHandler>

    /// Connects and binds; `news` says whether that went well.
    package static func connect(
        host: String, port: Int, tls: NIOSSLContext?, settings: SMPPSession.Settings,
        group: any EventLoopGroup
    ) async throws -> SMPPLink {
        let (news, tell) = AsyncStream.makeStream(of: News.self)
        let box = EventBox()
        let bootstrap = ClientBootstrap(group: group)
            .connectTimeout(ChannelLimits.connectWithin)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        let (channel, handler) = try await bootstrap.connect(host: host, port: port) { channel in
            channel.eventLoop.makeCompletedFuture {
                let handler = SMPPHandler(settings) { box.take($0) }
                let pipeline = channel.pipeline.syncOperations
                if let tls {
                    try pipeline.addHandler(try TLS.handler(tls, host: host))
                }
                try pipeline.addHandler(ByteToMessageHandler(SMPPFrameDecoder()))
                try pipeline.addHandler(handler)
                return (channel, NIOLoopBound(handler, eventLoop: channel.eventLoop))
            }
        }
        let link = SMPPLink(news: news, tell: tell, channel: channel, handler: handler)
        box.open { [weak link] in link?.take($0) }
        return link
    }

    private init(
        news: AsyncStream<News>, tell: AsyncStream<News>.Continuation, channel: any Channel,
        handler: NIOLoopBound<SMPPHandler>
    ) {
        (self.news, self.tell, self.channel, self.handler) = (news, tell, channel, handler)
    }

    /// Sends one part and waits for what the SMSC says; a task that is cancelled waits no longer.
    package func submit(
        _ message: PDU.ShortMessage, _ key: PartKey
    ) async -> SMPPSession.Answer {
        let ticket = state.withLock { state in
            state.lastTicket += 1
            return state.lastTicket
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isCancelled = state.withLock { state in
                    state.waiting[ticket] = Waiting(key: key, continuation: continuation)
                    return Task.isCancelled
                }
                if isCancelled { return settle(ticket, .unsent("we are stopping")) }
                channel.eventLoop.execute { [handler] in
                    handler.value.submit(message, ticket: ticket)
                }
            }
        } onCancel: {
            settle(ticket, .unanswered("no answer: we are stopping"))
        }
    }

    package func respond(to delivery: SMPPSession.Delivery, _ status: CommandStatus) {
        channel.eventLoop.execute { [handler] in
            handler.value.respond(to: delivery, status)
        }
    }

    /// Says goodbye and waits until the connection is closed.
    package func end() async {
        channel.eventLoop.execute { [handler] in handler.value.unbind() }
        try? await channel.closeFuture.get()
    }

    private func take(_ event: SMPPHandler.Event) {
        switch event {
        case .bound: tell.yield(.bound)
        case .deliver(let delivery): tell.yield(.deliver(delivery))
        case .answered(let ticket, let answer):
            settle(ticket, answer)
            forget(ticket, answer)
        case .answeredLate(let ticket, let id):
            let key = state.withLock { $0.waiting.removeValue(forKey: ticket)?.key }
            if let key { tell.yield(.acceptedLate(key, id: id)) }
        case .closed(let reason):
            tell.yield(.closed(reason))
            tell.finish()
        }
    }

    /// Only what has no answer can get a late one.
    private func forget(_ ticket: SMPPSession.Ticket, _ answer: SMPPSession.Answer) {
        state.withLock { state in
            guard case .unanswered = answer else {
                state.waiting[ticket] = nil
                return
            }
            state.unanswered.append(ticket)
            guard state.unanswered.count > ChannelLimits.lateAnswersMax else { return }
            state.waiting[state.unanswered.removeFirst()] = nil
        }
    }

    private func settle(_ ticket: SMPPSession.Ticket, _ answer: SMPPSession.Answer) {
        let continuation = state.withLock { state in
            defer { state.waiting[ticket]?.continuation = nil }
            return state.waiting[ticket]?.continuation
        }
        continuation?.resume(returning: answer)
    }
}

/// Keeps events until somebody listens: a connection may speak before its link exists.
private final class EventBox: Sendable {
    private struct State {
        var waiting: [SMPPHandler.Event] = []
        var listener: (@Sendable (SMPPHandler.Event) -> Void)?
    }

    private let state = Mutex(State())

    func take(_ event: SMPPHandler.Event) {
        let listener = state.withLock { state in
            if state.listener == nil { state.waiting.append(event) }
            return state.listener
        }
        listener?(event)
    }

    func open(_ listener: @escaping @Sendable (SMPPHandler.Event) -> Void) {
        while true {
            let waiting = state.withLock { state in
                defer { state.waiting = [] }
                if state.waiting.isEmpty { state.listener = listener }
                return state.waiting
            }
            if waiting.isEmpty { return }
            waiting.forEach(listener)
        }
    }
}
