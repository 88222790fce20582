/// Why a channel cannot be used as it is set.
package struct ChannelMistake: Error, Equatable, CustomStringConvertible {
    package var setting: String
    package var reason: String

    package init(_ setting: String, _ reason: String) {
        (self.setting, self.reason) = (setting, reason)
    }

    package var description: String { "Setting \(setting): \(reason)." }
}
