/// The official interop cases, by the names in gRPC's test descriptions.
package enum InteropCase: String, CaseIterable, Sendable {
    case emptyUnary = "empty_unary"
    case largeUnary = "large_unary"
    case clientStreaming = "client_streaming"
    case serverStreaming = "server_streaming"
    case pingPong = "ping_pong"
    case emptyStream = "empty_stream"
    case cancelAfterBegin = "cancel_after_begin"
    case cancelAfterFirstResponse = "cancel_after_first_response"
    case timeoutOnSleepingServer = "timeout_on_sleeping_server"
    case customMetadata = "custom_metadata"
    case statusCodeAndMessage = "status_code_and_message"
    case specialStatusMessage = "special_status_message"
    case unimplementedMethod = "unimplemented_method"
    case unimplementedService = "unimplemented_service"
    case clientCompressedUnary = "client_compressed_unary"
    case serverCompressedUnary = "server_compressed_unary"
}

/// What a peer did that the test description forbids.
package struct InteropFailure: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

/// The numbers and words of the test descriptions.
enum InteropWords {
    static let largeRequest = 271_828
    static let largeResponse = 314_159
    static let requestSizes: [Int] = [27_182, 8, 1_828, 45_904]
    static let responseSizes: [Int] = [31_415, 9, 2_653, 58_979]
    static let echoInitial = "x-grpc-test-echo-initial"
    static let echoTrailing = "x-grpc-test-echo-trailing-bin"
    static let statusMessage = "test status message"
    static let specialMessage =
        "\t\ntest with whitespace\r\nand Unicode BMP \u{263A} and non-BMP \u{1F608}\t\n"
}

extension GrpcTesting.Payload {
    /// `size` zero bytes.
    static func zeros(_ size: Int) -> GrpcTesting.Payload {
        GrpcTesting.Payload(body: Array(repeating: 0, count: size))
    }
}
