/// What HTTP/2 says of a call's end, in the codes of gRPC.
enum StatusMapping {
    /// For an answer without `grpc-status` (gRPC, http-grpc-status-mapping.md).
    static func code(httpStatus: Int) -> RPCStatus.Code {
        switch httpStatus {
        case 400, 431: .internal
        case 401: .unauthenticated
        case 403: .permissionDenied
        case 404: .unimplemented
        case 429, 502, 503, 504: .unavailable
        default: .unknown
        }
    }

    /// For a stream that was reset (gRPC, PROTOCOL-HTTP2.md, Errors).
    static func code(resetCode: UInt32) -> RPCStatus.Code {
        switch resetCode {
        case 0x7: .unavailable
        case 0x8: .cancelled
        case 0xB: .resourceExhausted
        case 0xC: .permissionDenied
        default: .internal
        }
    }
}
