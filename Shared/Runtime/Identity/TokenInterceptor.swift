package import RPC

/// Lets only calls with a good token through, and leaves the principal for the handler.
package struct TokenInterceptor: ServerInterceptor {
    // Health alone is open: whoever restarts services has no token.
    private static let open = "grpc.health.v1.Health"

    private let verifier: TokenVerifier

    package init(verifier: TokenVerifier) {
        self.verifier = verifier
    }

    package func intercept(_ call: ServerCall, next: () async throws -> Void) async throws {
        if call.service != Self.open {
            let token = try Self.token(call.metadata)
            let verified = try await verifier.verify(token)
            call.storage[PrincipalKey.self] = verified.principal
            if call.mayBeEndless {
                // A subscription is good for as long as its token.
                call.end(
                    afterMilliseconds: verifier.remaining(of: verified).milliseconds,
                    with: TokenVerifier.expiry(verified.expiresAt))
            }
        }
        try await next()
    }

    static func token(_ metadata: Metadata) throws(RPCStatus) -> String {
        guard let field = metadata["authorization"] else {
            throw RPCStatus(
                .unauthenticated,
                "The call carries no token. Send `authorization: Bearer TOKEN`; "
                    + "`hazwatch token issue` makes one.")
        }
        let pieces = field.split(separator: " ", maxSplits: 1)
        guard pieces.count == 2, pieces[0].lowercased() == "bearer" else {
            throw RPCStatus(
                .unauthenticated,
                "The authorization of the call is no bearer token. Send "
                    + "`authorization: Bearer TOKEN`.")
        }
        return String(pieces[1])
    }
}
