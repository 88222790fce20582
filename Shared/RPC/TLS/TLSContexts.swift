import NIOSSL

extension ServerTLS {
    /// What NIOSSL needs; throws when the PEM is not what it should be.
    func context() throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try PEM.certificates(certificateChain),
            privateKey: try PEM.key(privateKey))
        configuration.applicationProtocols = ["h2"]
        configuration.minimumTLSVersion = .tlsv12
        if let clientTrustRoots {
            configuration.trustRoots = .certificates(
                try NIOSSLCertificate.fromPEMBytes(Array(clientTrustRoots.utf8)))
            // A client certificate names a machine of ours; it carries no host name to check.
            configuration.certificateVerification = .noHostnameVerification
        }
        return configuration
    }
}

extension ClientTLS {
    func context() throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.applicationProtocols = ["h2"]
        configuration.minimumTLSVersion = .tlsv12
        if let trustRoots {
            configuration.trustRoots = .certificates(
                try NIOSSLCertificate.fromPEMBytes(Array(trustRoots.utf8)))
        }
        if let certificateChain, let privateKey {
            configuration.certificateChain = try PEM.certificates(certificateChain)
            configuration.privateKey = try PEM.key(privateKey)
        }
        return configuration
    }
}

/// Certificates and keys from their text.
private enum PEM {
    static func certificates(_ text: String) throws -> [NIOSSLCertificateSource] {
        try NIOSSLCertificate.fromPEMBytes(Array(text.utf8)).map { .certificate($0) }
    }

    static func key(_ text: String) throws -> NIOSSLPrivateKeySource {
        .privateKey(try NIOSSLPrivateKey(bytes: Array(text.utf8), format: .pem))
    }
}
