import Domain
import NotificationChannels
import NotificationCore
import Policy

extension Notice {
    /// The notice as a channel takes it.
    var outgoing: OutgoingMessage {
        var (person, number, mail) = ("", "", "")
        if case .person(_, let name, let telephone, let email) = holder {
            (person, number, mail) = (name, telephone, email)
        }
        return OutgoingMessage(
            id: id.text, telephone: number, email: mail, node: node, personName: person,
            subject: String(
                text.prefix { $0 != "】" && !$0.isNewline }.drop { $0 == "【" }
                    .prefix(ServiceLimits.subjectCharactersMax)), text: text,
            level: level ?? .blue, isDrill: isDrill,
            values: [
                "role": roles.map(\.text).joined(separator: ","), "enterprise": caseNodeName,
                "source": source?.text ?? "", "case": caseID.text, "reason": reason.rawValue,
                "clause": clause.text, "circular": "\(circularNumber)",
            ])
    }

    /// Which of the service's channels takes it; what lies at a desk is never handed over.
    var channelName: ChannelSet.Name {
        switch channel {
        case .sms, .desk: .sms
        case .smsBackup: .backup
        case .voice: .voice
        case .robot: .robot
        case .email: .email
        }
    }
}

extension ChannelSet {
    /// The channels that people are told over by `profile` and that are not set, with what to set.
    func missing(of profile: PolicyProfile) -> [(name: Name, advice: String)] {
        let named = [profile.personChannels, profile.bodyChannels].flatMap {
            $0.steps.map(\.channel) + $0.also
        }
        return Name.allCases.filter { named.contains(Channel($0)) && !isSet.contains($0) }
            .map { ($0, Self.advice($0)) }
    }
}

extension Channel {
    init(_ name: ChannelSet.Name) {
        switch name {
        case .sms: self = .sms
        case .backup: self = .smsBackup
        case .voice: self = .voice
        case .robot: self = .robot
        case .email: self = .email
        }
    }
}

extension AttemptOutcome {
    init(_ outcome: HandOverOutcome) {
        switch outcome {
        case .taken(let ids): self = .taken(providerIDs: ids)
        case .refusedForNow(let text): self = .failedForNow(text)
        case .refused(let text): self = .failed(text)
        case .unknown(let text): self = .unknown(text)
        }
    }
}
