import Glibc

/// What is freed, and what glibc keeps of it between things that live on.
package enum FreedMemory {
    /// Lets what is freed go back to the system: call it once, before anything is taken.
    ///
    /// Arrays of a registry or of an hour of readings are made anew and freed again. By itself
    /// glibc takes ever larger ones from arenas, one a thread, where they leave holes. With these
    /// settings each lies in pages of its own. Ours, by measuring (`make bench-readings`).
    package static func goesBack() {
        // Looked up by name, because Swift's module of glibc does not have it; the numbers are
        // M_MMAP_THRESHOLD and M_ARENA_MAX of malloc.h.
        guard let symbol = dlsym(nil, "mallopt") else { return }
        let set = unsafeBitCast(symbol, to: (@convention(c) (Int32, Int32) -> Int32).self)
        _ = set(-3, 256 << 10)
        _ = set(-8, 2)
    }
}
