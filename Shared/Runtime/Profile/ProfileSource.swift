import Foundation
package import Policy

/// Where profiles are found: with the program, or in files of the operator.
package enum ProfileSource {
    /// The profile that `name` means: a file if it has a `/` or ends with `.yaml`, else the id of
    /// one that comes with the program.
    package static func load(_ name: String) throws -> PolicyProfile {
        if name.contains("/") || name.hasSuffix(".yaml") { return try load(path: name) }
        guard let file = BundledProfiles.file(ProfileID(name)) else {
            let known = BundledProfiles.files.map(\.id.text).joined(separator: ", ")
            throw ProfileFailure(
                place: name,
                reason: "there is no such profile. The program brings \(known); name a file of "
                    + "your own by its path, such as ./\(name).yaml.")
        }
        return try read(String(decoding: file.content, as: UTF8.self), place: name)
    }

    /// The profile in a file; what it inherits from stands in the same folder, or in the program.
    package static func load(path: String) throws -> PolicyProfile {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            let isThere = FileManager.default.fileExists(atPath: path)
            throw ProfileFailure(
                place: path,
                reason: isThere
                    ? "it cannot be read as text in UTF-8." : "there is no such file.")
        }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        return try read(text, place: path, folder: folder)
    }

    /// The profile that `text` states; `place` is named in what is thrown.
    package static func read(
        _ text: String, place: String, folder: String? = nil
    ) throws -> PolicyProfile {
        let tree = try tree(text, place: place)
        let ancestors = try ancestors(of: tree, place: place, folder: folder)
        let years = try calendar()
        do throws(ProfileMistakes) {
            return try PolicyProfile(from: tree, inheriting: ancestors, calendar: years)
        } catch let mistakes {
            throw ProfileFailure(place: place, reason: mistakes.description, mistakes: mistakes)
        }
    }

    /// The working days of the years that the program knows.
    package static func calendar() throws -> WorkCalendar {
        let text = String(decoding: BundledProfiles.calendar, as: UTF8.self)
        return try WorkCalendar(from: tree(text, place: "cn.yaml"))
    }

    private static func tree(_ text: String, place: String) throws -> ProfileNode {
        do {
            if let tree = try YAMLTree.read(text) { return tree }
            throw ProfileFailure(place: place, reason: "it is empty.")
        } catch let mistake as YAMLMistake {
            throw ProfileFailure(place: place, reason: mistake.description)
        }
    }

    // A chain that is longer goes round in a circle.
    private static let ancestorsMax = 8

    /// The files that `tree` inherits from, the nearest first.
    private static func ancestors(
        of tree: ProfileNode, place: String, folder: String?
    ) throws -> [ProfileNode] {
        var ancestors: [ProfileNode] = []
        var next = PolicyProfile.parent(of: tree)
        while let id = next {
            guard ancestors.count < ancestorsMax else {
                throw ProfileFailure(
                    place: place,
                    reason: "`inherits` leads round in a circle by way of \(id); one profile must "
                        + "stand for itself.")
            }
            guard let text = text(of: id, folder: folder) else {
                let known = BundledProfiles.files.map(\.id.text).joined(separator: ", ")
                throw ProfileFailure(
                    place: place,
                    reason: "it inherits from `\(id)`, and there is no such profile. The program "
                        + "brings \(known); put others beside this file as \(id).yaml.")
            }
            let parent = try self.tree(text, place: id.text)
            ancestors.append(parent)
            next = PolicyProfile.parent(of: parent)
        }
        return ancestors
    }

    private static func text(of id: ProfileID, folder: String?) -> String? {
        if let folder,
            let text = try? String(contentsOfFile: folder + "/\(id).yaml", encoding: .utf8)
        {
            return text
        }
        return BundledProfiles.file(id).map { String(decoding: $0.content, as: UTF8.self) }
    }
}

/// Why a profile cannot be used.
package struct ProfileFailure: Error, Equatable, CustomStringConvertible {
    package var place: String
    package var reason: String
    /// What is wrong, one by one, where it is the profile that is wrong.
    package var mistakes = ProfileMistakes([])

    package init(place: String, reason: String, mistakes: ProfileMistakes = ProfileMistakes([])) {
        (self.place, self.reason, self.mistakes) = (place, reason, mistakes)
    }

    package var description: String { "Profile \(place) cannot be used: \(reason)" }
}
