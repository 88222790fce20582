import NotificationChannels
import Testing

@Suite struct ChannelSetTests {
    /// NTF-01: a channel that is missing is a fact with a remedy, not silence.
    @Test(arguments: ChannelSet.Name.allCases)
    func channelThatIsNotSetRefusesAndSaysWhatToSet(name: ChannelSet.Name) async throws {
        let channel = ChannelSet([:])[name]
        #expect(channel.name == name.rawValue)
        let outcome = try await channel.handOver(OutgoingMessage(id: "n/1", text: "x", level: .red))
        guard case .refused(let text) = outcome else {
            Issue.record("it must refuse for good, not \(outcome)")
            return
        }
        #expect(text.contains("set ") && text.contains("of notification"))
    }
}
