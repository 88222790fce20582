import Domain
package import Logging
package import NIOCore
import Runtime
import Synchronization

/// Short messages over an SMSC that speaks SMPP 3.4.
///
/// Connections are kept by `run`; a message that finds none is refused for now. Each part waits for
/// its turn, goes out once, and is settled by its response; what has no response is unknown.
package final class SMPPChannel: MessageChannel {
    private enum Connection {
        case none(String)
        /// The first one is being made; soon it is known whether it works.
        case starting
        case up(SMPPLink)
    }

    package let name: String
    private let settings: SMPPSettings
    private let group: any EventLoopGroup
    private let logger: Logger
    private let report: TakeReport
    /// How long to wait after so many failures in a row.
    private let wait: @Sendable (Int) -> Duration
    private let turnstile: Turnstile
    private let connection = Mutex(Connection.starting)
    private let connectionNews = Counter()
    private let references: PartReferences
    private let book = Mutex(ReceiptBook())
    private let bookNews = Counter()
    private let replies = Mutex(ReplyAssembly())

    package init(
        name: String, settings: SMPPSettings, references: PartReferences,
        group: any EventLoopGroup, logger: Logger,
        wait: @escaping @Sendable (Int) -> Duration = {
            RetryWait.drawn(attempt: $0, from: .seconds(1), to: .seconds(60))
        },
        report: @escaping TakeReport
    ) {
        (self.name, self.settings, self.group) = (name, settings, group)
        (self.references, self.wait, self.report) = (references, wait, report)
        var logger = logger
        logger[metadataKey: "channel"] = "\(name)"
        self.logger = logger
        turnstile = Turnstile(settings.pace)
    }

    // MARK: Handing over

    package func handOver(_ message: OutgoingMessage) async throws -> HandOverOutcome {
        guard let telephone = Telephone(message.telephone) else {
            return .refused("The message is for nobody with a telephone that SMPP can name.")
        }
        let signature = message.signature.isEmpty ? settings.signature : message.signature
        let text = SMSText(
            fitting: SMSText.signed(message.text, by: signature), allowsGSM: settings.allowsGSM)
        let (reference, missing) = book.withLock { book in
            book.begin(
                message.id, parts: text.parts.count,
                next: { references.next(to: telephone.digits) },
                asked: { asksForReceipt($0, of: text.parts.count) })
        }
        let place = turnstile.arrive()
        for number in missing {
            let part = submission(
                text, number, reference, telephone.withCountry(settings.countryPrefix))
            let key = PartKey(message.id, number)
            if let failure = try await submit(part, key, message.level, place) {
                return failure.hiding(message.telephone, telephone.digits, part.destination.text)
            }
        }
        return .taken(providerIDs: book.withLock { $0.providerIDs(of: message.id) })
    }

    private func asksForReceipt(_ number: Int, of count: Int) -> Bool {
        switch settings.receipts {
        case .all: true
        case .last: number == count
        case .none: false
        }
    }

    private func submission(
        _ text: SMSText, _ number: Int, _ reference: UInt8, _ telephone: Telephone
    ) -> PDU.ShortMessage {
        var part = PDU.ShortMessage()
        part.serviceType = settings.serviceType
        part.source = settings.source
        part.destination = PDU.Address(
            telephone.digits, ton: telephone.isInternational ? 1 : settings.destinationTON,
            npi: settings.destinationNPI)
        part.registeredDelivery = asksForReceipt(number, of: text.parts.count) ? 1 : 0
        part.dataCoding = text.alphabet == .gsm ? 0 : 8
        part.octets = text.parts[number - 1]
        if text.parts.count > 1 {
            part.esmClass = 0x40
            let place = Concatenation(
                reference: UInt16(reference), count: UInt8(text.parts.count),
                number: UInt8(number))
            part.octets = place.header + part.octets
        }
        return part
    }

    /// Sends one part, again as long as the SMSC says that it is too fast and patience lasts; nil
    /// if it was taken.
    private func submit(
        _ part: PDU.ShortMessage, _ key: PartKey, _ level: WarningLevel, _ place: WaitingRoom.Place
    ) async throws -> HandOverOutcome? {
        let giveUpAt = NIODeadline.now() + settings.patience
        var reason = "its turn did not come in time; the SMSC takes no more"
        while true {
            let left = giveUpAt - .now()
            let answer = try await turnstile.pass(level, place, patience: left) {
                let answer = await self.submitOnce(part, key)
                if case .refused(let status) = answer { return (answer, status.isThrottle) }
                return (answer, false)
            }
            switch answer {
            case .accepted: return nil
            case .unanswered(let reason): return .unknown(reason)
            case .unsent(let reason): return .refusedForNow("not sent: \(reason)")
            case .refused(let status) where status.isThrottle:
                reason = "SMPP \(status)"
                if NIODeadline.now() >= giveUpAt { return .refusedForNow(reason) }
                // What is not red waits at the turnstile.
                if level == .red { try await Self.pause() }
            case .refused(let status):
                let mayHelp = status.isTemporary || settings.temporary.contains(status)
                return mayHelp ? .refusedForNow("SMPP \(status)") : .refused("SMPP \(status)")
            case nil: return .refusedForNow(reason)
            }
        }
    }

    private static func pause() async throws {
        // The SMSC asks for real time.
        try await Task.sleep(for: .nanoseconds(ChannelLimits.redThrottlePause.nanoseconds))
    }

    private func submitOnce(_ part: PDU.ShortMessage, _ key: PartKey) async -> SMPPSession.Answer {
        let link: SMPPLink
        switch await currentLink() {
        case .up(let found): link = found
        case .none(let reason): return .unsent(reason)
        case .starting: return .unsent("no connection yet")
        }
        book.withLock { $0.sending() }
        var answer = await link.submit(part, key)
        var id: String?
        if case .accepted(let text) = answer {
            id = settings.ids.ofResponse(text)
            answer = .accepted(id: settings.ids.ofResponse(text))
        }
        book.withLock { $0.answered(key, id: id) }
        bookNews.increase()
        return answer
    }

    /// The connection; waits for it only while the first one is being made.
    private func currentLink() async -> Connection {
        let seen = connectionNews.value
        let now = connection.withLock { $0 }
        guard case .starting = now else { return now }
        _ = await connectionNews.wait(past: seen, within: ChannelLimits.firstConnectionWithin)
        return connection.withLock { $0 }
    }

    /// Whether messages can go out, or can before long.
    package func isConnected(within longest: Duration = .zero) async -> Bool {
        let end = ContinuousClock.now + longest
        while true {
            let seen = connectionNews.value
            if case .up = connection.withLock({ $0 }) { return true }
            if await !connectionNews.wait(past: seen, within: end - .now) { return false }
        }
    }

    private func set(_ new: Connection) {
        connection.withLock { $0 = new }
        connectionNews.increase()
    }

    // MARK: Connections

    package func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            for kind in settings.kinds { group.addTask { await self.keep(kind) } }
        }
        set(.none("the service is stopping"))
    }

    /// Connects, and connects again after each loss, later each time until it holds.
    private func keep(_ kind: PDU.BindKind) async {
        var failures = 0
        while !Task.isCancelled {
            let (reason, wasBound) = await serve(kind)
            failures = wasBound ? 1 : failures + 1
            if kind != .receiver { set(.none("no connection to the SMSC: \(reason)")) }
            if Task.isCancelled { return }
            let pause = wait(failures)
            logger.warning(
                "SMSC is not connected",
                metadata: ["reason": "\(reason)", "again_in": "\(pause)", "bind": "\(kind)"])
            // An SMSC that is away comes back in its own time.
            try? await Task.sleep(for: pause)
        }
    }

    /// One connection from its beginning to its end; why it ended.
    private func serve(_ kind: PDU.BindKind) async -> (reason: String, wasBound: Bool) {
        let link: SMPPLink
        do {
            link = try await SMPPLink.connect(
                host: settings.host, port: settings.port, tls: settings.tls,
                settings: settings.session(kind), group: group)
        } catch {
            return ("\(error)", false)
        }
        var (reason, wasBound) = ("it was ended by us", false)
        await withDiscardingTaskGroup { group in
            for await news in link.news {
                switch news {
                case .bound:
                    wasBound = true
                    logger.info("SMSC is connected", metadata: ["bind": "\(kind)"])
                    if kind != .receiver { set(.up(link)) }
                case .deliver(let delivery):
                    group.addTask { await self.take(delivery, of: link) }
                case .acceptedLate(let key, let id):
                    book.withLock { $0.accepted(key, id: settings.ids.ofResponse(id)) }
                    bookNews.increase()
                case .closed(let why): reason = why
                }
            }
            if kind != .receiver { set(.none("no connection to the SMSC: \(reason)")) }
            await link.end()
        }
        return (reason, wasBound)
    }

    // MARK: What comes in

    /// Does what a delivery asks for, and answers it: an error asks for it again.
    private func take(_ delivery: SMPPSession.Delivery, of link: SMPPLink) async {
        do {
            switch IncomingMessage(delivery.message, ids: settings.ids) {
            case .receipt(let receipt): try await take(receipt)
            case .readReceipt(let id):
                try await report(.read(book.withLock { $0.subject(of: id) }))
            case .reply(let part): try await take(part)
            case .nothing: break
            }
            link.respond(to: delivery, .ok)
        } catch ReportRefusal.unknownMessage {
            logger.warning("receipt of an unknown message")
            link.respond(to: delivery, .ok)
        } catch {
            logger.warning("report was not taken", metadata: ["reason": "\(error)"])
            link.respond(to: delivery, .temporaryError)
        }
    }

    private func take(_ receipt: DeliveryReceipt) async throws {
        let giveUpAt = ContinuousClock.now + ChannelLimits.responseAwaitedFor
        while true {
            let seen = bookNews.value
            switch book.withLock({ $0.receipt(receipt) }) {
            case .nothing: return
            case .report(let news): return try await report(news)
            case .early: break
            }
            if await bookNews.wait(past: seen, within: giveUpAt - .now) { continue }
            try Task.checkCancellation()
            // The response that was awaited does not name it.
            if case .report(let news) = book.withLock({ $0.unknown(receipt) }) {
                try await report(news)
            }
            return
        }
    }

    private func take(_ part: ReplyPart) async throws {
        guard let text = replies.withLock({ $0.add(part, at: .now()) }) else { return }
        try await report(
            .reply(
                telephone: Telephone.digits(of: part.telephone, without: settings.countryPrefix),
                text: text))
        replies.withLock { $0.forget(part) }
    }
}
