import ArgumentParser
import Contracts

extension CommitmentCommand {
    struct Delegate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let somebody else of the enterprise sign for some days; the principal does.")

        @Argument(help: "The person who may sign.")
        var person: String

        @Option(name: .long, help: "The enterprise.")
        var enterprise: String

        @Option(name: .long, help: "The first day.")
        var from: String

        @Option(name: .long, help: "The last day.")
        var to: String

        @Option(name: .long, help: "Why.")
        var reason: String

        @Option(name: .long, help: "A name of your own for it; sent again it is the same.")
        var id: String

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let answer = try await Connection.with(.ingest, connection) {
                try await $0.unary(
                    IngestV1.CommitmentService.fileDelegation,
                    IngestV1.FileDelegationRequest(
                        id: id, enterpriseID: enterprise, delegateID: person, fromDay: from,
                        toDay: to, reason: reason))
            }
            if let delegation = answer.delegation { output.print(delegation.record) }
        }
    }

    struct Undelegate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take an authority to sign back.")

        @Argument(help: "Its name.")
        var id: String

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let answer = try await Connection.with(.ingest, connection) {
                try await $0.unary(
                    IngestV1.CommitmentService.endDelegation,
                    IngestV1.EndDelegationRequest(id: id))
            }
            if let delegation = answer.delegation { output.print(delegation.record) }
        }
    }

    struct Delegations: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List who may sign beside the principal.")

        @Argument(help: "The enterprise.")
        var enterprise: String

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let answer = try await Connection.with(.ingest, connection) {
                try await $0.unary(
                    IngestV1.CommitmentService.listDelegations,
                    IngestV1.ListDelegationsRequest(enterpriseID: enterprise))
            }
            output.print(answer.delegations.map(\.record), empty: "Only the principal signs.")
        }
    }

    struct Handle: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write down what was done about a missed day.")

        @Argument(help: "The enterprise.")
        var enterprise: String

        @Option(name: .long, help: "The missed day.")
        var day: String

        @Option(name: .long, help: "What kind of thing was done; `commitment form` lists them.")
        var measure: String

        @Option(name: .long, help: "What was done.")
        var text: String

        @Option(name: .long, help: "A name of your own for it; sent again it is the same.")
        var id: String

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let answer = try await Connection.with(.ingest, connection) {
                try await $0.unary(
                    IngestV1.CommitmentService.handleMissed,
                    IngestV1.HandleMissedRequest(
                        id: id, enterpriseID: enterprise, day: day, measure: measure, text: text))
            }
            if let missed = answer.missed { output.print(missed.record) }
        }
    }
}
