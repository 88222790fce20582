extension OutgoingMessage {
    /// What templates of providers and commands can ask for in braces.
    package static let valueNames = [
        "id", "telephone", "email", "text", "subject", "signature", "template", "person", "node",
        "role", "enterprise", "source", "case", "level", "reason", "clause", "circular", "drill",
    ]

    /// `{id} {telephone} …`, for those who write a template.
    static let valueNamesInBraces = valueNames.map { "{\($0)}" }.joined(separator: " ")

    /// What each of `valueNames` stands for; those that the message does not know are empty.
    func allValues(signature: String = "", template: String = "") -> [String: String] {
        let own = [
            "id": id, "telephone": telephone, "email": email, "text": text, "subject": subject,
            "signature": self.signature.isEmpty ? signature : self.signature,
            "template": self.template.isEmpty ? template : self.template,
            "person": personName, "node": node.text, "level": level.rawValue,
            "drill": isDrill ? "true" : "false",
        ]
        let empty = Dictionary(uniqueKeysWithValues: Self.valueNames.map { ($0, "") })
        return empty.merging(values) { $1 }.merging(own) { $1 }
    }
}
