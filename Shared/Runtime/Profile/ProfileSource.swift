import Foundation
package import Policy

/// Where profiles are found: with the program, or in a folder of the operator.
package enum ProfileSource {
    /// The profile `id`: from `folder` if it holds `id.yaml`, else the one of the program.
    package static func load(_ id: String, folder: String? = nil) throws -> PolicyProfile {
        if let folder {
            let path = folder + "/\(id).yaml"
            if FileManager.default.fileExists(atPath: path) { return try load(path: path) }
        }
        guard let file = BundledProfiles.file(ProfileID(id)) else {
            let known = BundledProfiles.files.map(\.id.text).joined(separator: ", ")
            throw ProfileFailure(
                place: id,
                reason: "there is no such profile. The program brings \(known); others stand in "
                    + "the profile folder as \(id).yaml.")
        }
        return try read(String(decoding: file.content, as: UTF8.self), place: id)
    }

    /// The profile in a file.
    package static func load(path: String) throws -> PolicyProfile {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw ProfileFailure(place: path, reason: "it cannot be read as text in UTF-8.")
        }
        return try read(text, place: path)
    }

    /// The profile that `text` states; `place` is named in what is thrown.
    package static func read(_ text: String, place: String) throws -> PolicyProfile {
        do {
            guard let tree = try YAMLTree.read(text) else {
                throw ProfileFailure(place: place, reason: "it is empty.")
            }
            return try PolicyProfile(from: tree)
        } catch let mistake as YAMLMistake {
            throw ProfileFailure(place: place, reason: mistake.description)
        } catch let mistakes as ProfileMistakes {
            throw ProfileFailure(place: place, reason: mistakes.description)
        }
    }
}

/// Why a profile cannot be used.
package struct ProfileFailure: Error, Hashable, CustomStringConvertible {
    package var place: String
    package var reason: String

    package var description: String { "Profile \(place) cannot be used: \(reason)" }
}
