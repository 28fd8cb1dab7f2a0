extension Collection where Element: Sendable {
    /// The elements transformed, at most `width` of them at a time, in the collection's order.
    ///
    /// The first error cancels what runs, starts nothing more, and is thrown.
    ///
    /// - Parameter width: tasks at once, 1 or more.
    /// - Complexity: `count` tasks, of which `width` exist at a time.
    public func boundedMap<Result: Sendable>(
        width: Int, _ transform: @escaping @Sendable (Element) async throws -> Result
    ) async throws -> [Result] {
        precondition(width > 0, "a width of \(width) tasks does no work")
        var results = [Result?](repeating: nil, count: count)
        try await withThrowingTaskGroup(of: (Int, Result).self) { group in
            var rest = enumerated().makeIterator()
            func startNext() {
                guard let (offset, element) = rest.next() else { return }
                group.addTask { (offset, try await transform(element)) }
            }
            for _ in 0..<Swift.min(width, count) { startNext() }
            while let (offset, result) = try await group.next() {
                results[offset] = result
                startNext()
            }
        }
        return results.compactMap(\.self)
    }
}
