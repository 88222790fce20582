package import Domain

/// How a message provider wants to be asked over HTTP, and how its answers are read.
package struct HTTPProvider: Sendable {
    /// How the fields of `body` travel.
    package enum Format: String, CaseIterable, Sendable {
        /// POST with a JSON body.
        case json
        /// POST with a form.
        case form
        /// GET with all fields in the address.
        case query
    }

    package var url: String
    package var headers: [(name: String, value: String)]
    package var format: Format
    /// The request's fields with `{names}` in their strings.
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
    /// How many it takes in a second, 0 for any number; and after a rest at once.
    package var perSecond = 0
    package var burst = 1
    /// How many requests may be under way together.
    package var atOnceMax = 64

    package init(
        url: String, headers: [(name: String, value: String)] = [], format: Format = .json,
        body: JSONValue, signature: String = "", template: String = "",
        timeout: Interval = .seconds(5), success: (pointer: String, value: String)? = nil,
        temporaryValues: [String] = [], messageIDPointer: String? = nil
    ) {
        (self.url, self.headers, self.format, self.body) = (url, headers, format, body)
        (self.signature, self.template, self.timeout) = (signature, template, timeout)
        (self.success, self.temporaryValues) = (success, temporaryValues)
        self.messageIDPointer = messageIDPointer
    }

    var pace: WaitingRoom.Pace {
        WaitingRoom.Pace(perSecond, burst: burst, atOnceMax: atOnceMax)
    }
}
