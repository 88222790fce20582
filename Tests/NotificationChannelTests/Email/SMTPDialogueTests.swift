import Domain
import NotificationChannels
import Testing

/// The talk with a mail server as a machine.
@Suite struct SMTPDialogueTests {
    static let mail = MailMessage(
        from: "desk@county.example", fromName: "", to: "chief@plant.example", subject: "s",
        text: "t", id: "n/1", date: .init(unixMilliseconds: 0))

    static func reply(_ code: Int, _ lines: String...) -> SMTPReply { SMTPReply(code, lines) }

    @Test func mailIsHandedOverStepByStep() {
        var talk = SMTPDialogue(Self.mail, security: .none, login: nil)
        #expect(talk.received(Self.reply(220)) == [.send("EHLO county.example")])
        #expect(talk.received(Self.reply(250)) == [.send("MAIL FROM:<desk@county.example>")])
        #expect(talk.received(Self.reply(250)) == [.send("RCPT TO:<chief@plant.example>")])
        #expect(talk.received(Self.reply(250)) == [.send("DATA")])
        #expect(talk.received(Self.reply(354)) == [.sendBody(Self.mail.lines)])
        #expect(
            talk.received(Self.reply(250)) == [
                .send("QUIT"), .finish(.taken(providerIDs: ["<n=2f1@county.example>"])),
            ])
        #expect(talk.failed("closed").isEmpty && talk.received(Self.reply(221)).isEmpty)
    }

    @Test func tlsComesBeforeTheName() {
        var talk = SMTPDialogue(
            Self.mail, security: .starttls, login: .init(name: "a", password: "b"))
        _ = talk.received(Self.reply(220))
        #expect(
            talk.received(Self.reply(250, "mail.test", "STARTTLS", "AUTH PLAIN"))
                == [.send("STARTTLS")])
        #expect(talk.received(Self.reply(220)) == [.startTLS])
        #expect(talk.encrypted() == [.send("EHLO county.example")])
        #expect(
            talk.received(Self.reply(250, "mail.test", "AUTH LOGIN PLAIN"))
                == [.send("AUTH PLAIN AGEAYg==")])
        #expect(talk.received(Self.reply(235)) == [.send("MAIL FROM:<desk@county.example>")])
    }

    @Test func wordsInTheClearAfterSTARTTLSEndTheTalk() {
        var talk = SMTPDialogue(Self.mail, security: .starttls, login: nil)
        _ = talk.received(Self.reply(220))
        _ = talk.received(Self.reply(250, "STARTTLS"))
        _ = talk.received(Self.reply(220))
        guard case .finish(.refusedForNow) = talk.received(Self.reply(250, "forged")).first else {
            Issue.record("it must end")
            return
        }
        #expect(talk.encrypted().isEmpty)
    }

    /// At each step: what a temporary and a permanent no mean, and the loss of the connection.
    @Test(arguments: 0...5)
    func eachStepMayGoWrong(step: Int) {
        let codes = [220, 250, 250, 250, 354]
        func talk() -> SMTPDialogue {
            var talk = SMTPDialogue(Self.mail, security: .none, login: nil)
            for code in codes.prefix(step) { _ = talk.received(Self.reply(code)) }
            return talk
        }
        var (later, never, lost) = (talk(), talk(), talk())
        #expect(later.received(Self.reply(451, "x")) == [.finish(.refusedForNow("SMTP 451 x"))])
        // Greeting and EHLO speak of the session, the rest of this mail.
        let isOfSession = step < 2
        #expect(
            never.received(Self.reply(550, "x")) == [
                .finish(isOfSession ? .refusedForNow("SMTP 550 x") : .refused("SMTP 550 x"))
            ])
        #expect(
            lost.failed("gone") == [
                .finish(step == 5 ? .unknown("no answer: gone") : .refusedForNow("not sent: gone"))
            ])
    }

    static let lines: [(lines: [String], reply: SMTPReply?)] = [
        (["250 OK"], SMTPReply(250, ["OK"])), (["250"], SMTPReply(250, [""])),
        (["250-a", "250-b", "250 c"], SMTPReply(250, ["a", "b", "c"])),
        (["250-a", "251 b"], nil), (["hello"], nil), ([""], nil), (["99 x"], nil),
        (["600 x"], nil), (["250*x"], nil),
    ]

    @Test(arguments: lines)
    func linesMakeReplies(row: (lines: [String], reply: SMTPReply?)) {
        var parser = SMTPReply.Parser()
        var reply: SMTPReply?
        for line in row.lines { reply = try? parser.take(line) }
        #expect(reply == row.reply)
    }

    static let headers: [(text: String, encoded: String)] = [
        ("Red warning", "Red warning"), ("红", "=?utf-8?B?57qi?="), ("", ""),
        ("a\r\nBcc: x", "=?utf-8?B?YSAgQmNjOiB4?="),
        ("=?utf-8?B?57qi?=", "=?utf-8?B?PT91dGYtOD9CPzU3cWk/PQ==?="),
    ]

    @Test(arguments: headers)
    func headerCanSayAnythingAndEndNothing(row: (text: String, encoded: String)) {
        #expect(MailMessage.encoded(row.text) == row.encoded)
    }

    @Test func longSubjectIsCutBetweenCharactersIntoShortLines() {
        let text = String(repeating: "预警𠮷a", count: 30)
        let lines = MailMessage.encoded(text).split(separator: "\r\n ")
        #expect(lines.count > 3 && lines.allSatisfy { $0.count <= 75 })
    }

    @Test func noLineOfAMailIsLongOrEndsIt() {
        var mail = Self.mail
        mail.subject = "x\r\n.\r\nQUIT"
        mail.text = String(repeating: ".\r\n红", count: 200)
        #expect(mail.lines.allSatisfy { $0.utf8.count <= 78 && !$0.contains("\r") && $0 != "." })
    }
}
