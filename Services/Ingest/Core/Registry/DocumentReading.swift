/// Reads the rows of a document into entries and remembers where each stands.
struct DocumentReading {
    let document: RegistryDocument
    let packs: Packs
    private(set) var remarks: [Mistake] = []
    private(set) var entries: [RegistryEntry] = []
    private(set) var mistakes: [Mistake]
    private var rows: [EntryKey: RegistryRow] = [:]
    private var broken: Set<EntryKey> = []
    private var sourcesOfBrokenPersons: Set<String> = []

    init(_ document: RegistryDocument, packs: Packs) {
        (self.document, self.packs) = (document, packs)
        mistakes = document.mistakes
    }

    mutating func readRows() {
        if document.rows.count > RegistryLimits.rowsMax {
            add(
                line: 0,
                "the file has \(document.rows.count) entries; split it into files of at most "
                    + "\(RegistryLimits.rowsMax).")
            return
        }
        if document.rows.isEmpty, mistakes.isEmpty {
            add(line: 0, "the file holds no entries; nothing would change.")
        }
        for row in document.rows { read(row) }
    }

    /// Puts back what no answer shows of the addresses of cameras, where nothing else of them is
    /// new: who sends in an export again, or asks for another change, means what is registered.
    mutating func restoreAddresses(from registry: Registry) {
        for (place, entry) in entries.enumerated() {
            guard case .camera(var camera) = entry else { continue }
            let written = camera.facts.text(Camera.addressField)
            if !written.contains(CameraAddress.mask) { continue }
            let known = registry.cameras[camera.id]?.facts[Camera.addressField]
            guard let known, CameraAddress.masked(known.text) == written else {
                mistakes.append(
                    Mistake(
                        file: document.fileName,
                        line: line(of: entry.key, field: Camera.addressField) ?? 0,
                        text:
                            "\(entry.key.kind.words) \(entry.key.id): the address is masked and is "
                            + "not the one that is registered; write it with user and password."))
                continue
            }
            camera.facts = Facts(
                camera.facts.all.map { $0.id == Camera.addressField ? known : $0 })
            entries[place] = .camera(camera)
        }
    }

    private mutating func read(_ row: RegistryRow) {
        guard let kind = EntryKind(rawValue: row.kind) else {
            let choice = list(EntryKind.allCases.map(\.rawValue))
            add(line: row.line, "there is no entry of type \"\(row.kind)\"; write \(choice).")
            return
        }
        var reading = RowReading(row, kind: kind, file: document.fileName, packs: packs)
        let entry = reading.entry()
        mistakes += reading.mistakes
        remarks += reading.remarks
        if let id = reading.id {
            for twin in kind.sharingIDs {
                guard let first = rows[EntryKey(twin, id)] else { continue }
                add(
                    line: row.line,
                    "\(kind.words) \(id): the id is used on line \(first.line) already; ids are "
                        + "unique, give one of the two another.")
                return
            }
            rows[EntryKey(kind, id)] = row
            if entry == nil { broken.insert(EntryKey(kind, id)) }
        }
        if kind == .person, entry == nil,
            let source = row.fields.first(where: { $0.name == "hazardSource" })
        {
            sourcesOfBrokenPersons.insert(source.text)
        }
        if let entry { entries.append(entry) }
    }

    /// True if the file has this entry but it could not be read: what refers to it is not at fault.
    func isBroken(_ key: EntryKey) -> Bool { broken.contains(key) }

    /// True if a person of this source could not be read: then a missing tier is its consequence.
    func isPersonBroken(of source: String) -> Bool { sourcesOfBrokenPersons.contains(source) }

    /// The line of a field of an entry; nil if the file does not hold the entry.
    func line(of key: EntryKey, field: String) -> Int? { rows[key]?.line(of: field) }

    private mutating func add(line: Int, _ text: String) {
        mistakes.append(Mistake(file: document.fileName, line: line, text: text))
    }
}
