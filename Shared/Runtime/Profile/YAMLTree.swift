package import Policy
import Yams

/// Why a text is no YAML that we take.
package struct YAMLMistake: Error, Hashable, CustomStringConvertible {
    /// From 1.
    package var line: Int
    package var reason: String

    package var description: String { "line \(line): \(reason)" }
}

/// Reads YAML into a tree that knows its lines.
package enum YAMLTree {
    // Aliases may unfold to far more than the file holds.
    private static let nodesMax = 200_000
    private static let depthMax = 64

    /// The document in `text`; nil if it is empty.
    package static func read(_ text: String) throws(YAMLMistake) -> ProfileNode? {
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw mistake(error)
        } catch {
            throw YAMLMistake(line: 1, reason: "it is no YAML")
        }
        guard let root else { return nil }
        var count = 0
        return try tree(root, line: 1, depth: 0, count: &count)
    }

    private static func tree(
        _ node: Node, line: Int, depth: Int, count: inout Int
    ) throws(YAMLMistake) -> ProfileNode {
        let line = node.mark?.line ?? line
        count += 1
        if count > nodesMax || depth > depthMax {
            throw YAMLMistake(line: line, reason: "the file unfolds to more than we take")
        }
        switch node {
        case .scalar(let scalar):
            return ProfileNode(.scalar(scalar.string), line: line)
        case .sequence(let sequence):
            var list: [ProfileNode] = []
            for element in sequence {
                list.append(try tree(element, line: line, depth: depth + 1, count: &count))
            }
            return ProfileNode(.list(list), line: line)
        case .mapping(let mapping):
            var entries: [ProfileNode.Entry] = []
            for (key, value) in mapping {
                let keyLine = key.mark?.line ?? line
                guard let name = key.scalar?.string else {
                    throw YAMLMistake(line: keyLine, reason: "a key must be a plain word")
                }
                let value = try tree(value, line: keyLine, depth: depth + 1, count: &count)
                entries.append(ProfileNode.Entry(key: name, line: keyLine, value: value))
            }
            return ProfileNode(.map(entries), line: line)
        case .alias:
            throw YAMLMistake(line: line, reason: "an alias stands for nothing")
        }
    }

    private static func mistake(_ error: YamlError) -> YAMLMistake {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            YAMLMistake(line: mark.line, reason: problem)
        case .duplicatedKeysInMapping(let keys, let context):
            YAMLMistake(
                line: context.mark.line,
                reason: "the key \(keys.joined(separator: ", ")) is there twice")
        case .reader(let problem, _, _, _):
            YAMLMistake(line: 1, reason: problem)
        case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
            YAMLMistake(line: 1, reason: "it is no YAML in UTF-8")
        }
    }
}
