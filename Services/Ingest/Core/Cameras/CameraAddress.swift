/// The address that a camera's picture is fetched from; as a text it shows no secrets.
package struct CameraAddress: Hashable, Sendable, CustomStringConvertible,
    CustomDebugStringConvertible
{
    /// With user and password: for who opens it, and for nobody's eyes.
    package let secret: String

    /// A name, or an address of the internet protocol without brackets.
    package let host: String

    /// What stands before the host, and after it.
    private let before, after: String

    /// Nil if it cannot be opened: not RTSP, no host, or signs that no address has.
    package init?(_ text: String) {
        let lower = text.lowercased()
        guard let scheme = ["rtsp://", "rtsps://"].first(where: { lower.hasPrefix($0) }),
            text.utf8.count <= RegistryLimits.addressBytesMax,
            // A quote or a backslash would end the line on which a program is told of it.
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x27 && $0 != 0x5C })
        else { return nil }
        let authority = text.dropFirst(scheme.count).prefix { !"/?#".contains($0) }
        let place =
            authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] }
            ?? authority
        let written: Substring
        if place.first == "[" {
            guard let end = place.firstIndex(of: "]") else { return nil }
            written = place[...end]
            host = String(written.dropFirst().dropLast())
            guard host.utf8.allSatisfy({ Self.isHexadecimal($0) || $0 == 0x3A || $0 == 0x2E })
            else { return nil }
        } else {
            written = place.prefix { $0 != ":" }
            host = String(written)
            guard host.utf8.allSatisfy(Self.isOfName) else { return nil }
        }
        guard !host.isEmpty, Self.isPort(place[written.endIndex...]) else { return nil }
        secret = text
        before = String(text[..<written.startIndex])
        after = String(text[written.endIndex...])
    }

    /// The same address at another host, in brackets if it has to be.
    package func secret(at host: String) -> String { before + host + after }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
            || (0x61...0x7A).contains(byte) || byte == 0x2D || byte == 0x2E || byte == 0x5F
    }

    /// Nothing, or a colon and a number that a port can have.
    private static func isPort(_ text: Substring) -> Bool {
        guard let colon = text.first else { return true }
        let digits = text.dropFirst()
        guard colon == ":", digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = UInt16(digits)
        else { return false }
        return number > 0
    }

    package var description: String { Self.masked(secret) }
    package var debugDescription: String { description }

    /// What stands for something that is not shown.
    package static let mask = "***"

    /// Any address without what may be a secret: what stands before an @, the values of a query
    /// that are no plain choices, and a path that speaks of users or passwords.
    package static func masked(_ text: String) -> String {
        var shown = ""
        var rest = Substring(text)
        if let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") {
            let start = text.index(colon, offsetBy: 3)
            shown = String(text[..<start])
            rest = text[start...]
        }
        // The last: a password may hold an @ and a slash that nobody escaped.
        if let at = rest.lastIndex(of: "@") {
            shown += mask
            rest = rest[at...]
        }
        let question = rest.firstIndex(of: "?") ?? rest.endIndex
        let slash = rest[..<question].firstIndex(of: "/") ?? question
        let path = rest[slash..<question]
        shown += rest[..<slash]
        shown += speaksOfSecrets(path) ? "/" + mask : String(path)
        if question < rest.endIndex {
            let choices = rest[rest.index(after: question)...]
                .split(separator: "&", omittingEmptySubsequences: false).map(maskedChoice)
            shown += "?" + choices.joined(separator: "&")
        }
        return shown
    }

    private static func speaksOfSecrets(_ path: Substring) -> Bool {
        let lower = path.lowercased()
        return ["pass", "pwd", "user", "token", "auth"].contains { lower.contains($0) }
    }

    private static let plainChoices = [
        "channel", "subtype", "stream", "streamtype", "profile", "trackid", "transport",
        "transportmode", "unicast", "proto",
    ]

    private static func maskedChoice(_ choice: Substring) -> String {
        guard let equals = choice.firstIndex(of: "=") else { return choice.isEmpty ? "" : mask }
        let name = choice[..<equals]
        return plainChoices.contains(name.lowercased()) ? String(choice) : name + "=" + mask
    }
}

extension Camera {
    /// Where its picture is fetched; nil if the registry does not say, or no address.
    package var address: CameraAddress? { CameraAddress(facts.text(Self.addressField)) }

    package static let addressField = "url"

    /// The same without secrets.
    package var masked: Camera {
        var camera = self
        camera.facts = Facts(
            facts.all.map { fact in
                fact.id == Self.addressField
                    ? Fact(fact.id, fact.kind, CameraAddress.masked(fact.text)) : fact
            })
        return camera
    }
}

extension FieldChange {
    /// The same without secrets.
    package func masked(for kind: EntryKind) -> FieldChange {
        guard kind == .camera, field == Camera.addressField else { return self }
        return FieldChange(
            field, before: CameraAddress.masked(before), after: CameraAddress.masked(after))
    }
}
