import Concurrency
import JSONValue
import Transport

extension Comprehend {
    typealias Pieces<Value: Sendable> = [ComprehendMerging.Piece<Value>]

    /// Calls a batch operation as often as the texts need it.
    ///
    /// - Parameter read: what an item of the answer says; `nil` where it is not as documented.
    /// - Returns: for each text what was found in its pieces, in order.
    func batch<Value: Sendable>(
        _ name: String, _ texts: [String], _ language: ComprehendLanguage?,
        read: @escaping @Sendable (JSONValue, ComprehendPart) -> Value?
    ) async throws(AWSError) -> [Result<Pieces<Value>, ComprehendItemError>] {
        let parts = texts.enumerated().flatMap { index, text in
            ComprehendParts.of(text, at: index, limitBytes: Self.textLimitBytes)
        }
        let calls = stride(from: 0, to: parts.count, by: Self.batchCount).map { start in
            Array(parts[start..<min(start + Self.batchCount, parts.count)])
        }
        let found = try await calls.mapped(width: width) { parts throws(AWSError) in
            try await call(name, parts, language, read: read)
        }
        var results = [Result<Pieces<Value>, ComprehendItemError>](
            repeating: .success([]), count: texts.count)
        for (part, outcome) in zip(parts, found.joined()) {
            guard case .success(let pieces) = results[part.textIndex] else { continue }
            results[part.textIndex] = outcome.map { value in
                pieces + [ComprehendMerging.Piece(value: value, bytes: part.content.utf8.count)]
            }
        }
        return results
    }

    /// One call; what it says of each part, in their order.
    private func call<Value>(
        _ name: String, _ parts: [ComprehendPart], _ language: ComprehendLanguage?,
        read: (JSONValue, ComprehendPart) -> Value?
    ) async throws(AWSError) -> [Result<Value, ComprehendItemError>] {
        let (answer, id) = try await service.json(
            name,
            [
                "TextList": .array(parts.map { .string($0.content) }),
                "LanguageCode": language.map { .string($0.rawValue) },
            ], hiding: parts.map(\.content))
        guard let told = answer["ResultList"]?.array, let failed = answer["ErrorList"]?.array else {
            throw service.unexpected(name, "it has no ResultList and ErrorList", id)
        }
        var results = [Result<Value, ComprehendItemError>?](repeating: nil, count: parts.count)
        for item in told {
            let index = try place(of: item, in: results, name, id)
            guard let value = read(item, parts[index]) else {
                throw service.unexpected(name, "what it found is not of the text \(index) that was sent", id)
            }
            results[index] = .success(value)
        }
        for item in failed {
            let index = try place(of: item, in: results, name, id)
            results[index] = .failure(
                ComprehendItemError(
                    index: parts[index].textIndex, code: item["ErrorCode"]?.string ?? "",
                    message: Self.message(item["ErrorMessage"]?.string ?? "", hiding: parts[index].content)))
        }
        let complete = results.compactMap(\.self)
        guard complete.count == parts.count else {
            throw service.unexpected(
                name, "it tells of \(complete.count) of the \(parts.count) texts that were sent", id)
        }
        return complete
    }

    /// The place that an item is of, which no other may be of.
    private func place<Value>(
        of item: JSONValue, in results: [Value?], _ name: String, _ id: String
    ) throws(AWSError) -> Int {
        guard let index = item["Index"]?.integer, results.indices.contains(index), results[index] == nil
        else {
            throw service.unexpected(name, "an item's Index is none, or one twice", id)
        }
        return index
    }

    private static func message(_ told: String, hiding text: String) -> String {
        String(told.replacing(text, with: "…").prefix(300).map { $0.isNewline ? " " : $0 })
    }
}

extension Collection where Element: Sendable {
    /// ``boundedMap(width:_:)`` for calls of AWS.
    func mapped<Value: Sendable>(
        width: Int, _ call: @escaping @Sendable (Element) async throws(AWSError) -> Value
    ) async throws(AWSError) -> [Value] {
        do {
            return try await boundedMap(width: width) { try await call($0) }
        } catch let error as AWSError {
            throw error
        } catch {
            throw .transport(.cancelled)
        }
    }
}
