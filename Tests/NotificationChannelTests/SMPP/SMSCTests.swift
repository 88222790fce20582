import Domain
import NIOCore
import NotificationChannels
import Testing

/// What a user relies on, against an SMSC of another maker over real sockets (NTF-01, NTF-52).
@Suite struct SMSCTests {
    static let warning = "【示范应急】[红色预警]甲厂储罐区A 2021-11-01 08:00 压力95kPa高高报，请立即处置。"

    @Test func chineseTextArrivesLetterByLetterAndItsReceiptReachesUs() async throws {
        let smsc = try await SMSC()
        let outcome = try await smsc.send(Self.warning)
        guard case .taken(let ids) = outcome else {
            Issue.record("it is taken, not \(outcome)")
            return
        }
        #expect(ids == ["43969"])
        let message = try #require(try await smsc.peer.wait(for: "message").first)
        #expect(message.value(at: "/text")?.text == Self.warning)
        #expect(message.value(at: "/to")?.text == "0000001")
        #expect(try await smsc.reports.wait() == [.delivered(.message("n/1"))])
        await smsc.end()
    }

    @Test(arguments: [("液", 71), ("液", 500), ("𠮷a", 100), ("a", 161), ("{€}", 80)])
    func longTextArrivesInOnePieceAndIsDeliveredOnce(piece: String, count: Int) async throws {
        let smsc = try await SMSC()
        let text = String(repeating: piece, count: count)
        let outcome = try await smsc.send(text)
        let parts = SMSText(text).parts.count
        guard case .taken(let ids) = outcome else {
            Issue.record("it is taken, not \(outcome)")
            return
        }
        #expect(Set(ids).count == parts)
        let message = try #require(try await smsc.peer.wait(for: "message").first)
        // The other side shows septets as they are.
        if SMSText(text).alphabet == .ucs2 { #expect(message.value(at: "/text")?.text == text) }
        #expect(message.value(at: "/parts")?.text == "\(parts)")
        try await smsc.peer.wait(for: "receipt-taken", count: parts)
        try await Self.expectDelivered(smsc, parts: ids)
        let submits = smsc.peer.events("submit")
        #expect(
            submits.allSatisfy {
                $0.value(at: "/receipt")?.text == "SMSC_DELIVERY_RECEIPT_REQUESTED"
            })
        await smsc.end()
    }

    @Test func textOfMoreThanTwentyPartsIsSentShortened() async throws {
        let smsc = try await SMSC()
        let text = "【紧急状况】甲厂。原因：" + String(repeating: "漏", count: 2_000) + "。依据：000 N三。"
        guard case .taken = try await smsc.send(text) else {
            Issue.record("it is taken")
            return
        }
        let message = try #require(try await smsc.peer.wait(for: "message").first)
        #expect(message.value(at: "/parts")?.text == "20")
        let sent = message.value(at: "/text")?.text
        #expect(sent?.hasPrefix("【紧急状况】甲厂。原因：漏") == true)
        #expect(sent?.hasSuffix("漏。依据：000 N三。") == true)
        await smsc.end()
    }

    /// Each part was told by its name but the last one, which told the whole.
    private static func expectDelivered(_ smsc: SMSC, parts: [String]) async throws {
        let reports = try await smsc.reports.wait(count: parts.count)
        #expect(reports.count == parts.count)
        #expect(reports.count { $0 == .delivered(.message("n/1")) } == 1)
        let told = parts.filter { reports.contains(.delivered(.provider($0))) }
        #expect(told.count == parts.count - 1)
    }

    @Test func signatureOfTheSettingsStandsInFrontAndCounts() async throws {
        let smsc = try await SMSC { $0.signature = "示范应急" }
        _ = try await smsc.send(String(repeating: "液", count: 65))
        let message = try #require(try await smsc.peer.wait(for: "message").first)
        #expect(message.value(at: "/text")?.text?.hasPrefix("【示范应急】液") == true)
        #expect(message.value(at: "/parts")?.text == "2")
        await smsc.end()
    }

    /// Another client (smpplib) sends the same text: the SMSC sees the same octets.
    @Test func ourPartsAreThoseOfAnotherClient() async throws {
        let smsc = try await SMSC()
        let text = String(repeating: "红色预警", count: 40)
        _ = try await smsc.send(text, to: "0001")
        try await smsc.peer.wait(for: "message")
        let other = try await Peer.script("control.py", ["\(smsc.peer.port)", "0021", text])
        try await other.wait(for: "sent")
        let messages = try await smsc.peer.wait(for: "message", count: 2)
        #expect(messages.map { $0.value(at: "/text")?.text } == [text, text])
        let submits = smsc.peer.events("submit")
        func shapes(_ number: String) -> [[String?]] {
            submits.filter { $0.value(at: "/to")?.text == number }.map { submit in
                // The reference stands in octet 4 and is each client's own.
                let octets = submit.value(at: "/octets")?.text ?? ""
                return [
                    String(octets.prefix(6)), String(octets.dropFirst(8)),
                    submit.value(at: "/coding")?.text, submit.value(at: "/esm/0")?.text,
                ]
            }
        }
        #expect(shapes("0001") == shapes("0021") && shapes("0001").count == 3)
        await other.end()
        await smsc.end()
    }

    @Test(arguments: [WarningLevel.yellow, .red])
    func throttledMessageIsTriedAgainUntilItIsTaken(level: WarningLevel) async throws {
        // Red does not wait as long as the shortest time of the others.
        let isSo = try await succeeds {
            let smsc = try await SMSC { $0.patience = .minutes(10) }
            let start = ContinuousClock.now
            let outcome = try await smsc.send("x", to: "0002", level: level)
            let took = ContinuousClock.now - start
            guard case .taken = outcome else {
                Issue.record("it is taken in the end, not \(outcome)")
                return true
            }
            let shown = try await smsc.peer.wait(for: "message")
            #expect(shown.count == 1)
            #expect(smsc.peer.events("submit").count == 3)
            await smsc.end()
            if level != .red { #expect(took >= .milliseconds(2_900)) }
            return level != .red || took < .milliseconds(2_900)
        }
        #expect(isSo, "red waits as long as others")
    }

    @Test func throttledPartIsTriedAgainAlone() async throws {
        let smsc = try await SMSC()
        let text = String(repeating: "液", count: 150)
        _ = try await smsc.send(text, to: "0015", level: .red)
        try await smsc.peer.wait(for: "message")
        #expect(
            smsc.peer.events("submit").map { $0.value(at: "/part")?.text } == ["1", "2", "2", "3"])
        #expect(smsc.peer.events("message").map { $0.value(at: "/text")?.text } == [text])
        await smsc.end()
    }

    static let refusals: [(number: String, outcome: HandOverOutcome)] = [
        ("0011", .refused("SMPP 0x0B destination address is invalid")),
        ("0012", .refusedForNow("SMPP 0x14 message queue is full")),
        ("0016", .refusedForNow("SMPP 0x08 system error")),
        ("nobody", .refused("The message is for nobody with a telephone that SMPP can name.")),
        ("", .refused("The message is for nobody with a telephone that SMPP can name.")),
    ]

    @Test(arguments: refusals)
    func refusalSaysWhetherTryingAgainMayHelp(
        row: (number: String, outcome: HandOverOutcome)
    ) async throws {
        // On a slow machine the shortest may be over before its turn has come.
        for patience in [50, 5_000, 60_000] as [Int64] {
            let smsc = try await SMSC { $0.patience = .milliseconds(patience) }
            let outcome = try await smsc.send("x", to: row.number)
            #expect(smsc.peer.events("message").isEmpty)
            await smsc.end()
            if "\(outcome)".contains("its turn did not come"), patience < 60_000 { continue }
            #expect(outcome == row.outcome)
            break
        }
    }

    @Test func statusThatTheOperatorNamesIsTemporary() async throws {
        let smsc = try await SMSC { $0.temporary = [CommandStatus(rawValue: 0x0B)] }
        let outcome = try await smsc.send("x", to: "0011")
        #expect(outcome == .refusedForNow("SMPP 0x0B destination address is invalid"))
        await smsc.end()
    }

    @Test func messageWithoutAnAnswerIsUnknownAndItsReceiptIsStillOurs() async throws {
        let smsc = try await SMSC(settings: Self.impatient)
        #expect(try await smsc.sendOut("x", to: "0003") == .unknown("no answer in time"))
        // Its answer comes only after that, and its receipt before.
        let second = try await smsc.sendOut("x", to: "0018", id: "n/2")
        #expect(second == .unknown("no answer in time"))
        smsc.peer.tell("answer")
        try await smsc.peer.wait(for: "message", count: 2)
        let reports = try await smsc.reports.wait(count: 2)
        #expect(reports.contains { if case .delivered(.provider) = $0 { true } else { false } })
        #expect(smsc.peer.events("message").count == 2)
        await smsc.end()
    }

    @Test func answerThatComesTooLateStillNamesTheMessage() async throws {
        let smsc = try await SMSC(settings: Self.impatient)
        #expect(try await smsc.sendOut("x", to: "0018") == .unknown("no answer in time"))
        smsc.peer.tell("answer")
        try await smsc.peer.wait(for: "answered")
        // What is answered after it comes after it.
        let isAfter = try await succeeds {
            if case .taken = try await smsc.sendOut("x", id: "n/2") { true } else { false }
        }
        #expect(isAfter)
        // What was taken after all is not sent again.
        guard case .taken = try await smsc.send("x", to: "0018") else {
            Issue.record("it was taken")
            return
        }
        #expect(smsc.peer.events("submit").count { $0.value(at: "/to")?.text == "0018" } == 1)
        await smsc.end()
    }

    /// Waits for an answer so long only, and never asks whether the SMSC is still there.
    private static func impatient(_ settings: inout SMPPSettings) {
        (settings.answerWithin, settings.enquireEvery) = (.milliseconds(300), .hours(1))
    }

    @Test func receiptSaysThatItNeverArrives() async throws {
        let smsc = try await SMSC()
        _ = try await smsc.send(String(repeating: "液", count: 71), to: "0006")
        let report = try await smsc.reports.wait().first
        guard case .undeliverable(.message("n/1"), let reason) = report else {
            Issue.record("it failed: \(String(describing: report))")
            return
        }
        #expect(reason.hasPrefix("part ") && reason.hasSuffix("UNDELIV err:069"))
        await smsc.end()
    }

    @Test(arguments: ["0007", "0008", "0017"])
    func receiptsMayComeEarlyOrInAnyOrderOrAsData(number: String) async throws {
        let smsc = try await SMSC()
        let outcome = try await smsc.send(String(repeating: "液", count: 150), to: number)
        guard case .taken(let ids) = outcome else {
            Issue.record("it is taken, not \(outcome)")
            return
        }
        try await smsc.peer.wait(for: "receipt-taken", count: 3)
        try await Self.expectDelivered(smsc, parts: ids)
        #expect(smsc.peer.events("receipt-refused").isEmpty)
        await smsc.end()
    }

    @Test(arguments: ["same", "hex-in-response", "hex-in-receipt"], [true, false])
    func receiptIsMatchedHoweverTheSMSCWritesIDs(form: String, parameters: Bool) async throws {
        let arguments = ["--ids", form] + (parameters ? ["--parameters"] : [])
        let smsc = try await SMSC(arguments) {
            $0.ids = DeliveryReceipt.IDForm(rawValue: form) ?? .same
        }
        _ = try await smsc.send("x")
        #expect(try await smsc.reports.wait() == [.delivered(.message("n/1"))])
        await smsc.end()
    }

    @Test func receiptThatCouldNotBeStoredIsSentAgain() async throws {
        let smsc = try await SMSC(reports: Reports(refusing: 2))
        _ = try await smsc.send("x")
        #expect(try await smsc.reports.wait() == [.delivered(.message("n/1"))])
        let refused = smsc.peer.events("receipt-refused")
        #expect(
            refused.map { $0.value(at: "/status")?.text } == ["ESME_RX_T_APPN", "ESME_RX_T_APPN"])
        await smsc.end()
    }

    /// NTF-16: a person confirms by answering.
    @Test func whatPeopleAnswerReachesUs() async throws {
        let smsc = try await SMSC { $0.countryPrefix = "86" }
        _ = try await smsc.send("x", to: "0009")
        _ = try await smsc.send("x", to: "0010", id: "n/2")
        let replies = try await smsc.reports.wait(count: 4).compactMap { report in
            if case .reply(let telephone, let text) = report { "\(telephone) \(text)" } else { nil }
        }
        #expect(Set(replies) == ["0009 1", "0010 " + String(repeating: "已到现场", count: 20)])
        #expect(smsc.peer.events("submit").first?.value(at: "/to")?.text == "860009")
        await smsc.end()
    }

    @Test func twoConnectionsDoTheWorkOfOne() async throws {
        let smsc = try await SMSC { $0.kinds = [.transmitter, .receiver] }
        let bound = try await smsc.peer.wait(for: "bound", count: 2)
        #expect(
            Set(bound.map { $0.value(at: "/bind")?.text }) == ["bind_receiver", "bind_transmitter"])
        _ = try await smsc.send(Self.warning)
        #expect(try await smsc.reports.wait() == [.delivered(.message("n/1"))])
        await smsc.end()
    }
}
