import NotificationChannels
import ServiceLifecycle

/// Keeps the channels' connections as long as the service runs.
struct ChannelsJob: Service {
    let channels: ChannelSet

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await channels.run() }
    }
}
