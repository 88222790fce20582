import ArgumentParser
import Contracts
import Domain

/// The lines between platforms.
struct LinkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "link",
        abstract: "See how the links to platforms below and above are.",
        subcommands: [List.self, Forget.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The links of this platform: since when, how far behind, what is refused.")

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let answer = try await Connection.with(.ingest, connection) {
                try await $0.unary(IngestV1.LinkService.listLinks, IngestV1.ListLinksRequest())
            }
            output.print(answer.links.map(\.record), empty: "There are no links.")
            let refusals = answer.links.flatMap { link in
                link.refusals.map { $0.record(of: link.nodeID) }
            }
            if output.output == .table, !refusals.isEmpty {
                output.print(refusals, empty: "")
            }
        }
    }

    struct Forget: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Forget what is known of a link to below: another store may begin there.",
            discussion: """
                For a platform that was made anew or restored from an older copy. What was taken \
                stays; everything that it still has is sent again, and repeats do no harm.
                """)

        @Argument(help: "The node that it speaks for.")
        var node: String

        @Option(name: .long, help: "Why; it stands in the journal.")
        var reason: String

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            _ = try await Connection.with(.ingest, connection) {
                try await $0.unary(
                    IngestV1.LinkService.forgetLink,
                    IngestV1.ForgetLinkRequest(nodeID: node, reason: reason))
            }
            output.print(Record([Field("node", "forgotten", .text(node))]))
        }
    }
}
