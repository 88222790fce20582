package import HummingbirdCore
package import Logging
package import NIOCore
import Synchronization

extension HTTPServerBuilder {
    /// HTTP/1.1 for servers that may be stopped at any moment.
    package static var droppable: HTTPServerBuilder {
        HTTPServerBuilder { DroppableHTTP(http: HTTP1Channel(responder: $0)) }
    }
}

/// HTTP/1.1 whose connections may be dropped before anybody has served them.
///
/// NIO hands accepted connections to the server through a queue. When the server stops, by
/// cancellation or in good order, what is in the queue or on its way to it is dropped, and an async
/// channel of NIO that nobody has served stops the process (swift-nio issues 2637 and 3481).
package struct DroppableHTTP: ServerChildChannel {
    let http: HTTP1Channel

    package func setup(
        channel: any Channel, logger: Logger
    ) -> EventLoopFuture<AcceptedConnection> {
        http.setup(channel: channel, logger: logger).map { AcceptedConnection($0) }
    }

    package func handle(value: AcceptedConnection, logger: Logger) async {
        guard let connection = value.take() else { return }
        await http.handle(value: connection, logger: logger)
    }
}

/// A connection that is closed when it is let go of without having been served.
package final class AcceptedConnection: ServerChildChannelValue {
    package let channel: any Channel
    private let waiting: Mutex<HTTP1Channel.Value?>

    init(_ connection: HTTP1Channel.Value) {
        channel = connection.channel
        waiting = Mutex(connection)
    }

    /// The connection, for the one who serves it.
    func take() -> HTTP1Channel.Value? {
        waiting.withLock { $0.take() }
    }

    deinit {
        guard let left = take() else { return }
        // The only way to finish its writer that NIO offers.
        Task { try? await left.executeThenClose { _, _ in } }
    }
}
