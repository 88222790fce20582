/// How an attempt to hand a message over ended.
package enum HandOverOutcome: Sendable, Codable, Equatable {
    /// The provider has it. What it calls the message, one name for each part; empty if it gives
    /// none.
    case taken(providerIDs: [String])
    /// It was not taken; trying again may help.
    case refusedForNow(String)
    /// It was not taken; trying again cannot help.
    case refused(String)
    /// It was sent and no answer came: it may have arrived, and another attempt may double it.
    case unknown(String)

    /// The same without `secrets`, which providers like to repeat and records must not hold.
    func hiding(_ secrets: String...) -> HandOverOutcome {
        func masked(_ text: String) -> String {
            secrets.filter { !$0.isEmpty }.reduce(text) { $0.replacing($1, with: "***") }
        }
        return switch self {
        case .taken: self
        case .refusedForNow(let text): .refusedForNow(masked(text))
        case .refused(let text): .refused(masked(text))
        case .unknown(let text): .unknown(masked(text))
        }
    }
}
