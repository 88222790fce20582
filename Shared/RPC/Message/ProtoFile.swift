/// A `.proto` file as reflection gives it out; generated.
package struct ProtoFile: Sendable {
    /// Its path, such as `hazwatch/ingest/v1/readings.proto`.
    package let name: String
    /// The serialized `google.protobuf.FileDescriptorProto`, without comments.
    package let descriptor: [UInt8]
    /// The files that it imports.
    package let dependencies: [ProtoFile]
    /// The full names of its services.
    package let services: [String]
    /// The full names of all that it declares: services, methods, messages, fields, enums, values.
    package let symbols: [String]

    package init(
        name: String, descriptor: [UInt8], dependencies: [ProtoFile], services: [String],
        symbols: [String]
    ) {
        self.name = name
        self.descriptor = descriptor
        self.dependencies = dependencies
        self.services = services
        self.symbols = symbols
    }
}
