package import Domain
import Foundation
import JWTKit

/// The Ed25519 key that signs the tokens of an installation.
package struct TokenKey: Sendable {
    private let keys: JWTKeyCollection
    package let path: String

    /// Opens the key file, in PEM; makes it, readable by its owner alone, if it is not there.
    package static func open(path: String) async throws -> TokenKey {
        if !FileManager.default.fileExists(atPath: path) {
            let key = try EdDSA.PrivateKey(curve: .ed25519)
            try PrivateFile.create(path, Array(key.pemRepresentation.utf8))
        }
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw TokenKeyFailure(path: path, reason: "it cannot be read")
        }
        guard let key = try? EdDSA.PrivateKey(pem: text) else {
            throw TokenKeyFailure(path: path, reason: "it holds no Ed25519 private key in PEM")
        }
        let keys = JWTKeyCollection()
        await keys.add(eddsa: key)
        return TokenKey(keys: keys, path: path)
    }

    /// Makes a token that is good for `life` from now.
    package func issue(
        subject: String, role: Principal.Role, node: NodeID, life: Interval,
        now: Instant = SystemTime().now()
    ) async throws -> String {
        let claims = TokenClaims(
            sub: SubjectClaim(value: subject), role: role.rawValue, node: node.text,
            iat: IssuedAtClaim(value: Self.date(now)),
            exp: ExpirationClaim(value: Self.date(now + life)))
        return try await keys.sign(claims)
    }

    /// Checks what this key has signed.
    package func verifier(
        clock: any TimeSource = SystemTime(), cachedMax: Int = RuntimeLimits.verifiedTokensMax
    ) -> TokenVerifier {
        TokenVerifier(keys: keys, clock: clock, cachedMax: cachedMax)
    }

    private static func date(_ instant: Instant) -> Date {
        Date(timeIntervalSince1970: Double(instant.unixMilliseconds) / 1_000)
    }
}

/// Why a key file cannot be used.
package struct TokenKeyFailure: Error, CustomStringConvertible {
    package var path: String
    package var reason: String

    package var description: String {
        "The token key \(path) cannot be used: \(reason). Restore it, or take it away to have a "
            + "new one made; tokens signed by the old one then end."
    }
}
