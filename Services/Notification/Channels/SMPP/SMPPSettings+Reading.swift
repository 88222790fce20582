import NIOCore
import NIOSSL
package import Runtime

extension SMPPSettings {
    /// What the settings state; nil if they name no SMSC.
    package static func read(
        _ settings: ServiceConfiguration, prefix: String = ""
    ) throws -> SMPPSettings? {
        func name(_ key: String) -> String { "\(prefix)smpp-\(key)" }
        func text(_ key: String) -> String { settings.text(name(key)) }
        func number(_ key: String) -> Int { settings.integer(name(key)) }
        func octet(_ key: String) -> UInt8 { UInt8(clamping: number(key)) }
        guard let host = settings.optional(name("host")) else { return nil }
        for (key, longest) in [
            ("system-id", 15), ("password", 8), ("system-type", 12), ("service-type", 5),
            ("source", 20),
        ] where text(key).utf8.count > longest {
            throw ChannelMistake(name(key), "SMPP has room for \(longest) characters")
        }
        let country = text("country-prefix")
        guard country.allSatisfy({ ("0"..."9").contains($0) }), country.count < 5 else {
            throw ChannelMistake(name("country-prefix"), "it is no country's number, such as 86")
        }
        var smpp = SMPPSettings(host: host, port: number("port"))
        if settings.truth(name("tls")) {
            smpp.tls = try context(settings.optional(name("tls-authorities")), name)
        }
        smpp.kinds = text("bind") == "separate" ? [.transmitter, .receiver] : [.transceiver]
        smpp.bind.systemID = text("system-id")
        smpp.bind.password = text("password")
        smpp.bind.systemType = text("system-type")
        smpp.source = PDU.Address(
            text("source"), ton: octet("source-ton"), npi: octet("source-npi"))
        smpp.destinationTON = octet("destination-ton")
        smpp.destinationNPI = octet("destination-npi")
        smpp.countryPrefix = country
        smpp.serviceType = text("service-type")
        smpp.allowsGSM = text("alphabet") == "gsm"
        smpp.receipts = Receipts(rawValue: text("receipts")) ?? .all
        smpp.ids = DeliveryReceipt.IDForm(rawValue: text("receipt-ids")) ?? .same
        smpp.temporary = try statuses(text("temporary-statuses"), of: name("temporary-statuses"))
        smpp.signature = text("signature")
        smpp.window = number("window")
        (smpp.perSecond, smpp.burst) = (number("per-second"), number("burst"))
        smpp.enquireEvery = .seconds(Int64(number("enquire-seconds")))
        smpp.answerWithin = .milliseconds(Int64(number("answer-ms")))
        smpp.patience = .seconds(Int64(number("patience-seconds")))
        return smpp
    }

    private static func statuses(
        _ text: String, of setting: String
    ) throws -> Set<CommandStatus> {
        let numbers = text.split(separator: ",").map { word in
            let word = word.filter { $0 != " " }
            return word.hasPrefix("0x") ? UInt32(word.dropFirst(2), radix: 16) : UInt32(word)
        }
        guard numbers.allSatisfy({ $0 != nil }) else {
            throw ChannelMistake(setting, "`\(text)` is no list of statuses such as 0x401,0x402")
        }
        return Set(numbers.compactMap { $0.map { CommandStatus($0) } })
    }

    private static func context(
        _ file: String?, _ name: (String) -> String
    ) throws -> NIOSSLContext {
        do {
            return try TLS.context(trusting: file)
        } catch {
            throw ChannelMistake(name("tls-authorities"), "it cannot be used: \(error)")
        }
    }
}
