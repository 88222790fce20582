import Domain
package import NIOCore
package import NIOSSL
package import Runtime

/// How an SMSC is reached, and how it wants to be spoken to.
package struct SMPPSettings: Sendable {
    package enum Receipts: String, CaseIterable, Sendable {
        case all, last, none
    }

    package var host: String
    package var port: Int
    package var tls: NIOSSLContext?
    /// One connection that does both, or one for each direction.
    package var kinds: [PDU.BindKind] = [.transceiver]
    package var bind = PDU.Bind()
    package var source = PDU.Address()
    package var destinationTON: UInt8 = 0
    package var destinationNPI: UInt8 = 1
    package var countryPrefix = ""
    package var serviceType = ""
    package var allowsGSM = true
    package var receipts = Receipts.all
    package var ids = DeliveryReceipt.IDForm.same
    package var temporary: Set<CommandStatus> = []
    package var signature = ""
    package var window = 10
    package var perSecond = 0
    package var burst = 1
    package var enquireEvery = TimeAmount.seconds(30)
    package var answerWithin = TimeAmount.seconds(10)
    package var patience = TimeAmount.seconds(60)

    package init(host: String, port: Int) {
        (self.host, self.port) = (host, port)
    }

    var pace: WaitingRoom.Pace {
        WaitingRoom.Pace(perSecond, burst: burst, atOnceMax: window)
    }

    func session(_ kind: PDU.BindKind) -> SMPPSession.Settings {
        SMPPSession.Settings(
            kind: kind, bind: bind, enquireEvery: enquireEvery, answerWithin: answerWithin)
    }

    /// The keys of a gateway; those of the second one begin with `backup-`.
    package static func keys(_ prefix: String = "") -> [ConfigurationKey] {
        func key(
            _ name: String, _ kind: ConfigurationKey.Kind, default fallback: String? = nil,
            secret: Bool = false, _ meaning: String
        ) -> ConfigurationKey {
            ConfigurationKey(
                "\(prefix)smpp-\(name)", kind, default: fallback, secret: secret, meaning)
        }
        return [
            key("host", .text, "The name or address of the SMSC (SMPP 3.4)."),
            key("port", .integer(1...65_535), default: "2775", "Its port."),
            key("tls", .truth, default: "false", "Whether to speak TLS with it."),
            key("tls-authorities", .text, "Who may vouch for it, in PEM; unset: the system's."),
            key("system-id", .text, default: "", "Who we are to it; at most 15 characters."),
            key(
                "password", .text, default: "", secret: true,
                "How we prove it; at most 8 characters."),
            key("system-type", .text, default: "", "Our kind of system, if it asks for one."),
            key(
                "bind", .choice(["transceiver", "separate"]), default: "transceiver",
                "One connection for both directions, or one for each."),
            key("source", .text, default: "", "The number that telephones show as sender."),
            key("source-ton", .integer(0...6), default: "0", "Its type of number."),
            key("source-npi", .integer(0...18), default: "0", "Its numbering plan."),
            key(
                "destination-ton", .integer(0...6), default: "0",
                "The type of the numbers we send to; those with a country are 1 in any case."),
            key("destination-npi", .integer(0...18), default: "1", "Their numbering plan."),
            key(
                "country-prefix", .text, default: "",
                "What is put in front of numbers without a country, such as 86."),
            key("service-type", .text, default: "", "The service_type of each message."),
            key(
                "alphabet", .choice(["gsm", "ucs2"]), default: "gsm",
                "Whether texts that fit go in the 7-bit alphabet of GSM, or all in UCS-2."),
            key(
                "receipts", .choice(Receipts.allCases.map(\.rawValue)), default: "all",
                "Of which parts of a message receipts are asked for."),
            key(
                "receipt-ids", .choice(DeliveryReceipt.IDForm.allCases.map(\.rawValue)),
                default: "same",
                "Whether responses and receipts write a message's id alike, or which of the two "
                    + "is hexadecimal while the other is decimal."),
            key(
                "temporary-statuses", .text, default: "",
                "Statuses of this SMSC after which trying again may help, such as 0x401,0x402."),
            key(
                "signature", .text, default: "",
                "Put in 【】 in front of texts that bear none of their own."),
            key(
                "window", .integer(1...1_000), default: "10",
                "How many messages may wait for their answers together."),
            key(
                "per-second", .integer(0...100_000), default: "0",
                "How many messages it takes in a second; 0: no limit. Red ones do not wait."),
            key(
                "burst", .integer(1...100_000), default: "1",
                "How many may go at once after a rest."),
            key(
                "enquire-seconds", .integer(1...3_600), default: "30",
                "After how long a silence it is asked whether it is there."),
            key(
                "answer-ms", .integer(100...120_000), default: "10000",
                "A message that it has not answered by then may have arrived."),
            key(
                "patience-seconds", .integer(1...3_600), default: "60",
                "How long a message waits for its turn before it counts as refused for now."),
        ]
    }
}
