import Foundation
import JSONValue

/// The JSON that an endpoint is asked with, with placeholders for what changes from call to call.
///
/// A text that is one placeholder becomes that value, of whatever kind it is: `{"inputs": "{{texts}}"}`
/// becomes `{"inputs": ["a", "b"]}`. Within a longer text a placeholder becomes text: `"Question:
/// {{query}}"`. A value that the request does not have, a limit of tokens say, takes its member of an object
/// or its place in a list with it, and is nothing within a text.
///
/// The template is read once, and values are put into what was read: whatever a value looks like, quotes,
/// braces or a placeholder, it stays one value.
public struct RequestTemplate: Sendable, Hashable {
    /// What a template is for, and so what it may and must hold.
    public enum Use: Sendable, Hashable, CaseIterable {
        case embedding, reranking, answering
    }

    private let root: Node
    /// The placeholders that stand in it.
    let placeholders: Set<Placeholder>

    /// - Throws: the first fault, with its place in the template.
    public init(parsing text: String, for use: Use) throws(RequestTemplateError) {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: text)
        } catch {
            throw .notJSON(reason: Self.reason(error))
        }
        var parser = Parser(use: use)
        root = try parser.node(value, at: "")
        placeholders = parser.found
        for alternatives in use.required where placeholders.isDisjoint(with: alternatives) {
            throw .missingPlaceholder(anyOf: alternatives.map(\.text))
        }
        for alternatives in use.exclusive where placeholders.intersection(alternatives).count > 1 {
            throw .contradiction(alternatives.map(\.text))
        }
    }

    /// The template with its values: those that are not given are absent.
    func filled(_ values: [Placeholder: JSONValue]) -> JSONValue {
        root.filled(values) ?? .null
    }

    private static func reason(_ error: any Error) -> String {
        guard case .dataCorrupted(let context) = error as? DecodingError,
            let told = context.underlyingError as? NSError,
            let words = told.userInfo[NSDebugDescriptionErrorKey] as? String
        else { return "it is no JSON" }
        return words
    }
}

extension RequestTemplate {
    /// A value of the template that is read.
    private indirect enum Node: Sendable, Hashable {
        case literal(JSONValue)
        case value(Placeholder)
        case text([Piece])
        case array([Node])
        case object([String: Node])

        /// - Returns: `nil` for a value that is absent.
        func filled(_ values: [Placeholder: JSONValue]) -> JSONValue? {
            switch self {
            case .literal(let value): value
            case .value(let placeholder): values[placeholder]
            case .text(let pieces): .string(pieces.map { $0.filled(values) }.joined())
            case .array(let nodes): .array(nodes.compactMap { $0.filled(values) })
            case .object(let members): .object(members.compactMapValues { $0.filled(values) })
            }
        }
    }

    /// A part of a text.
    private enum Piece: Sendable, Hashable {
        case literal(String)
        case placeholder(Placeholder)

        func filled(_ values: [Placeholder: JSONValue]) -> String {
            switch self {
            case .literal(let text): text
            case .placeholder(let placeholder):
                switch values[placeholder] {
                case nil: ""
                case .string(let text)?: text
                case let value?: (try? value.text()) ?? ""
                }
            }
        }
    }

    private struct Parser {
        var use: Use
        var found: Set<Placeholder> = []

        init(use: Use) {
            self.use = use
        }

        mutating func node(_ value: JSONValue, at place: String) throws(RequestTemplateError) -> Node {
            switch value {
            case .null, .bool, .integer, .number: return .literal(value)
            case .string(let text): return try self.text(text, at: place)
            case .array(let elements):
                var nodes: [Node] = []
                for (offset, element) in elements.enumerated() {
                    nodes.append(try node(element, at: "\(place)[\(offset)]"))
                }
                return .array(nodes)
            case .object(let members):
                var nodes: [String: Node] = [:]
                for (name, member) in members.sorted(by: { $0.key < $1.key }) {
                    guard !name.contains("{{") else { throw .placeholderInName(place: place) }
                    nodes[name] = try node(member, at: place.isEmpty ? name : "\(place).\(name)")
                }
                return .object(nodes)
            }
        }

        private mutating func text(_ text: String, at place: String) throws(RequestTemplateError) -> Node {
            var pieces: [Piece] = []
            var rest = text[...]
            while let open = rest.firstRange(of: "{{") {
                if open.lowerBound > rest.startIndex {
                    pieces.append(.literal(String(rest[..<open.lowerBound])))
                }
                guard let close = rest[open.upperBound...].firstRange(of: "}}") else {
                    throw .unclosedPlaceholder(place: place)
                }
                pieces.append(.placeholder(try placeholder(rest[open.upperBound..<close.lowerBound], place)))
                rest = rest[close.upperBound...]
            }
            if !rest.isEmpty { pieces.append(.literal(String(rest))) }
            switch pieces.first {
            case nil: return .literal("")
            case .literal(let text)? where pieces.count == 1: return .literal(.string(text))
            case .placeholder(let placeholder)? where pieces.count == 1: return .value(placeholder)
            default: break
            }
            for case .placeholder(let placeholder) in pieces where placeholder.isList {
                throw .listWithinText(placeholder.text, place: place)
            }
            return .text(pieces)
        }

        private mutating func placeholder(
            _ name: Substring, _ place: String
        ) throws(RequestTemplateError) -> Placeholder {
            let name = name.trimmingCharacters(in: .whitespaces)
            guard let placeholder = Placeholder(rawValue: name), use.allowed.contains(placeholder) else {
                throw .unknownPlaceholder(
                    String(name.prefix(40)), place: place, known: use.allowed.map(\.text))
            }
            found.insert(placeholder)
            return placeholder
        }
    }
}
