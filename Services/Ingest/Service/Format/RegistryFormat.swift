package import IngestCore

/// The two forms of a registry file; the ending of its name says which it is.
package enum RegistryFormat: String, CaseIterable, Sendable {
    case yaml, csv

    /// nil: the ending is neither `.yaml`, `.yml` nor `.csv`.
    package init?(fileName: String) {
        let name = fileName.lowercased()
        if name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
            self = .yaml
        } else if name.hasSuffix(".csv") {
            self = .csv
        } else {
            return nil
        }
    }

    /// The rows of a file; what cannot be read as rows stands in the mistakes of the document.
    package static func read(
        _ content: [UInt8], fileName: String, packs: Packs = .none
    ) -> RegistryDocument {
        var document = RegistryDocument(fileName: fileName)
        func refused(_ text: String) -> RegistryDocument {
            document.mistakes.append(Mistake(file: fileName, line: 0, text: text))
            return document
        }
        guard let format = RegistryFormat(fileName: fileName) else {
            return refused("the name of the file must end in .yaml, .yml or .csv.")
        }
        if content.count > IngestLimits.fileBytesMax {
            return refused(
                "the file has \(content.count) bytes; split it into files of at most "
                    + "\(IngestLimits.fileBytesMax).")
        }
        // Spreadsheets put a mark before the first byte.
        let bytes = content.starts(with: [0xEF, 0xBB, 0xBF]) ? content[3...] : content[...]
        guard let text = String(validating: bytes, as: UTF8.self) else {
            return refused("the file is not UTF-8; save it again as UTF-8 (CSV UTF-8).")
        }
        switch format {
        case .yaml: RegistryYAML.read(text, into: &document)
        case .csv: RegistryCSV.read(text, packs: packs, into: &document)
        }
        return document
    }

    /// Entries as a file that `read` takes.
    package func write(_ entries: [RegistryEntry]) -> String {
        switch self {
        case .yaml: RegistryYAML.write(entries)
        case .csv: RegistryCSV.write(entries)
        }
    }
}

/// Without blanks at both ends, which no id, name or number begins or ends with.
func trimmed(_ text: some StringProtocol) -> String {
    let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
    let start = text.drop(while: isBlank)
    let end = start.reversed().prefix(while: isBlank).count
    return String(start.dropLast(end))
}
