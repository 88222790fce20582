import Crypto
import Foundation
import Glibc

/// Writes pictures so that a file is whole or not there.
package enum PictureFile {
    package enum Failure: Error, Equatable, CustomStringConvertible {
        case diskFull
        case cannotWrite(String)
        case cannotRead(String)
        /// What is kept is not what was written.
        case damaged

        package var description: String {
            switch self {
            case .diskFull: "the disk is full"
            case .cannotWrite(let reason), .cannotRead(let reason): reason
            case .damaged: "the file was changed after it was written"
            }
        }
    }

    /// The SHA-256 in hexadecimal.
    static func hash(_ bytes: [UInt8]) -> String {
        SHA256.hash(data: bytes).map { String(format: "%02x", Int($0)) }.joined()
    }

    /// Writes under another name first; what fails leaves nothing behind.
    static func write(_ bytes: [UInt8], to draft: String, as path: String) throws {
        let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw lastFailure() }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(file, buffer.baseAddress?.advanced(by: written), bytes.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let failure = lastFailure()
                close(file)
                unlink(draft)
                throw failure
            }
            written += count
        }
        var failure = fsync(file) == 0 ? nil : lastFailure()
        close(file)
        if failure == nil, rename(draft, path) != 0 { failure = lastFailure() }
        if let failure {
            unlink(draft)
            throw failure
        }
    }

    private static func lastFailure() -> Failure {
        errno == ENOSPC ? .diskFull : .cannotWrite(String(cString: strerror(errno)))
    }
}
