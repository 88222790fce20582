/// A registry file as rows with their lines, whether it was YAML or CSV.
package struct RegistryDocument: Sendable, Equatable {
    package var fileName: String
    package var rows: [RegistryRow]
    /// What could not be read as rows at all; makes the import fail together with the rest.
    package var mistakes: [Mistake]

    package init(fileName: String, rows: [RegistryRow] = [], mistakes: [Mistake] = []) {
        (self.fileName, self.rows, self.mistakes) = (fileName, rows, mistakes)
    }
}

/// One row: what it says it is, and its fields as written.
package struct RegistryRow: Sendable, Equatable {
    /// The kind as written, such as `point`.
    package var kind: String
    package var line: Int
    package var fields: [RegistryField]

    package init(kind: String, line: Int, fields: [RegistryField]) {
        (self.kind, self.line, self.fields) = (kind, line, fields)
    }

    /// The line of a field, or of the row if it has no such field.
    func line(of field: String) -> Int {
        fields.first { $0.name == field }?.line ?? line
    }
}

/// One field as written.
package struct RegistryField: Sendable, Equatable {
    package var name: String
    package var text: String
    package var line: Int

    package init(_ name: String, _ text: String, line: Int) {
        (self.name, self.text, self.line) = (name, text, line)
    }
}

/// One thing that is wrong with a file, and what to write instead.
package struct Mistake: Sendable, Equatable {
    package var file: String
    /// From 1; 0 if the mistake has no line in the file.
    package var line: Int
    package var text: String

    package init(file: String, line: Int, text: String) {
        (self.file, self.line, self.text) = (file, line, text)
    }
}
