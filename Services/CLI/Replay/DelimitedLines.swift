import Foundation

/// Reads a file of rows and cells piece by piece: memory holds one line, however long the file.
///
/// A quoted cell may hold the separator and line breaks, and a doubled quote for one quote.
struct DelimitedLines: ~Copyable {
    /// One row with the number of its first line, from 1.
    struct Row {
        var line: Int
        var cells: [String]
    }

    enum Broken: Error, Equatable {
        case lineTooLong(line: Int)
        case quoteNotClosed(line: Int)
        case notText(line: Int)
        case unreadable(String)
    }

    /// Far beyond any row of a control system; a binary file ends here.
    static let lineBytesMax = 1 << 20

    private let handle: FileHandle
    private let separator: ReplayMapping.Separator
    private var chunk: [UInt8] = []
    private var next = 0
    private var line = 1
    private var isAtEnd = false

    init(path: String, separator: ReplayMapping.Separator) throws(Broken) {
        do {
            handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        } catch {
            throw .unreadable("\(path) cannot be opened. Look at its name and its permissions.")
        }
        self.separator = separator
    }

    deinit { try? handle.close() }

    /// The next row that is not empty; nil at the end.
    mutating func row() throws(Broken) -> Row? {
        while true {
            let first = line
            guard let bytes = try lineBytes() else { return nil }
            let cells = try self.cells(bytes, line: first)
            if cells.count > 1 || cells.first.map({ !$0.isEmpty }) ?? false {
                return Row(line: first, cells: cells)
            }
        }
    }

    // One line without its end; a line break inside quotes does not end it.
    private mutating func lineBytes() throws(Broken) -> [UInt8]? {
        var bytes: [UInt8] = []
        let first = line
        var isQuoted = false
        while let byte = try self.byte() {
            if byte == UInt8(ascii: "\n") {
                line += 1
                if !isQuoted {
                    if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
                    return bytes
                }
            } else if byte == UInt8(ascii: "\""), separator != .blanks {
                isQuoted.toggle()
            }
            bytes.append(byte)
            if bytes.count > Self.lineBytesMax { throw .lineTooLong(line: first) }
        }
        if isQuoted { throw .quoteNotClosed(line: first) }
        return bytes.isEmpty ? nil : bytes
    }

    private mutating func byte() throws(Broken) -> UInt8? {
        if next == chunk.count {
            guard !isAtEnd else { return nil }
            do {
                chunk = [UInt8](try handle.read(upToCount: 1 << 16) ?? Data())
            } catch {
                throw .unreadable("The file cannot be read to its end: \(error).")
            }
            next = 0
            if chunk.isEmpty {
                isAtEnd = true
                return nil
            }
        }
        defer { next += 1 }
        return chunk[next]
    }

    private func cells(_ bytes: [UInt8], line: Int) throws(Broken) -> [String] {
        // A byte order mark, as spreadsheets write it, is no part of the first cell.
        let body = line == 1 && bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        let parts: [[UInt8]]
        switch separator {
        case .blanks:
            parts = body.split { $0 == 0x20 || $0 == 0x09 }.map(Array.init)
        case .character(let separator):
            parts = Self.split(body, at: separator)
        }
        var cells: [String] = []
        cells.reserveCapacity(parts.count)
        for part in parts {
            guard let text = String(validating: part, as: UTF8.self) else {
                throw .notText(line: line)
            }
            cells.append(text)
        }
        return cells
    }

    private static func split(_ bytes: ArraySlice<UInt8>, at separator: UInt8) -> [[UInt8]] {
        let quote = UInt8(ascii: "\"")
        var cells: [[UInt8]] = []
        var cell: [UInt8] = []
        var isQuoted = false
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            index += 1
            if isQuoted {
                if byte != quote {
                    cell.append(byte)
                } else if index < bytes.endIndex, bytes[index] == quote {
                    cell.append(quote)
                    index += 1
                } else {
                    isQuoted = false
                }
            } else if byte == quote {
                isQuoted = true
            } else if byte == separator {
                cells.append(trimmed(cell))
                cell = []
            } else {
                cell.append(byte)
            }
        }
        cells.append(trimmed(cell))
        return cells
    }

    private static func trimmed(_ cell: [UInt8]) -> [UInt8] {
        guard let first = cell.firstIndex(where: { $0 != 0x20 }),
            let last = cell.lastIndex(where: { $0 != 0x20 })
        else { return [] }
        return Array(cell[first...last])
    }
}
