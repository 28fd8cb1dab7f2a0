/// What is wrong with a path, or with an answer that it is looked up in. Nothing of the answer's content is
/// kept.
public enum ResponsePathError: Error, Sendable, Equatable {
    /// The path itself, at a 0-based offset in characters.
    case malformed(path: String, offset: Int, reason: String)
    /// The answer has something else at `place`, which begins at `$`, the whole answer.
    ///
    /// - `expected`, `found`: kinds of JSON: `object`, `array`, `string`; `found` is `nil` where nothing
    ///   stands.
    case notThere(path: String, place: String, expected: String, found: String?)
}

extension ResponsePathError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .malformed(let path, let offset, let reason):
            """
            The path “\(path.prefix(200))” cannot be read at character \(offset + 1): \(reason). Write it as \
            data[*].embedding or [0].generated_text.
            """
        case .notThere:
            "The answer is not as its path says: \(reason). Correct the path, or the request."
        }
    }

    /// The fault alone, without advice.
    var reason: String {
        switch self {
        case .malformed(_, _, let reason): reason
        case .notThere(let path, let place, let expected, let found):
            "the path \(path) needs \(Self.article(expected)) at \(place), where "
                + (found.map { "\(Self.article($0)) stands" } ?? "nothing stands")
        }
    }

    private static func article(_ kind: String) -> String {
        switch kind {
        case "null": "null"
        case "array", "object", "integer": "an \(kind)"
        default: "a \(kind)"
        }
    }
}
