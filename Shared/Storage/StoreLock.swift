import Foundation

/// The mark of the one process that writes a store; the system takes it back at any end.
final class StoreLock: Sendable {
    private let descriptor: Int32

    init(path: String) throws {
        descriptor = open(path + ".lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        if descriptor < 0 {
            throw StoreFailure.cannotOpen(path: path, reason: String(cString: strerror(errno)))
        }
        if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            close(descriptor)
            throw StoreFailure.alreadyOpen(path: path)
        }
    }

    deinit { close(descriptor) }
}
