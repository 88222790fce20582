/// The streams of a connection; adding and removing cost no search.
struct StreamTable {
    private var slots: [CallStream?] = []
    private var free: [Int] = []
    private(set) var count = 0

    mutating func add(_ stream: CallStream) {
        count += 1
        if let slot = free.popLast() {
            slots[slot] = stream
            stream.slot = slot
        } else {
            stream.slot = slots.count
            slots.append(stream)
        }
    }

    mutating func remove(_ stream: CallStream) {
        guard stream.slot >= 0 else { return }
        slots[stream.slot] = nil
        free.append(stream.slot)
        stream.slot = -1
        count -= 1
    }

    /// The streams of this moment, for walks during which streams may close.
    var all: [CallStream] { slots.compactMap { $0 } }

    func forEach(_ body: (CallStream) -> Void) {
        for case .some(let stream) in slots { body(stream) }
    }
}
