/// How a call ended; thrown, it is what the caller sees.
package struct RPCStatus: Error, Sendable, Equatable {
    /// The status codes of gRPC.
    package enum Code: Int, Sendable, CaseIterable {
        case ok = 0
        case cancelled = 1
        case unknown = 2
        case invalidArgument = 3
        case deadlineExceeded = 4
        case notFound = 5
        case alreadyExists = 6
        case permissionDenied = 7
        case resourceExhausted = 8
        case failedPrecondition = 9
        case aborted = 10
        case outOfRange = 11
        case unimplemented = 12
        case `internal` = 13
        case unavailable = 14
        case dataLoss = 15
        case unauthenticated = 16
    }

    /// A message beside the status, as `google.protobuf.Any` carries it.
    package struct Detail: Sendable, Equatable {
        package let typeURL: String
        package let value: [UInt8]

        package init(typeURL: String, value: [UInt8]) {
            self.typeURL = typeURL
            self.value = value
        }
    }

    package var code: Code
    /// What is wrong, why, and what to do; shown to the caller.
    package var message: String
    package var details: [Detail]
    /// Trailing metadata; on the client, everything that came with the status.
    package var metadata: Metadata

    package init(
        _ code: Code, _ message: String = "", details: [Detail] = [], metadata: Metadata = [:]
    ) {
        self.code = code
        self.message = message
        self.details = details
        self.metadata = metadata
    }

    package static let ok = RPCStatus(.ok)
}

extension RPCStatus.Code: CustomStringConvertible {
    /// The name in the specification, as in "NOT_FOUND".
    package var description: String {
        switch self {
        case .ok: "OK"
        case .cancelled: "CANCELLED"
        case .unknown: "UNKNOWN"
        case .invalidArgument: "INVALID_ARGUMENT"
        case .deadlineExceeded: "DEADLINE_EXCEEDED"
        case .notFound: "NOT_FOUND"
        case .alreadyExists: "ALREADY_EXISTS"
        case .permissionDenied: "PERMISSION_DENIED"
        case .resourceExhausted: "RESOURCE_EXHAUSTED"
        case .failedPrecondition: "FAILED_PRECONDITION"
        case .aborted: "ABORTED"
        case .outOfRange: "OUT_OF_RANGE"
        case .unimplemented: "UNIMPLEMENTED"
        case .internal: "INTERNAL"
        case .unavailable: "UNAVAILABLE"
        case .dataLoss: "DATA_LOSS"
        case .unauthenticated: "UNAUTHENTICATED"
        }
    }
}

extension RPCStatus: CustomStringConvertible {
    package var description: String {
        message.isEmpty ? code.description : "\(code): \(message)"
    }
}
