// The settings that every service has.

extension ConfigurationKey {
    /// For services that act by a profile; read it with `ServiceContext.profile()`.
    package static let profile = ConfigurationKey(
        "profile", .text, default: "mem-2021",
        "The policy profile: which rules apply. The id of one that comes with the program, or "
            + "the path of a file of your own.")

    /// What the host itself needs for a service.
    static func host(_ service: any HostedService.Type) -> [ConfigurationKey] {
        let port = Kind.integer(0...65_535)
        return [
            ConfigurationKey(
                "data", .text, default: "data",
                "The data folder; the service keeps its store in a folder of its name there."),
            ConfigurationKey(
                "grpc-host", .text, default: "127.0.0.1",
                "The address on which calls are taken; 0.0.0.0 for all."),
            ConfigurationKey(
                "grpc-port", port, default: "\(service.ports.grpc)",
                "The port for calls; 0 takes any free one."),
            ConfigurationKey(
                "admin-host", .text, default: "127.0.0.1",
                "The address of health and metrics over HTTP; they need no token."),
            ConfigurationKey(
                "admin-port", port, default: "\(service.ports.admin)",
                "The port of /healthz, /readyz and /metrics; 0 takes any free one."),
            ConfigurationKey(
                "token-key", .text,
                "The Ed25519 key that signs tokens, in PEM; default: keys/token.pem in the data "
                    + "folder, made if it is not there."),
            ConfigurationKey(
                "token-public-key", .text,
                "In place of token-key, for a service on a machine of its own: the public key that "
                    + "tokens are checked with, in PEM (`hazwatch token public-key`)."),
            ConfigurationKey(
                "token-file", .text,
                "The token that the service shows to its upstreams (`hazwatch token issue --role "
                    + "service --to FILE`); default: it signs its own with token-key."),
            ConfigurationKey(
                "clock", .choice(["system", "simulated"]), default: "system",
                "simulated: time stands still until a replay moves it."),
            ConfigurationKey(
                "log-level",
                .choice(["trace", "debug", "info", "notice", "warning", "error", "critical"]),
                default: "info", "The least level that is logged."),
        ] + tls + service.upstreams.map(upstream)
    }

    private static let tls = [
        ConfigurationKey(
            "tls-certificate", .text, "The server's certificate chain, in PEM; unset: no TLS."),
        ConfigurationKey("tls-key", .text, "The private key of the certificate, in PEM."),
        ConfigurationKey(
            "tls-client-roots", .text,
            "Certificates that those of clients must descend from, in PEM; unset: clients need "
                + "none."),
        ConfigurationKey(
            "upstream-tls-roots", .text,
            "Certificates that those of upstreams must descend from, in PEM; unset: no TLS."),
        ConfigurationKey(
            "upstream-tls-certificate", .text, "The certificate shown to upstreams, in PEM."),
        ConfigurationKey(
            "upstream-tls-key", .text, "The private key of that certificate, in PEM."),
    ]

    private static func upstream(_ name: String) -> ConfigurationKey {
        ConfigurationKey(
            "\(name)-address", .text, default: "127.0.0.1:\(ServicePorts.standard(name).grpc)",
            "Where \(name) takes calls, as HOST:PORT; several are joined by commas.")
    }
}
