package import NIOCore
package import Runtime

/// How a mail server is reached, and who writes.
package struct EmailSettings: Sendable {
    package var host: String
    package var port: Int
    package var security = SMTPDialogue.Security.starttls
    /// A file with those who may vouch for it, in PEM; nil: the system's.
    package var authorities: String?
    package var login: SMTPDialogue.Login?
    package var from: String
    package var fromName = ""
    package var timeout = TimeAmount.seconds(30)
    package var perSecond = 0
    package var burst = 1
    package var atOnceMax = 4

    package init(host: String, port: Int, from: String) {
        (self.host, self.port, self.from) = (host, port, from)
    }

    var pace: WaitingRoom.Pace {
        WaitingRoom.Pace(perSecond, burst: burst, atOnceMax: atOnceMax)
    }

    package static let keys = [
        ConfigurationKey(
            "email-host", .text, "The name or address of the mail server; unset: no mail is sent."),
        ConfigurationKey("email-port", .integer(1...65_535), default: "587", "Its port."),
        ConfigurationKey(
            "email-tls", .choice(SMTPDialogue.Security.allCases.map(\.rawValue)),
            default: "starttls",
            "Whether TLS begins after the greeting, with the first byte, or never."),
        ConfigurationKey(
            "email-tls-authorities", .text,
            "Who may vouch for the mail server, in PEM; unset: the system's."),
        ConfigurationKey(
            "email-username", .text, "Who we are to it; unset: it is not told who we are."),
        ConfigurationKey("email-password", .text, default: "", secret: true, "How we prove it."),
        ConfigurationKey(
            "email-from", .text, "The address that mails come from; needed with email-host."),
        ConfigurationKey(
            "email-from-name", .text, default: "", "The name that stands beside it."),
        ConfigurationKey(
            "email-timeout-ms", .integer(100...300_000), default: "30000",
            "How long handing over one mail may take; what has no answer by then is unknown."),
        ConfigurationKey(
            "email-per-second", .integer(0...10_000), default: "0",
            "How many mails it takes in a second; 0: no limit. Red ones do not wait."),
        ConfigurationKey(
            "email-burst", .integer(1...10_000), default: "1",
            "How many may go at once after a rest."),
        ConfigurationKey(
            "email-at-once", .integer(1...100), default: "4",
            "How many connections there may be together."),
    ]

    /// What the settings state; nil if they name no mail server.
    package static func read(_ settings: ServiceConfiguration) throws -> EmailSettings? {
        guard let host = settings.optional("email-host") else { return nil }
        guard let from = settings.optional("email-from"), MailMessage.isAddress(from) else {
            throw ChannelMistake(
                "email-from",
                "email-host is set, so it needs an address such as desk@county.example"
            )
        }
        var email = EmailSettings(host: host, port: settings.integer("email-port"), from: from)
        email.security =
            SMTPDialogue.Security(rawValue: settings.text("email-tls")) ?? .starttls
        email.authorities = settings.optional("email-tls-authorities")
        do {
            _ = try TLS.context(trusting: email.authorities)
        } catch {
            throw ChannelMistake("email-tls-authorities", "it cannot be used: \(error)")
        }
        email.login = settings.optional("email-username").map {
            SMTPDialogue.Login(name: $0, password: settings.text("email-password"))
        }
        email.fromName = settings.text("email-from-name")
        email.timeout = .milliseconds(Int64(settings.integer("email-timeout-ms")))
        email.perSecond = settings.integer("email-per-second")
        email.burst = settings.integer("email-burst")
        email.atOnceMax = settings.integer("email-at-once")
        return email
    }
}
