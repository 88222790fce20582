import Runtime

/// The channels of a service, by the names under which ladders call them.
package struct ChannelSet: Sendable {
    /// The names, in the order in which they are listed.
    package enum Name: String, CaseIterable, Codable, Sendable {
        case sms
        /// A second gateway for short messages.
        case backup = "sms-backup"
        case robot, email, voice
    }

    private let channels: [Name: any MessageChannel]

    package init(_ channels: [Name: any MessageChannel]) {
        self.channels = channels
    }

    /// The channel of that name; one that refuses, with what to set, if there is none.
    package subscript(name: Name) -> any MessageChannel {
        channels[name] ?? UnsetChannel(name.rawValue, advice: Self.advice(name))
    }

    /// What can be handed over to.
    package var isSet: Set<Name> { Set(channels.keys) }

    /// Runs them all until the task is cancelled.
    package func run() async throws {
        try await withThrowingTaskGroup { group in
            for name in Name.allCases {
                let channel = self[name]
                group.addTask { try await channel.run() }
            }
            try await group.waitForAllOrFailure()
        }
    }

    package static func advice(_ name: Name) -> String {
        switch name {
        case .sms: "set http-url or smpp-host of notification"
        case .backup: "set sms-backup-via of notification to smpp or http"
        case .robot: "set robots-file of notification"
        case .email: "set email-host of notification"
        case .voice: "set voice-command of notification"
        }
    }
}
