/// One method of a service, with the types of its messages; generated.
package struct RPCMethod<Request: RPCMessage, Response: RPCMessage>: Sendable {
    /// Which sides stream.
    package enum Kind: Sendable, Hashable {
        case unary, clientStreaming, serverStreaming, bidirectional
    }

    /// The full name of the service, such as `hazwatch.ingest.v1.ReadingsService`.
    package let service: String
    /// The name of the method, such as `Push`.
    package let name: String
    package let kind: Kind
    /// The `:path` of its calls.
    package let path: String

    package init(service: String, name: String, kind: Kind) {
        self.service = service
        self.name = name
        self.kind = kind
        path = "/" + service + "/" + name
    }
}
