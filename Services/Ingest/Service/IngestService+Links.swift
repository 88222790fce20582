import Foundation
import IngestCore
import Runtime
import ServiceLifecycle
import Storage

/// The link to the superior, by the settings.
extension IngestService {
    static let superiorKeys = [
        ConfigurationKey(
            "superior", .text,
            "Where the ingest of the superior platform takes calls, as HOST:PORT; unset: there is "
                + "none. What is registered and stored here goes up to it."),
        ConfigurationKey(
            "superior-token", .text,
            "The file of the token for it (there: `hazwatch token issue --role link --node NODE "
                + "--to FILE`)."),
        ConfigurationKey(
            "superior-tls-roots", .text,
            "Certificates that that of the superior must descend from, in PEM; unset: no TLS."),
        ConfigurationKey(
            "superior-tls-certificate", .text, "The certificate shown to the superior, in PEM."),
        ConfigurationKey(
            "superior-tls-key", .text, "The private key of that certificate, in PEM."),
        ConfigurationKey(
            "superior-keep-hours", .integer(1...8_760), default: "720",
            "What the superior has not taken is kept for it for so many hours; follow-hours holds "
                + "in any case. Ours."),
    ]

    /// What is known of lines, with the name of this store, drawn when it was made.
    static func linkBoard(
        _ context: ServiceContext, _ metrics: LinkMetrics
    ) throws -> LinkBoard {
        let key = "link.instance"
        let instance = try context.store.write { db in
            if let known = try Meta.get(key, in: db) { return known }
            let drawn = UUID().uuidString.lowercased()
            try Meta.put(key, drawn, in: db)
            return drawn
        }
        return LinkBoard(
            instance: instance, superior: context.configuration.optional("superior"),
            clock: context.clock, metrics: metrics)
    }

    /// The one who dials; none if there is no superior.
    static func uplink(
        _ context: ServiceContext, _ board: LinkBoard, _ log: any BatchLog,
        _ engine: Engine<IngestMachine>, _ registry: RegistrySnapshot, _ metrics: LinkMetrics
    ) throws -> [any Service] {
        let settings = context.configuration
        if settings.optional("superior") == nil { return [] }
        guard let token = settings.optional("superior-token") else {
            throw settings.mistake("superior-token", "it is unset beside superior")
        }
        let client = try settings.client(
            to: "superior", tokens: TokenSource(file: token), group: context.group,
            logger: context.logger)
        return [
            Uplink(
                client: client, board: board, log: log, store: context.store, engine: engine,
                registry: registry, metrics: metrics, logger: context.logger)
        ]
    }

    /// What is kept for the superior beyond what is kept for followers.
    static func owed(
        _ board: LinkBoard, _ settings: ServiceConfiguration
    ) -> (@Sendable () -> OwedSegments)? {
        if board.superior == nil { return nil }
        let keeping = retention(hours: settings.integer("superior-keep-hours"))
        return {
            OwedSegments(takenUpTo: board.above.takenUpTo, keeping: keeping)
        }
    }
}
