import Domain
import Foundation
package import Runtime

extension HTTPProvider {
    /// The keys of a provider; those of the second one begin with `backup-`.
    package static func keys(_ prefix: String = "") -> [ConfigurationKey] {
        func key(
            _ name: String, _ kind: ConfigurationKey.Kind, default fallback: String? = nil,
            secret: Bool = false, _ meaning: String
        ) -> ConfigurationKey {
            ConfigurationKey(
                "\(prefix)http-\(name)", kind, default: fallback, secret: secret, meaning)
        }
        return [
            key("url", .text, "Where the message provider takes messages."),
            key(
                "headers", .text, default: "{}", secret: true,
                "Headers of each request as a JSON object, such as "
                    + "{\"authorization\": \"Bearer …\"}."),
            key(
                "format", .choice(Format.allCases.map(\.rawValue)), default: "json",
                "How the fields travel: POST with JSON, POST with a form, or GET with all of them "
                    + "in the address."),
            key(
                "body", .text,
                default: #"{"id":"{id}","telephone":"{telephone}","signature":"{signature}","#
                    + #""template":"{template}","text":"{text}"}"#,
                secret: true,
                "The fields of each request as JSON; in its strings stand "
                    + OutgoingMessage.valueNamesInBraces + "."),
            key("signature", .text, default: "", "What {signature} stands for."),
            key("template", .text, default: "", "What {template} stands for."),
            key(
                "timeout-ms", .integer(100...60_000), default: "5000",
                "An answer that is not complete by then counts as none."),
            key(
                "success-pointer", .text,
                "Where in the answer stands whether the message was taken, as a JSON pointer such "
                    + "as /code; unset: every HTTP status 2xx means that it was."),
            key("success-value", .text, default: "0", "What stands there if it was taken."),
            key(
                "temporary-values", .text, default: "",
                "What stands there if trying again may help; several are joined by commas."),
            key(
                "message-id-pointer", .text,
                "Where in the answer stands what the provider calls the message, such as /msgid."),
            key(
                "per-second", .integer(0...100_000), default: "0",
                "How many messages it takes in a second; 0: no limit. Red ones do not wait."),
            key(
                "burst", .integer(1...100_000), default: "1",
                "How many may go at once after a rest."),
            key(
                "at-once", .integer(1...1_000), default: "64",
                "How many requests may be under way together."),
        ]
    }

    /// The provider that the settings state; nil if they name none.
    package static func read(
        _ settings: ServiceConfiguration, prefix: String = ""
    ) throws -> HTTPProvider? {
        func name(_ key: String) -> String { "\(prefix)http-\(key)" }
        func text(_ key: String) -> String { settings.text(name(key)) }
        guard let url = settings.optional(name("url")) else { return nil }
        guard isAddress(url) else {
            throw ChannelMistake(name("url"), "`\(url)` is no address; write https://HOST/PATH")
        }
        let success = settings.optional(name("success-pointer")).map {
            (pointer: $0, value: text("success-value"))
        }
        let idPointer = settings.optional(name("message-id-pointer"))
        try check(pointer: success?.pointer, of: name("success-pointer"))
        try check(pointer: idPointer, of: name("message-id-pointer"))
        let format = Format(rawValue: text("format")) ?? .json
        var provider = HTTPProvider(
            url: url, headers: try headers(text("headers"), of: name("headers")), format: format,
            body: try body(text("body"), format, of: name("body")),
            signature: text("signature"), template: text("template"),
            timeout: Interval(milliseconds: Int64(settings.integer(name("timeout-ms")))),
            success: success,
            temporaryValues: words(text("temporary-values")), messageIDPointer: idPointer)
        provider.perSecond = settings.integer(name("per-second"))
        provider.burst = settings.integer(name("burst"))
        provider.atOnceMax = settings.integer(name("at-once"))
        return provider
    }

    static func isAddress(_ text: String) -> Bool {
        guard let parsed = URL(string: text) else { return false }
        return ["http", "https"].contains(parsed.scheme ?? "") && parsed.host != nil
    }

    static func words(_ text: String) -> [String] {
        text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    }

    private static func headers(
        _ text: String, of setting: String
    ) throws -> [(name: String, value: String)] {
        guard let json = try? JSONValue(parsing: text.utf8), case .object(let members) = json else {
            throw ChannelMistake(setting, "it is no JSON object; write {\"name\": \"value\"}")
        }
        return try members.keys.sorted().map { name in
            guard let value = members[name]?.text else {
                throw ChannelMistake(setting, "the value of `\(name)` is no text")
            }
            return (name, value)
        }
    }

    private static func body(
        _ text: String, _ format: Format, of setting: String
    ) throws -> JSONValue {
        guard let body = try? JSONValue(parsing: text.utf8) else {
            throw ChannelMistake(setting, "it is no JSON")
        }
        try check(names: body.names, of: setting)
        if format != .json, body.fields == nil {
            throw ChannelMistake(
                setting, "a form has one text for each field; write {\"field\": \"text\"}")
        }
        return body
    }

    static func check(names: [String], of setting: String) throws {
        if let unknown = names.first(where: { !OutgoingMessage.valueNames.contains($0) }) {
            throw ChannelMistake(
                setting,
                "`{\(unknown)}` has no value; use \(OutgoingMessage.valueNamesInBraces)")
        }
    }

    static func check(pointer: String?, of name: String) throws {
        if let pointer, !pointer.isEmpty, !pointer.hasPrefix("/") {
            throw ChannelMistake(name, "`\(pointer)` is no JSON pointer; begin it with /")
        }
    }
}
