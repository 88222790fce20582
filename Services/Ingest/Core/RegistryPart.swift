/// One stored part: an entry, or a request to change one.
package enum RegistryPart: Codable, Hashable, Sendable {
    case entry(RegistryEntry)
    case change(ChangeRequest)

    private enum Key: String, CodingKey { case change }

    /// An entry stands as itself, so that a store from before there were requests is read.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        if let request = try container.decodeIfPresent(ChangeRequest.self, forKey: .change) {
            self = .change(request)
        } else {
            self = .entry(try RegistryEntry(from: decoder))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .entry(let entry): try entry.encode(to: encoder)
        case .change(let request):
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(request, forKey: .change)
        }
    }
}
