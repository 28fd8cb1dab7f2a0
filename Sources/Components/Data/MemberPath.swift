import JSONValue

/// A way into a JSON value: `.items[0].name`, the paths of jq that lead to one value.
///
/// Steps are `.name`, `."any name"`, `["any name"]` and `[3]`, where -1 is the last element. `.` is the value itself.
/// A member that is not there and an element beyond the end are null, as in jq.
struct MemberPath: Sendable, Hashable {
    enum Step: Sendable, Hashable {
        case member(String)
        case element(Int)
    }

    let steps: [Step]
    let text: String

    /// - Throws: ``DataError/badPath(_:place:reason:)``, also for what jq can do beyond this.
    init(_ text: String) throws(DataError) {
        self.text = text
        var reader = MemberPathReader(text)
        steps = try reader.steps()
    }

    /// - Throws: ``DataError/noMember(path:kind:)`` where the path leads into a number, a text, or an array by name.
    func value(in whole: JSONValue) throws(DataError) -> JSONValue {
        var value = whole
        for (offset, step) in steps.enumerated() {
            switch (step, value) {
            case (_, .null): return .null
            case (.member(let name), .object(let members)): value = members[name] ?? .null
            case (.element(let index), .array(let elements)):
                let place = index < 0 ? elements.count + index : index
                value = elements.indices.contains(place) ? elements[place] : .null
            default: throw .noMember(path: written(upTo: offset), kind: value.kind)
            }
        }
        return value
    }

    private func written(upTo count: Int) -> String {
        guard count > 0 else { return "." }
        return steps.prefix(count).map { step in
            switch step {
            case .member(let name): ".\(name)"
            case .element(let index): "[\(index)]"
            }
        }.joined()
    }
}

private struct MemberPathReader {
    private let text: String
    private let characters: [Character]
    private var offset = 0

    init(_ text: String) {
        self.text = text
        characters = Array(text)
    }

    mutating func steps() throws(DataError) -> [MemberPath.Step] {
        guard characters.first == "." || characters.first == "[" else { throw bad("it begins with a point") }
        guard characters != ["."] else { return [] }
        var steps: [MemberPath.Step] = []
        while offset < characters.count {
            if characters[offset] == "." {
                offset += 1
                // `.[0]` is `[0]`.
                if next == "[" { continue }
                steps.append(.member(next == "\"" ? try quoted() : try name()))
            } else if characters[offset] == "[" {
                offset += 1
                steps.append(try bracketed())
            } else {
                throw bad("a point or a bracket is expected")
            }
        }
        return steps
    }

    private var next: Character? { offset < characters.count ? characters[offset] : nil }

    private mutating func name() throws(DataError) -> String {
        let start = offset
        while let next, next.isLetter || next.isNumber || next == "_" || next == "-" { offset += 1 }
        guard offset > start else { throw bad("a name is expected; quote one with other characters") }
        return String(characters[start..<offset])
    }

    private mutating func bracketed() throws(DataError) -> MemberPath.Step {
        let step: MemberPath.Step
        if next == "\"" {
            step = .member(try quoted())
        } else {
            let start = offset
            while let next, next.isASCII, next.isNumber || next == "-" { offset += 1 }
            guard let index = Int(String(characters[start..<offset])) else {
                throw bad("an element's number or a name in quotation marks is expected")
            }
            step = .element(index)
        }
        guard next == "]" else { throw bad("a closing bracket is expected") }
        offset += 1
        return step
    }

    private mutating func quoted() throws(DataError) -> String {
        offset += 1
        var name = ""
        while let character = next {
            offset += 1
            if character == "\"" { return name }
            if character == "\\", let escaped = next {
                guard escaped == "\"" || escaped == "\\" else { throw bad("only \\\" and \\\\ are escapes") }
                name.append(escaped)
                offset += 1
            } else {
                name.append(character)
            }
        }
        throw bad("the quotation mark is not closed")
    }

    private func bad(_ reason: String) -> DataError { .badPath(text, place: offset + 1, reason: reason) }
}
