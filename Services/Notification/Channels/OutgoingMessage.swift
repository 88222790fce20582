package import Domain

/// One message to one person or body over one channel, ready to be handed over.
package struct OutgoingMessage: Sendable, Codable, Equatable {
    /// The same for every attempt, so that whoever gets it twice can tell.
    package var id: String
    /// Empty if it is for nobody with a telephone; likewise `email`.
    package var telephone: String
    package var email: String
    /// The body that it is for, or that its person belongs to.
    package var node: NodeID
    package var personName: String
    /// What mail shows above the text.
    package var subject: String
    package var text: String
    /// Who sends it, as filed with the carriers; empty: what the channel's settings say.
    package var signature: String
    /// What the provider calls the template of the text; empty: what the settings say.
    package var template: String
    package var level: WarningLevel
    package var isDrill: Bool
    /// What else a provider's template may ask for, by name.
    package var values: [String: String]

    package init(
        id: String, telephone: String = "", email: String = "", node: NodeID = NodeID(""),
        personName: String = "", subject: String = "", text: String, signature: String = "",
        template: String = "", level: WarningLevel, isDrill: Bool = false,
        values: [String: String] = [:]
    ) {
        (self.id, self.telephone, self.email, self.node) = (id, telephone, email, node)
        (self.personName, self.subject, self.text) = (personName, subject, text)
        (self.signature, self.template, self.level) = (signature, template, level)
        (self.isDrill, self.values) = (isDrill, values)
    }
}
