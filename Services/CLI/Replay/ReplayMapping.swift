import Domain

/// How the columns of a data file become readings; read from a mapping file by `MappingReader`.
struct ReplayMapping: Sendable, Equatable {
    /// The gateway in whose name the readings are pushed.
    var gateway: GatewayID
    var separator: Separator
    /// True: the first line names the columns.
    var hasHeader: Bool
    var times: Times
    /// One per point, in the order of the mapping file.
    var columns: [Column]
    /// Cells that mean "no value", beside an empty one.
    var missing: [String]
    var zone: Zone

    enum Separator: Sendable, Equatable {
        /// Any number of blanks and tabs; those at the ends of a line do not count.
        case blanks
        /// One character; cells may stand in double quotes.
        case character(UInt8)
    }

    enum Times: Sendable, Equatable {
        /// The file holds no times: the first row is at `start`, each next one `every` later.
        case period(start: Instant, every: Interval)
        case column(Place, TimeFormat)
    }

    enum TimeFormat: Sendable, Equatable {
        case unixMilliseconds
        case unixSeconds
        /// `2021-11-01 08:00:00`, ISO 8601 and the like, in `zone` unless the text names its own.
        case text
    }

    /// Which column: its number from 1, or its name in the header.
    enum Place: Sendable, Hashable {
        case number(Int)
        case name(String)

        var text: String {
            switch self {
            case .number(let number): "column \(number)"
            case .name(let name): "column \"\(name)\""
            }
        }
    }

    struct Column: Sendable, Equatable {
        var place: Place
        var point: PointID
        /// value = cell × scale + offset, to bring the file's unit to the point's.
        var scale: Double
        var offset: Double
    }
}

/// One thing that is wrong with a file, with its line from 1; 0 if it concerns the whole file.
struct FileMistake: Sendable, Equatable {
    var line: Int
    var text: String

    init(line: Int, text: String) { (self.line, self.text) = (line, text) }
}

/// All mistakes of a refused file, in the order of its lines.
struct FileRefused: Error, Equatable {
    var file: String
    var mistakes: [FileMistake]

    init(file: String, mistakes: [FileMistake]) {
        (self.file, self.mistakes) = (file, mistakes)
    }

    /// `file:line: text`, at most `limit` of them and then how many more.
    func lines(limit: Int = 20) -> [String] {
        let shown = mistakes.prefix(limit).map { mistake in
            (mistake.line > 0 ? "\(file):\(mistake.line): " : "\(file): ") + mistake.text
        }
        let rest = mistakes.count - shown.count
        return shown + (rest > 0 ? ["… and \(rest) more"] : [])
    }
}
