/// What storage holds back from growing without bound, with the reason of each number.
package enum StorageLimits {
    /// Entries in a page of the journal: some 100 kB, read in about a millisecond.
    package static let pageEntriesMax = 512

    /// Body bytes in a page of the journal, so that large entries do not fill memory.
    package static let pageBytesMax = 1 << 20

    /// Kind prefixes in one filter; more are a mistake of the subscriber.
    package static let kindPrefixesMax = 16

    /// Readers at once: pages of the journal and questions of the API, each some milliseconds.
    package static let readersMax = 4

    /// How long a statement waits for another process, such as an audit, before it fails.
    package static let busyTimeoutSeconds = 5.0

    /// Findings of an audit that are listed; a file rewritten throughout needs no longer list.
    package static let findingsMax = 1_000

    /// Bytes that the write-ahead log keeps on disk after a checkpoint.
    package static let writeAheadLogBytesMax = 64 << 20
}
