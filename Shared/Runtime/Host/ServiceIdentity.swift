import Domain

/// How a service checks the tokens of others, and which it shows itself.
///
/// With the private key it signs its own. With the public key alone, as on a machine of its own,
/// it shows the one that it was given.
struct ServiceIdentity {
    let verifier: TokenVerifier
    private let key: TokenKey?

    static func open(_ configuration: ServiceConfiguration) async throws -> ServiceIdentity {
        guard let path = configuration.optional("token-public-key") else {
            let key = try await TokenKey.open(configuration)
            return ServiceIdentity(verifier: key.verifier(), key: key)
        }
        if configuration.optional("token-key") != nil {
            throw configuration.mistake(
                "token-public-key", "it is set beside token-key, which holds both keys")
        }
        return ServiceIdentity(verifier: try await TokenVerifier.open(publicKey: path), key: nil)
    }

    /// The tokens with which the service calls its upstreams.
    func tokens(_ configuration: ServiceConfiguration) throws -> TokenSource {
        if let path = configuration.optional("token-file") {
            do {
                _ = try TokenFile.read(path)
            } catch {
                throw configuration.mistake("token-file", error.reason)
            }
            return TokenSource(file: path)
        }
        guard let key else {
            throw configuration.mistake(
                "token-file", "it is unset, and token-public-key can sign no token for the service")
        }
        return TokenSource(key: key, service: configuration.service, node: NodeID(""))
    }
}
