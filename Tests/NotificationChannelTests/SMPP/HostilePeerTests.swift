import Domain
import NIOCore
import NIOSSL
import NotificationChannels
import Synchronization
import Testing

/// Peers that break the protocol harm nothing but their own connection.
@Suite(.timeLimit(.minutes(20))) struct HostilePeerTests {
    final class Seen: Sendable {
        let count = Mutex(0)
        let pdus = Mutex<[PDU]>([])

        /// How many came before this one.
        func next() -> Int {
            count.withLock { count in
                defer { count += 1 }
                return count
            }
        }
    }

    private func withChannel(
        _ server: RawSMSC, reports: Reports = Reports(),
        _ settings: (inout SMPPSettings) -> Void = { _ in },
        _ body: (SMPPChannel) async throws -> Void
    ) async throws {
        var smpp = SMPPSettings(host: "127.0.0.1", port: server.port)
        (smpp.answerWithin, smpp.enquireEvery) = (.minutes(5), .hours(1))
        settings(&smpp)
        let channel = SMPPChannel(
            name: "sms", settings: smpp, references: PartReferences(start: 0),
            group: .singletonMultiThreadedEventLoopGroup,
            logger: .silent, wait: { _ in .milliseconds(10) }, report: { try reports.take($0) })
        let running = Task { try await channel.run() }
        try await body(channel)
        running.cancel()
        _ = await running.result
        await server.stop()
    }

    private func send(_ channel: SMPPChannel, id: String = "n/1") async throws -> HandOverOutcome {
        try await channel.handOver(
            OutgoingMessage(id: id, telephone: "0001", text: "x", level: .red))
    }

    /// Also if the first connection takes its time.
    private func sendOut(_ channel: SMPPChannel) async throws -> HandOverOutcome {
        try await goOut { try await send(channel) }
    }

    private func sendUntilTaken(_ channel: SMPPChannel) async throws {
        let end = ContinuousClock.now + .seconds(240)
        while ContinuousClock.now < end {
            if case .taken = try await send(channel) { return }
            // The connection comes back in real time.
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("it was never taken")
    }

    /// What it sends on each of its first connections, before it behaves.
    static let rubbish: [[UInt8]] = [
        [0xFF, 0xFF, 0xFF, 0xFF, 0x80, 0, 0, 9], [0, 0, 0, 3], Array("HTTP/1.1 400 \r\n\r\n".utf8),
        [0, 0, 0, 20, 0, 0, 0, 5, 0, 0], Array(repeating: 0, count: 100_000),
        Array(repeating: 0xFF, count: 100_000),
    ]

    @Test(arguments: rubbish, [true, false])
    func rubbishEndsTheConnectionAndTheNextOneWorks(
        rubbish: [UInt8], isBound: Bool
    ) async throws {
        let seen = Seen()
        let server = try await RawSMSC { pdu, connection in
            guard let pdu else {
                if seen.next() < 2, !isBound {
                    connection.send(rubbish)
                    connection.close()
                }
                return
            }
            RawSMSC.serve(pdu, connection)
            if seen.count.withLock({ $0 }) <= 2, isBound, case .bind = pdu.body {
                connection.send(rubbish)
                connection.close()
            }
        }
        try await withChannel(server) { try await sendUntilTaken($0) }
    }

    @Test func bindThatIsNeverAnsweredIsGivenUp() async throws {
        let seen = Seen()
        let server = try await RawSMSC { pdu, connection in
            guard let pdu else {
                _ = seen.next()
                return
            }
            if seen.count.withLock({ $0 }) > 2 { RawSMSC.serve(pdu, connection) }
        }
        try await withChannel(server, { $0.answerWithin = .milliseconds(100) }) {
            try await sendUntilTaken($0)
        }
    }

    @Test func answersWithForeignNumbersAreNobodys() async throws {
        let server = try await RawSMSC { pdu, connection in
            guard let pdu else { return }
            if case .submit = pdu.body {
                for sequence in [0, pdu.sequence + 7, UInt32.max] {
                    connection.send(PDU(.submitResponse(messageID: "no"), sequence: sequence))
                    connection.send(
                        PDU(.genericNack, sequence: sequence, status: .init(rawValue: 3)))
                }
            }
            RawSMSC.serve(pdu, connection)
        }
        try await withChannel(server) { channel in
            guard case .taken(let ids) = try await sendOut(channel) else {
                Issue.record("its own answer follows")
                return
            }
            #expect(ids != ["no"])
        }
    }

    @Test func pdusMayComeByteByByte() async throws {
        let server = try await RawSMSC { pdu, connection in
            guard let pdu else { return }
            guard case .submit = pdu.body else { return RawSMSC.serve(pdu, connection) }
            var buffer = ByteBuffer()
            PDU(.submitResponse(messageID: "slow"), sequence: pdu.sequence).write(into: &buffer)
            for byte in buffer.readableBytesView { connection.send([byte]) }
        }
        try await withChannel(server) { channel in
            let outcome = try await sendOut(channel)
            #expect(outcome == .taken(providerIDs: ["slow"]))
        }
    }

    @Test func requestsThatNobodyKnowsAreRefusedAndChangeNothing() async throws {
        let seen = Seen()
        let server = try await RawSMSC { pdu, connection in
            guard let pdu else { return }
            if case .genericNack = pdu.body { seen.pdus.withLock { $0.append(pdu) } }
            RawSMSC.serve(pdu, connection)
            guard case .bind = pdu.body else { return }
            for command in [UInt32(0x07), 0x21, 0x7777] {
                connection.send(PDU(.unknown(command: command, [1, 2]), sequence: command))
            }
            // A deliver_sm that breaks off.
            connection.send([0, 0, 0, 18, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 99, 0x41, 0])
        }
        try await withChannel(server) { channel in
            try await sendUntilTaken(channel)
            let end = ContinuousClock.now + .seconds(240)
            while seen.pdus.withLock({ $0.count }) < 4, ContinuousClock.now < end {
                // They may reach us after the message went out.
                try await Task.sleep(for: .milliseconds(10))
            }
            let nacks = seen.pdus.withLock { $0 }
            #expect(nacks.map(\.sequence) == [0x07, 0x21, 0x7777, 99])
            #expect(nacks.map(\.status.rawValue) == [3, 3, 3, 2])
        }
    }

    /// Ten thousand receipts at once while reports stand still: what is too much comes again.
    @Test func floodOfReceiptsIsHeldBack() async throws {
        let (seen, gate) = (Seen(), Gate())
        let server = try await RawSMSC { pdu, connection in
            guard let pdu else { return }
            RawSMSC.serve(pdu, connection)
            if case .deliverResponse = pdu.body { seen.pdus.withLock { $0.append(pdu) } }
            guard case .bind = pdu.body else { return }
            var message = PDU.ShortMessage()
            message.esmClass = 4
            for number in UInt32(1)...10_000 {
                message.octets = Array("id:\(number) stat:DELIVRD".utf8)
                connection.send(PDU(.deliver(message), sequence: number))
            }
        }
        var smpp = SMPPSettings(host: "127.0.0.1", port: server.port)
        smpp.window = 1
        let channel = SMPPChannel(
            name: "sms", settings: smpp, references: PartReferences(start: 0),
            group: .singletonMultiThreadedEventLoopGroup,
            logger: .silent, report: { _ in await gate.wait() })
        let running = Task { try await channel.run() }
        while seen.pdus.withLock({ $0.count }) < 10_000 - 256 {
            // The flood takes its time.
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(seen.pdus.withLock { $0.allSatisfy { $0.status.rawValue == 0x14 } })
        gate.open()
        while seen.pdus.withLock({ $0.count }) < 10_000 {
            // So does what was held.
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(seen.pdus.withLock { $0.count { $0.status.rawValue == 0 } } == 256)
        running.cancel()
        _ = await running.result
        await server.stop()
    }

    /// Lets nobody through until it is opened.
    final class Gate: Sendable {
        private let waiting: AsyncStream<Void>
        private let end: AsyncStream<Void>.Continuation

        init() { (waiting, end) = AsyncStream.makeStream() }

        func wait() async { for await _ in waiting {} }
        func open() { end.finish() }
    }

    @Test func gatewayOverTLSIsSpokenToOnlyIfItIsVouchedFor() async throws {
        let certificates = try NIOSSLCertificate.fromPEMFile(Peer.certificate)
        let configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: certificates.map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: Peer.key, format: .pem)))
        for isTrusted in [true, false] {
            let server = try await RawSMSC(tls: try NIOSSLContext(configuration: configuration)) {
                if let pdu = $0 { RawSMSC.serve(pdu, $1) }
            }
            var client = TLSConfiguration.makeClientConfiguration()
            if isTrusted { client.trustRoots = .file(Peer.certificate) }
            let context = try NIOSSLContext(configuration: client)
            try await withChannel(server, { $0.tls = context }) { channel in
                let outcome =
                    isTrusted ? try await sendOut(channel) : try await send(channel)
                if isTrusted {
                    #expect(outcome == .taken(providerIDs: ["2"]))
                } else {
                    #expect("\(outcome)".contains("refusedForNow"))
                }
            }
        }
    }
}
