/// A proto file as reflection shows it; the generator emits one for each file.
package struct ProtoFile: Sendable {
    /// The path as imported, as in "hazwatch/ingest/v1/readings.proto".
    package let name: String
    /// The serialized `google.protobuf.FileDescriptorProto`.
    package let descriptor: [UInt8]
    package let dependencies: [ProtoFile]
    /// Full names of everything declared: messages, enums, services, methods, extensions.
    package let symbols: [String]
    package let extensions: [Extension]

    /// An extension field declared in the file.
    package struct Extension: Sendable, Hashable {
        /// The full name of the extended message.
        package let extendee: String
        package let number: Int32

        package init(extendee: String, number: Int32) {
            self.extendee = extendee
            self.number = number
        }
    }

    package init(
        name: String, descriptor: [UInt8], dependencies: [ProtoFile] = [], symbols: [String],
        extensions: [Extension] = []
    ) {
        self.name = name
        self.descriptor = descriptor
        self.dependencies = dependencies
        self.symbols = symbols
        self.extensions = extensions
    }
}
