import Domain
import NotificationChannels
import NotificationCore

extension Notice {
    /// The notice as a channel takes it.
    var outgoing: OutgoingMessage {
        var (person, number) = ("", "")
        if case .person(_, let name, let telephone) = holder {
            (person, number) = (name, telephone)
        }
        return OutgoingMessage(
            id: id.text, telephone: number, node: node, personName: person, text: text,
            level: level,
            values: [
                "role": roles.map(\.text).joined(separator: ","), "enterprise": enterpriseName,
                "source": source.text, "case": caseID.text, "reason": reason.rawValue,
                "clause": clause.text, "circular": "\(circularNumber)",
            ])
    }
}

extension AttemptOutcome {
    /// What the machine makes of it: what is unknown is tried again under the same id.
    init(_ outcome: HandOverOutcome) {
        switch outcome {
        case .taken(let ids): self = .taken(providerID: ids.first ?? "")
        case .refusedForNow(let text), .unknown(let text): self = .failedForNow(text)
        case .refused(let text): self = .failed(text)
        }
    }
}
