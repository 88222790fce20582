import ArgumentParser
import Contracts

/// What a body's duty desk has been told.
struct InboxCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inbox", abstract: "Read and confirm the notices to a duty desk.",
        subcommands: [List.self, Confirm.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The notices to the node of the token, the newest first; they become seen.")

        @Option(name: .long, help: "Of this node, at or under that of the token.")
        var node: String = ""

        @Flag(name: .long, help: "Also those that are confirmed.")
        var all = false

        @OptionGroup var page: PageOptions
        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let notices = try await Connection.with(.notification, connection) { service in
                try await page.collect { size, token in
                    let answer = try await service.unary(
                        NotificationV1.InboxService.list,
                        NotificationV1.ListInboxRequest(
                            includeConfirmed: all, nodeID: node, pageSize: size, pageToken: token))
                    return (answer.notices, answer.nextPageToken)
                }
            }
            guard output.output == .table else {
                return output.print(notices.map(Record.init), empty: "")
            }
            if notices.isEmpty {
                Terminal.out("Nothing to take note of; --all shows what was confirmed.")
            }
            // The text is what a desk reads, so each notice is printed whole.
            for (index, notice) in notices.enumerated() {
                if index > 0 { Terminal.out("") }
                output.print(Record(notice))
            }
        }
    }

    struct Confirm: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say that a person has taken note; it stops no clock.")

        @Argument(help: "The notice.")
        var notice: String

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let answer = try await Connection.with(.notification, connection) {
                try await $0.unary(
                    NotificationV1.InboxService.confirm,
                    NotificationV1.ConfirmRequest(noticeID: notice))
            }
            if let notice = answer.notice { output.print(Record(notice)) }
        }
    }
}
