package import NIOCore

/// A key under which an interceptor leaves a value for the handler.
package protocol CallStorageKey {
    associatedtype Value: Sendable
}

/// One call as its handler sees it; the task is cancelled when the call ends early.
package final class ServerCall: Sendable {
    /// "/service/name".
    package let path: String
    package var service: String { "" }
    package var method: String { "" }
    /// What the client sent beside its messages.
    package var metadata: Metadata { Metadata() }
    package var peer: RPCPeer { RPCPeer(address: nil, certificate: nil) }
    /// When the client stops waiting.
    package var deadline: NIODeadline? { nil }
    /// Whether the message that was taken last came compressed.
    package var isRequestCompressed: Bool { false }

    /// Values that interceptors leave for handlers.
    package var storage: CallStorage { CallStorage(call: self) }

    /// Whether the responses that follow are compressed, if the client accepts it.
    package var compressesResponses: Bool {
        get { false }
        set {}
    }

    /// Sent after the last message.
    package var trailingMetadata: Metadata {
        get { Metadata() }
        set {}
    }

    /// Sends metadata before the first message; at most once, and before any response.
    package func sendInitialMetadata(_ metadata: Metadata) async throws {
    }

    init(path: String) {
        self.path = path
    }
}

/// Values that interceptors leave for handlers, by the type of their key.
package struct CallStorage: Sendable {
    let call: ServerCall

    package subscript<Key: CallStorageKey>(_ key: Key.Type) -> Key.Value? {
        get { nil }
        nonmutating set {}
    }
}

/// Who is at the other end.
package struct RPCPeer: Sendable {
    package let address: SocketAddress?
    /// The DER of the client's certificate, checked, under mutual TLS.
    package let certificate: [UInt8]?
}
