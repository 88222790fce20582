package import Domain

/// The text of one kind of notice with `{names}` to be filled in.
package struct NoticeTemplate: Equatable, Codable, Sendable {
    /// The kinds of text that a profile has 短信模板、文书模板.
    package enum Kind: String, CaseIterable, Codable, CodingKeyRepresentable, Sendable {
        /// A warning began or rose; it fell; it is over.
        case warning, lowered, closed
        /// Documents 文书, and what is sent of them.
        case circular, summons, enforcement, supervision
        /// Somebody owes something from now on; and something that the system tells, no more.
        case task, event
        /// Pieces of the others: which circular follows; what the reader owes by a time, and at
        /// once; what this one says of those before it; and what stands before every text of a
        /// drill.
        case duty, owed, owedAtOnce, late, drill

        /// Without these the text does not say what the law wants said (NTF-52).
        package var required: [Name] {
            switch self {
            case .warning: [.enterprise, .source, .colour, .risk, .time, .cause, .duty, .clause]
            case .lowered:
                [.enterprise, .source, .colour, .risk, .previous, .time, .cause, .duty, .clause]
            case .closed: [.enterprise, .source, .colour, .time, .duty, .clause]
            case .circular:
                [.enterprise, .source, .colour, .number, .since, .cause, .addressee, .clause]
            case .summons, .enforcement, .supervision:
                [.enterprise, .addressee, .issuer, .cause, .clause]
            case .task: [.title, .enterprise, .due, .clause]
            case .event: [.title, .enterprise, .clause]
            case .duty: [.due, .addressee, .clause]
            case .owed: [.title, .due, .clause]
            case .owedAtOnce: [.title, .clause]
            case .late: [.numbers, .due]
            case .drill: []
            }
        }

        /// What may be used beside the required names.
        package var optional: [Name] {
            switch self {
            case .warning, .lowered: []
            case .closed: [.risk, .previous, .cause]
            case .circular: [.matter, .risk, .time, .due, .late, .issuer, .serial, .title]
            case .summons, .enforcement, .supervision:
                [.matter, .source, .colour, .risk, .since, .time, .title, .serial, .number]
            case .task: [.matter, .source, .colour, .risk, .cause, .since, .time, .addressee]
            case .event: [.matter, .source, .colour, .risk, .cause, .since, .time, .addressee]
            case .duty: [.every]
            case .owed, .owedAtOnce: [.addressee]
            case .late, .drill: []
            }
        }
    }

    /// What can be filled in.
    package enum Name: String, CaseIterable, Codable, Sendable {
        case enterprise, source, colour, risk, previous, time, since, cause, duty, due, addressee
        case every, number, numbers, late, clause
        /// What is owed or issued; by whom; and the document's number.
        case title, issuer, serial
        /// What the case is about, whatever its kind: 红色预警, 离线.
        case matter
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

extension NoticeTemplate {
    /// How many characters fit one part of a message that is sent in several parts.
    package static let firstPartMax = 67

    /// How far level, enterprise and source reach into a text of this kind, with names of usual
    /// length; nil where they need not be said first.
    func firstPartLength(of kind: Kind) -> Int? {
        switch kind {
        case .duty, .owed, .owedAtOnce, .late, .drill: return nil
        case .warning, .lowered, .closed, .circular, .summons, .enforcement, .supervision, .task,
            .event:
            break
        }
        let first: [Name] = [.colour, .matter, .enterprise, .source]
        var wanted = first.filter(names.contains)
        var length = 0
        for piece in pieces {
            switch piece {
            case .text(let text): length += text.count
            case .name(let name):
                length += name.usualLength
                wanted.removeAll { $0 == name }
            }
            if wanted.isEmpty { return length }
        }
        return length
    }
}

extension NoticeTemplate.Name {
    /// About how many characters it is filled in with.
    fileprivate var usualLength: Int {
        switch self {
        case .colour, .previous: 1
        case .risk: 2
        case .number: 3
        case .matter: 4
        case .every, .numbers: 5
        case .source: 12
        case .enterprise, .addressee, .issuer, .title, .serial: 16
        case .time, .since, .due: 26
        case .clause: 20
        case .cause, .duty, .late: 40
        }
    }
}
