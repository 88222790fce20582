import Foundation

/// The handing over of one mail as a machine: what the server says, and what to say next.
///
/// What goes wrong before the last dot has sent nothing; what goes wrong after it is unknown.
package struct SMTPDialogue: Sendable {
    package enum Security: String, CaseIterable, Sendable {
        /// TLS begins after a plain greeting (port 587).
        case starttls
        /// TLS from the first byte (port 465).
        case implicit
        case none
    }

    package struct Login: Sendable {
        package var name, password: String

        package init(name: String, password: String) {
            (self.name, self.password) = (name, password)
        }
    }

    package enum Action: Equatable, Sendable {
        /// A command; its line's end is added.
        case send(String)
        /// The mail with its closing dot.
        case sendBody([String])
        case startTLS
        /// It is over; the connection is of no more use.
        case finish(HandOverOutcome)
    }

    private enum State {
        case greeting, hello, startTLS, tlsHandshake, login(LoginStep)
        case from, to, data, body, over
    }

    private enum LoginStep { case plain, name, password }

    private let security: Security
    private let login: Login?
    private let mail: MailMessage
    private var state = State.greeting
    private var isEncrypted: Bool

    package init(_ mail: MailMessage, security: Security, login: Login?) {
        (self.mail, self.security, self.login) = (mail, security, login)
        isEncrypted = security == .implicit
    }

    package mutating func received(_ reply: SMTPReply) -> [Action] {
        switch state {
        case .over: return []
        case .tlsHandshake:
            // Words in the clear after STARTTLS are somebody else's.
            return finish(.refusedForNow("the mail server spoke before TLS began"))
        case .greeting, .hello, .startTLS, .login:
            // These speak of the session; another one may have more luck.
            guard reply.isPositive else { return finish(.refusedForNow(reply.text)) }
        case .from, .to, .data, .body:
            if reply.isTemporary || !reply.isPositive && reply.code < 500 {
                return finish(.refusedForNow(reply.text))
            }
            guard reply.isPositive else { return finish(.refused(reply.text)) }
        }
        return goOn(reply)
    }

    /// The connection is encrypted.
    package mutating func encrypted() -> [Action] {
        guard case .tlsHandshake = state else { return [] }
        isEncrypted = true
        return hello()
    }

    /// The connection broke, or the time is over.
    package mutating func failed(_ reason: String) -> [Action] {
        switch state {
        case .over: []
        case .body: finish(.unknown("no answer: \(reason)"))
        case .greeting, .hello, .startTLS, .tlsHandshake, .login, .from, .to, .data:
            finish(.refusedForNow("not sent: \(reason)"))
        }
    }

    private mutating func goOn(_ reply: SMTPReply) -> [Action] {
        switch state {
        case .greeting: return hello()
        case .hello: return greeted(reply)
        case .startTLS:
            state = .tlsHandshake
            return [.startTLS]
        case .login(let step): return loggingIn(step, reply)
        case .from:
            state = .to
            return [.send("RCPT TO:<\(mail.to)>")]
        case .to:
            state = .data
            return [.send("DATA")]
        case .data:
            state = .body
            // A dot that begins a line is doubled, or it would end the mail.
            return [.sendBody(mail.lines.map { $0.hasPrefix(".") ? "." + $0 : $0 })]
        case .body:
            return [.send("QUIT")] + finish(.taken(providerIDs: [mail.messageID]))
        case .tlsHandshake, .over: return []
        }
    }

    private mutating func hello() -> [Action] {
        state = .hello
        return [.send("EHLO \(MailMessage.domain(of: mail.from))")]
    }

    private mutating func greeted(_ reply: SMTPReply) -> [Action] {
        let words = reply.lines.map { $0.uppercased().split(separator: " ").map(String.init) }
        if security == .starttls, !isEncrypted {
            guard words.contains(where: { $0.first == "STARTTLS" }) else {
                return finish(
                    .refusedForNow(
                        "the mail server offers no TLS; set email-tls to none if it never will"))
            }
            state = .startTLS
            return [.send("STARTTLS")]
        }
        guard let login else { return mailFrom() }
        let offered = Set(words.filter { $0.first == "AUTH" }.flatMap { $0.dropFirst() })
        if offered.contains("PLAIN") {
            state = .login(.plain)
            let secret = Self.base64("\0\(login.name)\0\(login.password)")
            return [.send("AUTH PLAIN \(secret)")]
        }
        guard offered.contains("LOGIN") else {
            return finish(.refusedForNow("the mail server takes neither AUTH PLAIN nor LOGIN"))
        }
        state = .login(.name)
        return [.send("AUTH LOGIN")]
    }

    private mutating func loggingIn(_ step: LoginStep, _ reply: SMTPReply) -> [Action] {
        guard let login, reply.code == 334 else { return mailFrom() }
        switch step {
        case .plain: return finish(.refusedForNow(reply.text))
        case .name:
            state = .login(.password)
            return [.send(Self.base64(login.name))]
        case .password:
            state = .login(.plain)
            return [.send(Self.base64(login.password))]
        }
    }

    private mutating func mailFrom() -> [Action] {
        state = .from
        return [.send("MAIL FROM:<\(mail.from)>")]
    }

    private mutating func finish(_ outcome: HandOverOutcome) -> [Action] {
        state = .over
        return [.finish(outcome)]
    }

    private static func base64(_ text: String) -> String {
        Data(text.utf8).base64EncodedString()
    }
}
