package import Domain
import Foundation
import NotificationCore
package import Runtime

/// How a message provider wants to be asked over HTTP, and how its answers are read.
package struct HTTPProvider: Sendable {
    package var url: String
    package var headers: [(name: String, value: String)]
    /// The request's body with `{names}` in its strings.
    package var body: JSONValue
    package var signature: String
    package var template: String
    package var timeout: Interval
    /// Where in an answer stands whether it was taken, and the text that says so; nil: HTTP 2xx is
    /// enough.
    package var success: (pointer: String, value: String)?
    /// Texts at that place that mean: try again later.
    package var temporaryValues: [String]
    /// Where in an answer stands what the provider calls the message.
    package var messageIDPointer: String?

    package init(
        url: String, headers: [(name: String, value: String)] = [],
        body: JSONValue, signature: String = "", template: String = "",
        timeout: Interval = .seconds(5), success: (pointer: String, value: String)? = nil,
        temporaryValues: [String] = [], messageIDPointer: String? = nil
    ) {
        (self.url, self.headers, self.body) = (url, headers, body)
        (self.signature, self.template, self.timeout) = (signature, template, timeout)
        (self.success, self.temporaryValues) = (success, temporaryValues)
        self.messageIDPointer = messageIDPointer
    }

    /// What can stand in braces in the body.
    package static let names = [
        "id", "telephone", "text", "signature", "template", "person", "role", "enterprise",
        "source", "case", "level", "reason", "clause", "circular",
    ]

    package static let keys = [
        ConfigurationKey(
            "http-url", .text,
            "Where the message provider takes messages by POST; unset: there is none, and notices "
                + "to persons fail with a sentence that says so."),
        ConfigurationKey(
            "http-headers", .text, default: "{}", secret: true,
            "Headers of each request as a JSON object, such as {\"authorization\": \"Bearer …\"}."),
        ConfigurationKey(
            "http-body", .text,
            default: #"{"id":"{id}","telephone":"{telephone}","signature":"{signature}","#
                + #""template":"{template}","text":"{text}"}"#,
            "The body of each request as JSON; in its strings stand "
                + names.map { "{\($0)}" }.joined(separator: " ") + "."),
        ConfigurationKey("http-signature", .text, default: "", "What {signature} stands for."),
        ConfigurationKey("http-template", .text, default: "", "What {template} stands for."),
        ConfigurationKey(
            "http-timeout-ms", .integer(100...60_000), default: "5000",
            "An answer that is not complete by then counts as none."),
        ConfigurationKey(
            "http-success-pointer", .text,
            "Where in the answer stands whether the message was taken, as a JSON pointer such as "
                + "/code; unset: every HTTP status 2xx means that it was."),
        ConfigurationKey(
            "http-success-value", .text, default: "0", "What stands there if it was taken."),
        ConfigurationKey(
            "http-temporary-values", .text, default: "",
            "What stands there if trying again may help; several are joined by commas."),
        ConfigurationKey(
            "http-message-id-pointer", .text,
            "Where in the answer stands what the provider calls the message, such as /msgid."),
    ]

    /// The provider that the settings state; nil if they name none.
    package static func read(_ settings: ServiceConfiguration) throws -> HTTPProvider? {
        guard let url = settings.optional("http-url") else { return nil }
        guard let parsed = URL(string: url), ["http", "https"].contains(parsed.scheme ?? ""),
            parsed.host != nil
        else { throw ChannelMistake("http-url", "`\(url)` is no address; write https://HOST/PATH") }
        let success = settings.optional("http-success-pointer").map {
            (pointer: $0, value: settings.text("http-success-value"))
        }
        let idPointer = settings.optional("http-message-id-pointer")
        try check(pointer: success?.pointer, of: "http-success-pointer")
        try check(pointer: idPointer, of: "http-message-id-pointer")
        return HTTPProvider(
            url: url, headers: try headers(settings.text("http-headers")),
            body: try body(settings.text("http-body")),
            signature: settings.text("http-signature"), template: settings.text("http-template"),
            timeout: Interval(milliseconds: Int64(settings.integer("http-timeout-ms"))),
            success: success,
            temporaryValues: settings.text("http-temporary-values").split(separator: ",")
                .map { $0.trimmingCharacters(in: .whitespaces) },
            messageIDPointer: idPointer)
    }

    private static func headers(_ text: String) throws -> [(name: String, value: String)] {
        guard let json = try? JSONValue(parsing: text.utf8), case .object(let members) = json else {
            throw ChannelMistake(
                "http-headers", "it is no JSON object; write {\"name\": \"value\"}")
        }
        return try members.keys.sorted().map { name in
            guard let value = members[name]?.text else {
                throw ChannelMistake("http-headers", "the value of `\(name)` is no text")
            }
            return (name, value)
        }
    }

    private static func body(_ text: String) throws -> JSONValue {
        guard let body = try? JSONValue(parsing: text.utf8) else {
            throw ChannelMistake("http-body", "it is no JSON")
        }
        let unknown = body.names.first { !names.contains($0) }
        if let unknown {
            throw ChannelMistake(
                "http-body",
                "`{\(unknown)}` has no value; use \(names.map { "{\($0)}" }.joined(separator: " "))"
            )
        }
        return body
    }

    static func check(pointer: String?, of name: String) throws {
        if let pointer, !pointer.isEmpty, !pointer.hasPrefix("/") {
            throw ChannelMistake(name, "`\(pointer)` is no JSON pointer; begin it with /")
        }
    }
}

/// Why a channel cannot be used as it is set.
package struct ChannelMistake: Error, Equatable, CustomStringConvertible {
    package var setting: String
    package var reason: String

    package init(_ setting: String, _ reason: String) {
        (self.setting, self.reason) = (setting, reason)
    }

    package var description: String { "Setting \(setting): \(reason)." }
}
