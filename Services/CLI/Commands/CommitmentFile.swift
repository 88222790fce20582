import Contracts
import Domain
import Policy
import Runtime

/// A file that says what an enterprise commits itself to, read by what the form asks for.
///
/// ```yaml
/// enterprise: E1
/// day: 2021-11-01
/// items: { firesNumber: 1, openParking: no, riskGrade: low, measures: … }
/// works:
///   - { kind: hotWork, place: 罐区, from: 2021-11-01 13:00, to: 2021-11-01 15:00 }
/// late: { reason: networkFault, text: … }
/// correction: …
/// ```
struct CommitmentFile {
    private let form: IngestV1.GetFormResponse
    private let zone: Zone
    private var mistakes: [FileMistake] = []

    /// The request that a file stands for; refused with every mistake in it.
    static func read(
        _ text: String, file: String, form: IngestV1.GetFormResponse, zone: Zone
    ) throws(FileRefused) -> IngestV1.FileCommitmentRequest {
        var reader = CommitmentFile(form: form, zone: zone)
        let request = reader.request(text)
        if let request, reader.mistakes.isEmpty { return request }
        throw FileRefused(file: file, mistakes: reader.mistakes.sorted { $0.line < $1.line })
    }

    private init(form: IngestV1.GetFormResponse, zone: Zone) {
        (self.form, self.zone) = (form, zone)
    }

    private mutating func note(_ node: ProfileNode, _ text: String) {
        mistakes.append(FileMistake(line: node.line.number, text: text))
    }

    private mutating func request(_ text: String) -> IngestV1.FileCommitmentRequest? {
        let root: ProfileNode
        do throws(YAMLMistake) {
            guard let tree = try YAMLTree.read(text) else {
                mistakes.append(FileMistake(line: 1, text: "The file is empty."))
                return nil
            }
            root = tree
        } catch {
            mistakes.append(
                FileMistake(line: error.line, text: "The file is no YAML: \(error.reason)."))
            return nil
        }
        check(root, keys: ["enterprise", "day", "items", "works", "late", "correction"])
        var request = IngestV1.FileCommitmentRequest(
            enterpriseID: required("enterprise", in: root), day: required("day", in: root),
            correctionReason: root.value("correction")?.text ?? "")
        request.items = entries(of: root.value("items")).compactMap { item($0) }
        if case .list(let rows)? = root.value("works")?.content {
            request.works = rows.map { work($0) }
        } else if let works = root.value("works"), works.text?.isEmpty != true {
            note(works, "`works` must be a list.")
        }
        if let late = root.value("late") {
            check(late, keys: ["reason", "text"])
            request.lateReason = late.value("reason")?.text ?? ""
            request.lateText = late.value("text")?.text ?? ""
        }
        return request
    }

    private mutating func check(_ node: ProfileNode, keys: [String]) {
        guard case .map(let entries) = node.content else {
            return note(node, "Here must stand a group of \(keys.joined(separator: ", ")).")
        }
        for entry in entries where !keys.contains(entry.key) {
            note(
                entry.value,
                "`\(entry.key)` is no key here. Known: \(keys.joined(separator: ", ")).")
        }
    }

    private mutating func required(_ key: String, in node: ProfileNode) -> String {
        if let text = node.value(key)?.text, !text.isEmpty { return text }
        note(node, "`\(key)` is missing.")
        return ""
    }

    private func entries(of node: ProfileNode?) -> [ProfileNode.Entry] {
        guard case .map(let entries)? = node?.content else { return [] }
        return entries
    }

    // MARK: Items

    private mutating func item(_ entry: ProfileNode.Entry) -> IngestV1.CommitmentItem? {
        guard let item = form.items.first(where: { $0.id == entry.key }) else {
            note(entry.value, "The form has no item `\(entry.key)`; `commitment form` lists all.")
            return nil
        }
        let text = entry.value.text ?? ""
        let value: IngestV1.CommitmentItem.Value
        switch item.kind {
        case "number":
            guard let number = Int64(text) else {
                note(entry.value, "`\(item.id)` (\(item.title)) is a number; `\(text)` is none.")
                return nil
            }
            value = .number(number)
        case "flag":
            guard let flag = flag(text) else {
                note(entry.value, "`\(item.id)` (\(item.title)) is yes or no.")
                return nil
            }
            value = .flag(flag)
        case "choice": value = .choice(text)
        case _: value = .text(text)
        }
        return IngestV1.CommitmentItem(id: item.id, value: value)
    }

    private func flag(_ text: String) -> Bool? {
        switch text {
        case "yes", "true", "是": true
        case "no", "false", "否": false
        case _: nil
        }
    }

    // MARK: Works

    private mutating func work(_ node: ProfileNode) -> IngestV1.DeclaredWork {
        check(
            node,
            keys: [
                "kind", "place", "from", "to", "device", "source", "inCharge", "contractor",
                "content", "permit",
            ])
        return IngestV1.DeclaredWork(
            kind: required("kind", in: node), place: required("place", in: node),
            deviceID: node.value("device")?.text ?? "",
            hazardSourceID: node.value("source")?.text ?? "", fromUnixMs: time("from", in: node),
            toUnixMs: time("to", in: node), inCharge: node.value("inCharge")?.text ?? "",
            isContracted: flag(node.value("contractor")?.text ?? "") ?? false,
            content: node.value("content")?.text ?? "", permit: node.value("permit")?.text ?? "")
    }

    private mutating func time(_ key: String, in node: ProfileNode) -> Int64 {
        let text = required(key, in: node)
        if text.isEmpty { return 0 }
        if let instant = TimeText.instant(text, zone: zone) { return instant.unixMilliseconds }
        note(node, "`\(key)` \"\(text)\" is no time; write it like 2021-11-01 13:00.")
        return 0
    }
}
