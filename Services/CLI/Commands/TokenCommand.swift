import ArgumentParser
import Domain
import Foundation
import Runtime

/// Who may ask what.
struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Make tokens, without which no service answers.",
        subcommands: [Issue.self, PublicKey.self])

    /// Which key, and where it lies.
    struct KeyOptions: ParsableArguments {
        @Option(name: .long, help: "The key of the installation. Default: that of the data folder.")
        var key: String?

        @OptionGroup var folder: DataFolder

        // A key that is not there is never made here: its tokens would open nothing.
        func open() async throws -> TokenKey {
            let path = key ?? folder.tokenKey
            guard FileManager.default.fileExists(atPath: path) else {
                throw Failure.refused(
                    "There is no key \(path).",
                    next: "Name it with --key; `hazwatch up` makes one in its data folder.")
            }
            do {
                return try await TokenKey.open(path: path)
            } catch let failure as TokenKeyFailure {
                throw Failure.refused("\(failure)", next: "")
            }
        }
    }

    struct PublicKey: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the public key, for services that check tokens and sign none.",
            discussion: """
                A service on a machine of its own takes it as token-public-key, and as token-file \
                a token of the role service if it follows others.
                """)

        @Option(name: .long, help: "The file to write; it must not exist.")
        var to: String?

        @OptionGroup var key: KeyOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let text = try await key.open().publicPEM
            guard let to else {
                guard output.output == .json else {
                    return Terminal.out(text.trimmingCharacters(in: .newlines))
                }
                return output.print(
                    Record([Field("public_key", "public key", .text(text))]))
            }
            try TokenCommand.write(text, to: to)
            output.print(Record([Field("file", "file", .text(to))]))
        }
    }

    /// Writes a new file for its owner alone.
    private static func write(_ text: String, to path: String) throws {
        do {
            try PrivateFile.create(path, Array(text.utf8))
        } catch let failure as FileFailure {
            throw Failure.refused("\(failure)", next: "Name a file that does not exist yet.")
        }
    }

    struct Issue: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a token and print it, or write it to a file that only you can read.")

        @Option(
            name: .long,
            help: "Who it is for: the name of a person, service or platform; the id of a gateway.")
        var subject: String

        @Option(name: .long, help: "service, gateway, link, officer or administrator.")
        var role: Principal.Role

        @Option(
            name: .long,
            help: """
                The node of the organisation tree: the token sees what stands under it. For a \
                gateway, its enterprise; for a link, the node of the platform below. A service \
                needs none: it sees all.
                """)
        var node: String?

        @Option(name: .long, help: "How long it is good for, such as 8h or 90d.")
        var ttl: String = "30d"

        @Option(name: .long, help: "The file to write; it must not exist.")
        var to: String?

        @OptionGroup var key: KeyOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            // Without one it would see the whole tree, which nobody is to get by leaving it out or
            // by a variable that is not set.
            if (node ?? "").isEmpty, role != .service {
                throw ValidationError(
                    "--node is missing or empty; only a service needs none. For the whole tree "
                        + "name its root.")
            }
            if subject.isEmpty { throw ValidationError("--subject is empty; say who it is for.") }
        }

        func run() async throws {
            guard let life = TimeText.interval(ttl), life > .seconds(0) else {
                throw ValidationError("--ttl must be a time such as 8h or 90d.")
            }
            let now = SystemTime().now()
            let token = try await key.open().issue(
                subject: subject, role: role, node: NodeID(node ?? ""), life: life, now: now)
            if let to {
                try TokenCommand.write(token + "\n", to: to)
                return output.print(record(until: now + life, Field("file", "file", .text(to))))
            }
            guard output.output == .json else { return Terminal.out(token) }
            output.print(record(until: now + life, Field("token", "token", .text(token))))
        }

        private func record(until: Instant, _ last: Field) -> Record {
            Record([
                Field("subject", "subject", .text(subject)),
                Field("role", "role", .text(role.rawValue)),
                Field("node", "node", .text(node ?? "")),
                Field("expires_at", "expires at", .time(until)), last,
            ])
        }
    }
}

extension Principal.Role: ExpressibleByArgument {}
