import JSONValue

/// Where in an endpoint's JSON answer something stands: `data[*].embedding`, `[0].generated_text`,
/// `predictions[*].scores[0]`.
///
/// Names are parted by dots, `[3]` is the element of a list at that 0-based offset, `[*]` each of its
/// elements, and `["a.b"]` a name that holds dots, brackets or spaces. `$` alone is the whole answer; in
/// front of a path it changes nothing.
public struct ResponsePath: Sendable, Hashable, CustomStringConvertible {
    enum Step: Sendable, Hashable {
        case member(String)
        case element(Int)
        case each
    }

    /// As it was written.
    public let description: String
    let steps: [Step]

    /// - Throws: ``ResponsePathError/malformed(path:offset:reason:)``.
    public init(parsing text: String) throws(ResponsePathError) {
        var parser = Parser(text)
        steps = try parser.steps()
        description = text
    }

    /// Whether there may be several values.
    var hasMany: Bool { steps.contains(.each) }

    /// What stands there, in order.
    ///
    /// - Throws: ``ResponsePathError/notThere(path:place:expected:found:)``.
    func values(in answer: JSONValue) throws(ResponsePathError) -> [JSONValue] {
        var values: [JSONValue] = []
        try collect(answer, steps[...], "$", into: &values) { error throws(ResponsePathError) in throw error }
        return values
    }

    /// The first of what stands there, passing over what is absent or `null` on the way, as it is in many an
    /// event of a stream.
    ///
    /// - Returns: `nil` where nothing stands there.
    /// - Throws: ``ResponsePathError/notThere(path:place:expected:found:)`` where something of another kind
    ///   stands on the way.
    func firstIfPresent(in answer: JSONValue) throws(ResponsePathError) -> JSONValue? {
        var values: [JSONValue] = []
        try collect(answer, steps[...], "$", into: &values) { error throws(ResponsePathError) in
            guard case .notThere(_, _, _, let found) = error, found == nil || found == "null" else {
                throw error
            }
        }
        return values.first
    }

    private func collect(
        _ value: JSONValue, _ steps: ArraySlice<Step>, _ place: String, into values: inout [JSONValue],
        orElse missing: (ResponsePathError) throws(ResponsePathError) -> Void
    ) throws(ResponsePathError) {
        guard let step = steps.first else {
            values.append(value)
            return
        }
        let rest = steps.dropFirst()
        func fail(_ expected: String, _ found: String?, at place: String) throws(ResponsePathError) {
            try missing(.notThere(path: description, place: place, expected: expected, found: found))
        }
        switch step {
        case .member(let name):
            guard let members = value.object else { return try fail("object", value.kind, at: place) }
            let next = place + Self.written(name)
            guard let member = members[name] else { return try fail("value", nil, at: next) }
            try collect(member, rest, next, into: &values, orElse: missing)
        case .element(let offset):
            guard let elements = value.array else { return try fail("array", value.kind, at: place) }
            let next = "\(place)[\(offset)]"
            guard elements.indices.contains(offset) else { return try fail("value", nil, at: next) }
            try collect(elements[offset], rest, next, into: &values, orElse: missing)
        case .each:
            guard let elements = value.array else { return try fail("array", value.kind, at: place) }
            for (offset, element) in elements.enumerated() {
                try collect(element, rest, "\(place)[\(offset)]", into: &values, orElse: missing)
            }
        }
    }

    private static func written(_ name: String) -> String {
        name.allSatisfy(isNameCharacter) ? ".\(name)" : "[\"\(name)\"]"
    }

    private static func isNameCharacter(_ character: Character) -> Bool {
        !character.isWhitespace && !".[]\"'*".contains(character)
    }
}

extension ResponsePath {
    private struct Parser {
        let text: String
        var rest: Substring

        init(_ text: String) {
            self.text = text
            rest = text[...]
        }

        mutating func steps() throws(ResponsePathError) -> [Step] {
            guard !text.isEmpty else { throw fault("it is empty; $ is the whole answer") }
            let isRooted = rest.first == "$"
            if isRooted { rest.removeFirst() }
            var steps: [Step] = []
            while let first = rest.first {
                if first == "[" {
                    steps.append(try bracket())
                    continue
                }
                let isFirst = steps.isEmpty && !isRooted
                if first == ".", !isFirst {
                    rest.removeFirst()
                } else if !isFirst {
                    throw fault("a dot or a bracket is expected")
                }
                let name = rest.prefix(while: ResponsePath.isNameCharacter)
                guard !name.isEmpty else { throw fault("a name is expected") }
                steps.append(.member(String(name)))
                rest = rest[name.endIndex...]
            }
            return steps
        }

        /// `[3]`, `[*]` or `["name"]`.
        private mutating func bracket() throws(ResponsePathError) -> Step {
            rest.removeFirst()
            if let quote = rest.first, quote == "\"" || quote == "'" {
                rest.removeFirst()
                let name = rest.prefix { $0 != quote }
                rest = rest[name.endIndex...]
                guard rest.first == quote, !name.isEmpty else { throw fault("a name in quotes is expected") }
                rest.removeFirst()
                try close()
                return .member(String(name))
            }
            if rest.first == "*" {
                rest.removeFirst()
                try close()
                return .each
            }
            let digits = rest.prefix { ("0"..."9").contains($0) }
            guard let offset = Int(digits) else {
                throw fault("an offset, * or a name in quotes is expected")
            }
            rest = rest[digits.endIndex...]
            try close()
            return .element(offset)
        }

        private mutating func close() throws(ResponsePathError) {
            guard rest.first == "]" else { throw fault("a closing bracket is expected") }
            rest.removeFirst()
        }

        private func fault(_ reason: String) -> ResponsePathError {
            .malformed(
                path: text, offset: text.distance(from: text.startIndex, to: rest.startIndex), reason: reason)
        }
    }
}
