package import Domain

/// The text of one kind of notice with `{names}` to be filled in.
package struct NoticeTemplate: Equatable, Codable, Sendable {
    /// The kinds of text that a profile has 短信模板.
    package enum Kind: String, CaseIterable, Codable, Sendable {
        case warning, lowered, closed, circular, duty, feedback, late

        /// Without these the text does not say what the law wants said (NTF-52).
        package var required: [Name] {
            switch self {
            case .warning: [.enterprise, .source, .colour, .risk, .time, .cause, .duty, .clause]
            case .lowered:
                [.enterprise, .source, .colour, .risk, .previous, .time, .cause, .duty, .clause]
            case .closed: [.enterprise, .source, .colour, .time, .duty, .clause]
            case .circular:
                [
                    .enterprise, .source, .colour, .risk, .number, .since, .cause, .addressee,
                    .due, .clause, .late,
                ]
            case .duty: [.due, .addressee, .every, .clause]
            case .feedback: [.due, .clause]
            case .late: [.numbers, .due]
            }
        }

        /// What may be used beside the required names.
        package var optional: [Name] {
            switch self {
            case .warning, .lowered: []
            case .closed: [.risk, .previous, .cause]
            case .circular: [.time]
            case .duty, .feedback, .late: []
            }
        }
    }

    /// What can be filled in.
    package enum Name: String, CaseIterable, Codable, Sendable {
        case enterprise, source, colour, risk, previous, time, since, cause, duty, due, addressee
        case every, number, numbers, late, clause
    }

    /// A piece of a template.
    package enum Piece: Equatable, Codable, Sendable {
        case text(String)
        case name(Name)
    }

    package var pieces: [Piece]
    package var clause: Clause

    package init(pieces: [Piece], clause: Clause) {
        (self.pieces, self.clause) = (pieces, clause)
    }

    /// The text with each name replaced by what `value` gives for it.
    package func filled(_ value: (Name) -> String) -> String {
        pieces.reduce(into: "") { text, piece in
            switch piece {
            case .text(let part): text += part
            case .name(let name): text += value(name)
            }
        }
    }

    /// The names that it uses, in order.
    package var names: [Name] {
        pieces.compactMap { piece in
            switch piece {
            case .text: nil
            case .name(let name): name
            }
        }
    }
}
