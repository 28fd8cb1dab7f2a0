/// What embedding and reranking have in common: many texts a call, each with its own result.
enum OpenAIBatch {
    /// The results of a call, in halves as long as the server says that it is given too much at a time.
    ///
    /// - Parameters:
    ///   - items: with the offsets that they have for the caller, which an error tells of one that is too
    ///     long alone.
    ///   - call: one result an item, in order.
    static func results<Item: Sendable, Result: Sendable>(
        _ items: ArraySlice<Item>, _ call: @Sendable ([Item]) async throws -> [Result]
    ) async throws -> [Result] {
        do {
            return try await call(Array(items))
        } catch let error as OpenAIError where error.isAboutSize {
            guard items.count > 1 else { throw error.at(items.startIndex) }
            try Task.checkCancellation()
            let middle = items.startIndex + items.count / 2
            let first = try await results(items[..<middle], call)
            return first + (try await results(items[middle...], call))
        }
    }

    /// The items in calls of at most `count`, each slice with the items' own offsets.
    static func calls<Item>(_ items: [Item], of count: Int) -> [ArraySlice<Item>] {
        stride(from: 0, to: items.count, by: count).map { items[$0..<min($0 + count, items.count)] }
    }

    /// Puts each result in the place that it names; one that names none has the place that it stands at.
    ///
    /// - Throws: ``ModelsError/wrongCount(model:expected:actual:)`` unless each place has exactly one.
    static func placed<Result>(
        _ results: [(index: Int?, result: Result)], count: Int, model: String
    ) throws(ModelsError) -> [Result] {
        var places = [Result?](repeating: nil, count: count)
        for (position, (index, result)) in results.enumerated()
        where places.indices.contains(index ?? position) {
            places[index ?? position] = result
        }
        let filled = places.compactMap(\.self)
        guard filled.count == count, results.count == count else {
            throw .wrongCount(
                model: model, expected: count, actual: filled.count == count ? results.count : filled.count)
        }
        return filled
    }
}
