import ArgumentParser
import Contracts
import Domain

/// Outages that enterprises file.
struct FilingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "filing",
        abstract: "File that points give no data for a while, and verify what was filed.",
        subcommands: [Send.self, Verify.self, Extend.self, End.self, Show.self, List.self])

    struct Send: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "File an outage; the token is that of an officer of the enterprise.")

        @Argument(help: "A name of your own for it; sent again it is the same filing.")
        var id: String

        @Option(name: .long, help: "The enterprise.")
        var enterprise: String

        @Option(name: .long, help: "A point without data; repeat it.")
        var point: [String] = []

        @Option(name: .long, help: "A device of which no point has data; repeat it.")
        var device: [String] = []

        @Option(
            name: .long,
            help: "shutdown, maintenance, damage, powerCut, networkCut or other.")
        var cause: String

        @Option(name: .long, help: "Why, in words.")
        var reason: String

        @Option(name: .long, help: "From when, such as 2021-11-01 08:00.")
        var start: String

        @Option(name: .long, help: "Until when it is expected to last.")
        var end: String

        @Flag(name: .long, help: "Apply for the devices to be disabled in the system.")
        var disable = false

        @OptionGroup var proof: EvidenceOptions
        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let request = IngestV1.SendFilingRequest(
                id: id, enterpriseID: enterprise, pointIDs: point, deviceIDs: device, cause: cause,
                reason: reason,
                startUnixMs: try output.instant(start, option: "start").unixMilliseconds,
                endUnixMs: try output.instant(end, option: "end").unixMilliseconds,
                disables: disable, evidence: try proof.values())
            let answer = try await Connection.with(.ingest, connection) {
                try await $0.unary(IngestV1.FilingService.sendFiling, request)
            }
            if let filing = answer.filing { output.print(filing.record) }
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Confirm or refuse a filing, or a later end of it.")

        @Argument(help: "The filing.")
        var id: String

        @Flag(name: .long, help: "Confirm it; name evidence.")
        var confirm = false

        @Flag(name: .long, help: "Refuse it.")
        var refuse = false

        @Option(name: .long, help: "How it was verified: onSite, video, telephone or documents.")
        var method: String

        @Option(name: .long, help: "What was found, or why it is refused.")
        var finding: String

        @OptionGroup var proof: EvidenceOptions
        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            if confirm == refuse { throw ValidationError("Write --confirm or --refuse.") }
        }

        func run() async throws {
            let request = IngestV1.VerifyFilingRequest(
                id: id, verdict: confirm ? "confirm" : "refuse", method: method, finding: finding,
                evidence: try proof.values())
            let answer = try await Connection.with(.ingest, connection) {
                try await $0.unary(IngestV1.FilingService.verifyFiling, request)
            }
            if let filing = answer.filing { output.print(filing.record) }
        }
    }

    struct Extend: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ask for a later end; the old one holds until it is confirmed.")

        @Argument(help: "The filing.")
        var id: String

        @Option(name: .long, help: "The later end.")
        var until: String

        @Option(name: .long, help: "Why.")
        var reason: String

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let until = try output.instant(until, option: "until")
            let answer = try await Connection.with(.ingest, connection) {
                try await $0.unary(
                    IngestV1.FilingService.extendFiling,
                    IngestV1.ExtendFilingRequest(
                        id: id, untilUnixMs: until.unixMilliseconds, reason: reason))
            }
            if let filing = answer.filing { output.print(filing.record) }
        }
    }

    struct End: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say that an outage is over, or take back a filing that has not begun.")

        @Argument(help: "The filing.")
        var id: String

        @Option(name: .long, help: "Why.")
        var reason: String

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let answer = try await Connection.with(.ingest, connection) {
                try await $0.unary(
                    IngestV1.FilingService.endFiling,
                    IngestV1.EndFilingRequest(id: id, reason: reason))
            }
            if let filing = answer.filing { output.print(filing.record) }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show one filing.")

        @Argument(help: "The filing.")
        var id: String

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let answer = try await Connection.with(.ingest, connection) {
                try await $0.unary(
                    IngestV1.FilingService.getFiling, IngestV1.GetFilingRequest(id: id))
            }
            if let filing = answer.filing { output.print(filing.record) }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List filings, the earliest first, and how long each waits.")

        @Option(name: .long, help: "Only what stands under this node.")
        var under: String = ""

        @Option(
            name: .long, help: "sent, confirmed, inForce, over, refused or withdrawn.")
        var state: String = ""

        @Flag(name: .long, help: "Only what waits to be verified.")
        var unconfirmed = false

        @Option(name: .long, help: "Only filings with this point.")
        var point: String = ""

        @OptionGroup var page: PageOptions
        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let rows = try await Connection.with(.ingest, connection) { service in
                try await page.collect { size, token in
                    let answer = try await service.unary(
                        IngestV1.FilingService.listFilings,
                        IngestV1.ListFilingsRequest(
                            underNodeID: under, state: state, unconfirmedOnly: unconfirmed,
                            pointID: point, pageSize: size, pageToken: token))
                    let now = Instant(unixMilliseconds: answer.nowUnixMs)
                    return (answer.filings.map { $0.row(at: now) }, answer.nextPageToken)
                }
            }
            output.print(rows, empty: "There is no such filing.")
        }
    }
}

/// What proves something: `name=sha256`, as often as there are files.
struct EvidenceOptions: ParsableArguments {
    @Option(
        name: .long,
        help: "A file that proves it, as NAME=SHA256, such as `sha256sum` prints; repeat it.")
    var evidence: [String] = []

    func values() throws -> [IngestV1.Evidence] {
        try evidence.map { text in
            let parts = text.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2 else {
                throw ValidationError("--evidence \"\(text)\" is no NAME=SHA256.")
            }
            return IngestV1.Evidence(name: String(parts[0]), sha256: String(parts[1]))
        }
    }
}
