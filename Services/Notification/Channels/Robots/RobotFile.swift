import Domain
import Foundation

/// The robots of all bodies: a table with a line `node,kind,url,secret` for each.
package enum RobotFile {
    private static let setting = "robots-file"

    package static func read(path: String) throws -> [Robot] {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw ChannelMistake(setting, "`\(path)` cannot be read")
        }
        return try read(text)
    }

    /// Empty lines, lines that begin with `#`, and the line of the names are passed over.
    package static func read(_ text: String) throws -> [Robot] {
        var robots: [Robot] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            if fields == [""] || line.hasPrefix("#") || fields.first == "node" { continue }
            let robot = try read(fields, line: index + 1)
            if robots.contains(where: { $0.node == robot.node }) {
                throw mistake(index + 1, "\(robot.node) has a robot already; take one away")
            }
            robots.append(robot)
        }
        return robots
    }

    private static func read(_ fields: [String], line: Int) throws -> Robot {
        guard (3...4).contains(fields.count), !fields[0].isEmpty else {
            throw mistake(line, "write node,kind,url,secret")
        }
        guard let kind = Robot.Kind(rawValue: fields[1]) else {
            throw mistake(line, "`\(fields[1])` is no kind; write wecom or dingtalk")
        }
        // The address holds a key, so it is not repeated.
        guard HTTPProvider.isAddress(fields[2]) else {
            throw mistake(line, "its third field is no address; copy that of the group's robot")
        }
        let secret = fields.count > 3 ? fields[3] : ""
        if kind == .wecom, !secret.isEmpty {
            throw mistake(line, "a robot of WeCom has no secret; its key stands in the address")
        }
        return Robot(node: NodeID(fields[0]), kind: kind, url: fields[2], secret: secret)
    }

    private static func mistake(_ line: Int, _ reason: String) -> ChannelMistake {
        ChannelMistake(setting, "line \(line): \(reason)")
    }
}
