import HTTPTypes
import JSONValue
import Synchronization

/// The reference of the API: a page for each of its parts, made of the operations that the server routes by, when
/// somebody first asks for one.
final class ReferenceBook: Sendable {
    private let operations: [Operation]
    /// By part; the contents under the empty name.
    private let pages = Mutex<[String: TaggedContent]>([:])

    /// - Parameter operations: those that are not listed are left out.
    init(_ operations: [Operation]) {
        self.operations = operations.filter(\.isListed)
    }

    /// A part's page, or the contents for an empty name; `nil` for what is no part.
    func page(_ part: String) -> TaggedContent? {
        if let page = pages.withLock({ $0[part] }) { return page }
        guard let page = part.isEmpty ? contents : self.part(part) else { return nil }
        pages.withLock { $0[part] = page }
        return page
    }

    /// The parts in the order in which their first operations come.
    private var parts: [(name: String, operations: [Operation])] {
        var parts: [(name: String, operations: [Operation])] = []
        for operation in operations {
            let name = operation.section ?? "other"
            if let place = parts.firstIndex(where: { $0.name == name }) {
                parts[place].operations.append(operation)
            } else {
                parts.append((name, [operation]))
            }
        }
        return parts
    }

    private static func title(_ part: String) -> String {
        let known = [
            "mcp": "MCP", "openai": "OpenAI’s API", "openapi": "OpenAPI", "langflow": "Langflow’s API",
        ]
        let words = part.replacing("-", with: " ")
        return known[part] ?? words.prefix(1).uppercased() + words.dropFirst()
    }

    private var contents: TaggedContent {
        let lists = parts.flatMap { part -> [HTMLText] in
            let rows = part.operations.map { operation in
                HTMLText.element(
                    "li", [],
                    .inline(
                        "a", [("href", "docs/\(part.name)#\(operation.id)")],
                        "\(operation.method.rawValue) \(operation.path)")
                        + .prose(" \(operation.summary)"))
            }
            return [
                .element("h2", [], .inline("a", [("href", "docs/\(part.name)")], Self.title(part.name))),
                .element("ul", [("class", "operations")], all: rows),
            ]
        }
        let links =
            HTMLText("The same for programs: ") + .inline("a", [("href", "openapi.json")], "openapi.json")
            + HTMLText(", an OpenAPI 3.1 document. Every refusal has a page: ")
            + .inline("a", [("href", "problems")], "problems") + HTMLText(".")
        return ReferencePage(
            title: "HTTP API", root: "", path: [],
            content: [
                ReferencePage.paragraph(
                    """
                    Everything that this server can be asked. In the examples `$MILLRACE` is its address, such as \
                    http://127.0.0.1:8080, and `$KEY` an API key; what stands in capitals is to be put in.
                    """),
                .element("p", [], links),
            ] + lists
        ).document
    }

    private func part(_ name: String) -> TaggedContent? {
        guard let part = parts.first(where: { $0.name == name }) else { return nil }
        let schemas = operations.flatMap(\.mentionedSchemas).reduce(into: [String: JSONValue]()) {
            $0.merge($1.components) { first, _ in first }
        }
        let sections = part.operations.map { ReferenceOperation(operation: $0, schemas: schemas).section }
        var named = part.operations.flatMap(\.mentionedSchemas).reduce(into: Set<String>()) {
            $0.formUnion(ReferenceSchema($1.json).names)
        }
        var waiting = Array(named)
        while let next = waiting.popLast() {
            for name in schemas[next].map({ ReferenceSchema($0).names }) ?? []
            where named.insert(name).inserted {
                waiting.append(name)
            }
        }
        let types = named.sorted().compactMap { name in
            schemas[name].map { schema in
                HTMLText.element(
                    "section", [("id", "type-\(name)"), ("class", "type")],
                    .element("h3", [], HTMLText(name)),
                    ReferenceSchema(schema).fields)
            }
        }
        return ReferencePage(
            title: Self.title(name), root: "../", path: [("HTTP API", "docs")],
            content: sections + (types.isEmpty ? [] : [.element("h2", [], HTMLText("Types"))] + types)
        ).document
    }
}

extension Operation {
    /// The schemas of its parameters, body and responses.
    fileprivate var mentionedSchemas: [JSONSchema] {
        parameters.map(\.schema) + (body.map { [$0.schema] } ?? [])
            + responses.flatMap { response -> [JSONSchema] in
                switch response.content {
                case .none, .bytes, .socket: []
                case .json(let schema): [schema]
                case .events(let events): events.map(\.schema)
                }
            }
    }
}
