import Domain
import Foundation
import NIOCore
package import Runtime

/// Calls over a command of this machine, which knows a modem or a gateway for voice.
///
/// The command gets the text on its standard input and is told by its arguments whom to call. It
/// ends with 0 if it took the message, with 75 if it may work later, with anything else if not.
package final class VoiceChannel: MessageChannel {
    package let name: String
    private let command: [String]
    private let limit: Duration
    private let turnstile: Turnstile

    package init(name: String, command: [String], limit: Duration, atOnceMax: Int = 1) {
        (self.name, self.command, self.limit) = (name, command, limit)
        turnstile = Turnstile(.init(atOnceMax: atOnceMax))
    }

    package static let keys = [
        ConfigurationKey(
            "voice-command", .text,
            "A command that calls people, as a JSON list with its full path first, such as "
                + "[\"/usr/local/bin/call\", \"{telephone}\"]; the text is on its standard input. "
                + "Unset: nobody is called. In it stand " + OutgoingMessage.valueNamesInBraces
                + "."),
        ConfigurationKey(
            "voice-limit-seconds", .integer(1...3_600), default: "120",
            "How long it may run; then it is ended with all that it started."),
        ConfigurationKey(
            "voice-at-once", .integer(1...100), default: "1", "How many may run together."),
    ]

    /// The command that the settings state; nil if there is none.
    package static func read(
        _ settings: ServiceConfiguration, name: String
    ) throws -> VoiceChannel? {
        guard let text = settings.optional("voice-command") else { return nil }
        guard let json = try? JSONValue(parsing: text.utf8), case .array(let list) = json,
            let program = list.first?.text
        else {
            throw ChannelMistake(
                "voice-command", "it is no JSON list; write [\"/path/to/program\", \"{telephone}\"]"
            )
        }
        guard program.hasPrefix("/"), FileManager.default.isExecutableFile(atPath: program) else {
            throw ChannelMistake(
                "voice-command", "`\(program)` cannot be run; write the full path of a program")
        }
        try HTTPProvider.check(names: json.names, of: "voice-command")
        return VoiceChannel(
            name: name, command: list.compactMap(\.text),
            limit: .seconds(settings.integer("voice-limit-seconds")),
            atOnceMax: settings.integer("voice-at-once"))
    }

    package func run() async throws { await untilCancelled() }

    package func handOver(_ message: OutgoingMessage) async throws -> HandOverOutcome {
        guard let telephone = Telephone(message.telephone) else {
            return .refused("The message is for nobody with a telephone that can be called.")
        }
        var values = message.allValues()
        values["telephone"] = (telephone.isInternational ? "+" : "") + telephone.digits
        let arguments = command.map { JSONValue.string($0).filled(values).text ?? "" }
        let text = ShortenedText.fitting(message.text) { text in
            text.utf8.count <= RuntimeLimits.commandInputBytesMax
        }
        let run = LocalCommand(arguments: arguments, input: text, limit: limit)
        let outcome = try await turnstile.pass(
            message.level, turnstile.arrive(), patience: ChannelLimits.turnPatience
        ) {
            try Task.checkCancellation()
            return (Self.read(await run.run(), limit: run.limit), false)
        }
        return (outcome ?? .refusedForNow("its turn did not come: the line is taken"))
            .hiding(message.telephone, telephone.digits)
    }

    private static func read(
        _ run: LocalCommand.Outcome, limit: Duration
    ) -> HandOverOutcome {
        let words = HTTPAnswer.shortened(run.output + [UInt8(ascii: " ")] + run.errors)
        let said = words.isEmpty ? "" : ": \(words)"
        return switch run.ended {
        case .exited(0): .taken(providerIDs: [])
        case .exited(75): .refusedForNow("the command ended with 75\(said)")
        case .exited(let code): .refused("the command ended with \(code)\(said)")
        case .signalled(let signal): .unknown("signal \(signal) ended the command\(said)")
        case .cutOff: .unknown("the command was ended: it took longer than \(limit)\(said)")
        case .notStarted(let reason): .refused("the command was not started: \(reason)")
        }
    }
}
