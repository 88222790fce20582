extension Dictionary {
    /// Adds to the list of a key, which begins with it if there is none.
    mutating func append<Element>(_ element: Element, to key: Key) where Value == [Element] {
        if self[key]?.append(element) == nil { self[key] = [element] }
    }
}
