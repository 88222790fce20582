import Domain
import Foundation
import JWTKit
package import RPC
import Synchronization

/// What stands in a token.
struct TokenClaims: JWTPayload {
    var sub: SubjectClaim
    var role: String
    var node: String
    var iat: IssuedAtClaim
    var exp: ExpirationClaim

    func verify(using algorithm: some JWTAlgorithm) async throws {
        // Expiry is checked by us with a time of our own, so that a cached token expires too.
    }
}

/// Checks tokens: Ed25519 signature, expiry, role.
///
/// Checked tokens are remembered, because a signature costs some 100 µs and a call 4 µs.
package final class TokenVerifier: Sendable {
    /// Who a token names, and until when.
    struct Verified: Sendable {
        var principal: Principal
        var expiresAt: Instant
    }

    private struct Cache {
        var byToken: [String: Verified] = [:]
        // Oldest first.
        var order: [String] = []
    }

    private let keys: JWTKeyCollection
    private let cache = Mutex(Cache())
    private let clock: any TimeSource
    private let cachedMax: Int

    /// Tokens live in real time, also where the rules run on a simulated clock.
    init(keys: JWTKeyCollection, clock: any TimeSource, cachedMax: Int) {
        (self.keys, self.clock, self.cachedMax) = (keys, clock, cachedMax)
    }

    /// Checks with a public key alone, in PEM.
    package static func open(
        publicKey path: String, clock: any TimeSource = SystemTime(),
        cachedMax: Int = RuntimeLimits.verifiedTokensMax
    ) async throws -> TokenVerifier {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw TokenKeyFailure(
                path: path, reason: "it cannot be read", advice: "Look at its name and its owner.")
        }
        guard let key = try? EdDSA.PublicKey(pem: text) else {
            if (try? EdDSA.PrivateKey(pem: text)) != nil { throw TokenKeyFailure.isPrivate(path) }
            throw TokenKeyFailure(
                path: path, reason: "it holds no Ed25519 public key in PEM",
                advice: "Write it with `hazwatch token public-key --to FILE` where tokens are "
                    + "issued.")
        }
        let keys = JWTKeyCollection()
        await keys.add(eddsa: key)
        return TokenVerifier(keys: keys, clock: clock, cachedMax: cachedMax)
    }

    /// Who the token names; `UNAUTHENTICATED` with what to do if it cannot be trusted.
    package func principal(of token: String) async throws(RPCStatus) -> Principal {
        try await verify(token).principal
    }

    /// The same, with how long it may go on.
    func verify(_ token: String) async throws(RPCStatus) -> Verified {
        let now = clock.now()
        let known = cache.withLock { $0.byToken[token] }
        if let known {
            try Self.refuseExpired(known.expiresAt, now)
            return known
        }
        let checked = try await check(token)
        try Self.refuseExpired(checked.expiresAt, now)
        remember(token, checked)
        return checked
    }

    private func check(_ token: String) async throws(RPCStatus) -> Verified {
        guard token.utf8.count <= RuntimeLimits.tokenCharactersMax else {
            throw Self.refusal("it is longer than \(RuntimeLimits.tokenCharactersMax) characters")
        }
        let claims: TokenClaims
        do {
            claims = try await keys.verify(token, as: TokenClaims.self)
        } catch {
            throw Self.refusal("its signature or form is not ours")
        }
        guard let role = Principal.Role(rawValue: claims.role) else {
            let roles = Principal.Role.allCases.map(\.rawValue).joined(separator: ", ")
            throw Self.refusal("its role is none of \(roles)")
        }
        let seconds = claims.exp.value.timeIntervalSince1970
        return Verified(
            principal: Principal(
                subject: claims.sub.value, role: role, node: NodeID(claims.node)),
            expiresAt: Instant(unixMilliseconds: Int64(min(seconds * 1_000, 9e15))))
    }

    private func remember(_ token: String, _ checked: Verified) {
        cache.withLock { cache in
            if cache.byToken.updateValue(checked, forKey: token) != nil { return }
            cache.order.append(token)
            // Half at once, so that forgetting costs nothing on average.
            if cache.order.count > cachedMax {
                for old in cache.order.prefix(cachedMax / 2 + 1) { cache.byToken[old] = nil }
                cache.order.removeFirst(cachedMax / 2 + 1)
            }
        }
    }

    var cachedCount: Int { cache.withLock { $0.byToken.count } }

    private static func refuseExpired(_ expiresAt: Instant, _ now: Instant) throws(RPCStatus) {
        if expiresAt > now { return }
        throw expiry(expiresAt)
    }

    static func expiry(_ expiresAt: Instant) -> RPCStatus {
        refusal("it expired at \(Zone(offsetMinutes: 0).text(expiresAt))")
    }

    /// How long a token that was verified is still good.
    func remaining(of verified: Verified) -> Interval { verified.expiresAt - clock.now() }

    static func refusal(_ reason: String) -> RPCStatus {
        RPCStatus(
            .unauthenticated,
            "The token cannot be used: \(reason). Get a new one with `hazwatch token issue`.")
    }
}
