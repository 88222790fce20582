import ArgumentParser
import Foundation

/// Runs a command line and turns whatever ends it into lines for people and an exit code.
enum Launch {
    static func run(_ arguments: [String]) async -> Int32 {
        do {
            var command = try Hazwatch.parseAsRoot(arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return 0
        } catch {
            return report(error)
        }
    }

    private static func report(_ error: any Error) -> Int32 {
        switch error {
        case let failure as Failure:
            failure.lines.forEach(Terminal.error)
            return failure.exitCode
        case let refused as FileRefused:
            refused.lines().forEach(Terminal.error)
            Terminal.error("next:  Mend the file and try again; nothing was changed.")
            return 1
        default: break
        }
        // Help and version are answers; what the parser refuses is usage; all else is a refusal.
        switch Hazwatch.exitCode(for: error) {
        case .success:
            Terminal.out(Hazwatch.fullMessage(for: error))
            return 0
        case .validationFailure:
            Terminal.error(Hazwatch.fullMessage(for: error))
            return 2
        default:
            Terminal.error("error: \(error)")
            return 1
        }
    }

    static func exit(_ code: Int32) -> Never { Foundation.exit(code) }
}
