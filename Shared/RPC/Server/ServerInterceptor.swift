/// Code around every call: tokens, metrics, traces.
///
/// Throw an `RPCStatus` instead of calling `next` to refuse; what `next` throws is how the
/// handler ended.
package protocol ServerInterceptor: Sendable {
    func intercept(_ call: ServerCall, next: () async throws -> Void) async throws
}
