/// Why a command did not do what was asked, and what to do about it; its case is the exit code.
enum Failure: Error, Equatable {
    /// 1: the platform, a file or a rule says no.
    case refused(String, next: String)
    /// 2: the command line cannot be understood.
    case usage(String, next: String)
    /// 3: a service does not answer.
    case unreachable(String, next: String)

    var exitCode: Int32 {
        switch self {
        case .refused: 1
        case .usage: 2
        case .unreachable: 3
        }
    }

    /// The lines for standard error: what is wrong, then the next step.
    var lines: [String] {
        switch self {
        case .refused(let text, let next), .usage(let text, let next),
            .unreachable(let text, let next):
            return ["error: " + text] + (next.isEmpty ? [] : ["next:  " + next])
        }
    }
}
