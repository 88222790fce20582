import Foundation
package import IngestCore
import Runtime

/// Where packs are found: with the program, or in files of the operator.
package enum PackSource {
    /// The packs that come with the program.
    package static let bundled: [(name: String, content: [UInt8])] = [
        ("hazardous-chemicals.yaml", PackageResources.hazardous_chemicals_yaml),
        ("combustible-dust.yaml", PackageResources.combustible_dust_yaml),
    ]

    /// Those of the program, and after them the files that `paths` names, with commas between.
    package static func load(_ paths: String = "") throws -> Packs {
        var packs: [Pack] = []
        for (name, content) in bundled {
            packs.append(try read(String(decoding: content, as: UTF8.self), name: name))
        }
        for path in paths.split(separator: ",").map({ trimmed($0) }) where !path.isEmpty {
            guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
                throw PackFailure(place: path, reason: "it cannot be read as text in UTF-8.")
            }
            let pack = try read(text, name: path)
            if packs.contains(where: { $0.id == pack.id }) {
                throw PackFailure(
                    place: path, reason: "there is a pack \(pack.id) already; give it another id.")
            }
            packs.append(pack)
        }
        return Packs(packs)
    }

    /// The pack that `text` states.
    package static func read(_ text: String, name: String) throws -> Pack {
        do {
            guard let tree = try YAMLTree.read(text) else {
                throw PackFailure(place: name, reason: "it is empty.")
            }
            return try Pack(from: tree, file: name)
        } catch let mistake as YAMLMistake {
            throw PackFailure(place: name, reason: mistake.description)
        } catch let mistakes as PackMistakes {
            throw PackFailure(place: name, reason: mistakes.description)
        }
    }
}

/// Where the form of the commitments is found: with the program, or in a file of the operator.
package enum FormSource {
    /// The form that `path` names; that of the program if it is empty.
    package static func load(_ path: String = "") throws -> CommitmentForm {
        if path.isEmpty {
            let text = String(decoding: PackageResources.commitment_yaml, as: UTF8.self)
            return try read(text, name: "commitment.yaml")
        }
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw PackFailure(place: path, reason: "it cannot be read as text in UTF-8.")
        }
        return try read(text, name: path)
    }

    /// The form that `text` states.
    package static func read(_ text: String, name: String) throws -> CommitmentForm {
        do {
            guard let tree = try YAMLTree.read(text) else {
                throw PackFailure(place: name, reason: "it is empty.")
            }
            return try CommitmentForm(from: tree, file: name)
        } catch let mistake as YAMLMistake {
            throw PackFailure(place: name, reason: mistake.description)
        } catch let mistakes as PackMistakes {
            throw PackFailure(place: name, reason: mistakes.description)
        }
    }
}

/// Why a pack cannot be used.
package struct PackFailure: Error, Equatable, CustomStringConvertible {
    package var place: String
    package var reason: String

    package var description: String { "Pack \(place) cannot be used: \(reason)" }
}
