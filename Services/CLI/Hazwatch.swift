import ArgumentParser

/// The command line of Hazwatch: `hazwatch NOUN VERB`.
@main
struct Hazwatch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hazwatch",
        abstract: "Watches major hazard sources: readings, alarms, warnings, notices.",
        discussion: """
            Begin with `hazwatch up --demo`, then try `hazwatch warning list` in another terminal.
            Exit codes: 0 done, 1 refused, 2 usage, 3 unreachable.
            """,
        subcommands: [
            UpCommand.self,
            RegistryCommand.self, CameraCommand.self, ReadingCommand.self, AlarmCommand.self,
            WarningCommand.self,
            CaseCommand.self, ObligationCommand.self, InboxCommand.self, ReplayCommand.self,
            CommitmentCommand.self, FilingCommand.self, PresenceCommand.self, FindingCommand.self,
            QualityCommand.self, GatewayCommand.self, LinkCommand.self, CleaningCommand.self,
            JournalCommand.self,
            AuditCommand.self, TokenCommand.self, PolicyCommand.self,
        ])

    static func main() async {
        let code = await Launch.run(Array(CommandLine.arguments.dropFirst()))
        Launch.exit(code)
    }
}
