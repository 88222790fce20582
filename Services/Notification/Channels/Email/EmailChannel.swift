package import Domain
package import NIOCore
import NIOPosix
import NIOSSL
import Runtime

/// Mails over a server that speaks SMTP, one connection for each.
package final class EmailChannel: MessageChannel {
    package let name: String
    private let settings: EmailSettings
    private let group: any EventLoopGroup
    private let tls: NIOSSLContext
    private let turnstile: Turnstile
    private let now: @Sendable () -> Instant

    package init(
        name: String, settings: EmailSettings, group: any EventLoopGroup,
        now: @escaping @Sendable () -> Instant = { SystemTime().now() }
    ) throws {
        (self.name, self.settings, self.group, self.now) = (name, settings, group, now)
        tls = try TLS.context(trusting: settings.authorities)
        turnstile = Turnstile(settings.pace)
    }

    package func run() async throws { await untilCancelled() }

    package func handOver(_ message: OutgoingMessage) async throws -> HandOverOutcome {
        guard MailMessage.isAddress(message.email) else {
            return .refused("The message is for nobody with a mail address.")
        }
        let mail = MailMessage(
            from: settings.from, fromName: settings.fromName, to: message.email,
            subject: message.subject.isEmpty ? String(message.text.prefix(40)) : message.subject,
            text: SMSText.signed(message.text, by: message.signature), id: message.id,
            date: now(), isUrgent: message.level == .red)
        let outcome = try await turnstile.pass(
            message.level, turnstile.arrive(), patience: ChannelLimits.turnPatience
        ) {
            (try await self.send(mail), false)
        }
        return (outcome ?? .refusedForNow("its turn did not come: too many mails are under way"))
            .hiding(message.email)
    }

    private func send(_ mail: MailMessage) async throws -> HandOverOutcome {
        try Task.checkCancellation()
        let dialogue = SMTPDialogue(mail, security: settings.security, login: settings.login)
        let finished = group.next().makePromise(of: HandOverOutcome.self)
        let bootstrap = ClientBootstrap(group: group)
            .connectTimeout(min(ChannelLimits.connectWithin, settings.timeout))
            .channelInitializer { [settings, tls] channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if settings.security == .implicit {
                        try pipeline.addHandler(try TLS.handler(tls, host: settings.host))
                    }
                    try pipeline.addHandler(ByteToMessageHandler(SMTPLineDecoder()))
                    try pipeline.addHandler(
                        SMTPHandler(dialogue, timeout: settings.timeout, finished: finished) {
                            try TLS.handler(tls, host: settings.host)
                        })
                }
            }
        let channel: any NIOCore.Channel
        do {
            channel = try await bootstrap.connect(host: settings.host, port: settings.port).get()
        } catch {
            // A connection that was half made may have said so already.
            finished.succeed(.refusedForNow("not sent: \(error)"))
            return try await finished.futureResult.get()
        }
        return try await withTaskCancellationHandler {
            try await finished.futureResult.get()
        } onCancel: {
            channel.close(promise: nil)
        }
    }
}
