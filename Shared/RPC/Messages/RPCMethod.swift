/// One method of a service, with the types of its messages.
package struct RPCMethod<Request: RPCMessage, Response: RPCMessage>: Sendable {
    package typealias Kind = RPCMethodKind

    /// The full service name, as in "hazwatch.ingest.v1.ReadingsService".
    package let service: String
    package let name: String
    package let kind: Kind
    /// What stands in `:path`: "/service/name".
    package let path: String

    package init(service: String, name: String, kind: Kind) {
        self.service = service
        self.name = name
        self.kind = kind
        self.path = "/\(service)/\(name)"
    }
}

/// Which sides of a call send many messages.
package enum RPCMethodKind: Sendable, Hashable, CaseIterable {
    case unary
    case clientStreaming
    case serverStreaming
    case bidirectional
}
