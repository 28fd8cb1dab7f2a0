import Corpus
import JSONValue
import QA

/// `search`: pages by what they say. The name, the `query` and the results' keys are those that clients for deep
/// research expect.
struct MCPSearchTool: MCPTool {
    let qa: QuestionAnswering
    let runs: FlowRuns

    static let limits = 1...50
    static let standardLimit = 10

    var declaration: MCPToolDeclaration {
        MCPToolDeclaration(
            name: "search", scope: .search, title: "Search the wiki",
            description: """
                Searches the company's wiki (Confluence pages, blog posts, comments and attachments) by meaning and by \
                words, and returns the best documents, each by its best passage. Use it to find where something is \
                written; use “ask” for a ready answer. Only what the signed-in person may read is found. Give a \
                result's “id” to “fetch” for the text around the passage.
                """,
            input: .object(
                required: [
                    "query": JSONSchema([
                        "type": "string", "maxLength": .integer(Question.byteLimit),
                        "description":
                            "what to look for: a question or a few words, with at least one letter or digit",
                    ])
                ],
                optional: [
                    "limit": .integer(in: Self.limits).standard(.integer(Self.standardLimit))
                        .described("documents to return"),
                    "spaces": .list(of: .text, count: 1...FiltersBody.valueLimit)
                        .described("keys of the spaces to look in; without it all are"),
                ]),
            output: .object(required: [
                "notice": MCPMaterial.schema,
                "results": .list(
                    of: .object(
                        required: [
                            "id": JSONSchema.text.described("what “fetch” takes"), "title": .text,
                            "url": JSONSchema.text.described("where the passage is, to cite it by"),
                            "text": JSONSchema.text.described("the part of the passage that fits best"),
                            "space": JSONSchema.text.described("the key of the page's space"),
                            "kind": .choice(Document.Kind.allCases.map(\.rawValue)),
                        ], optional: ["updated_at": .time])),
            ]))
    }

    func call(
        _ arguments: MCPArguments, caller: Caller, progress: MCPProgress?
    ) async throws -> MCPToolResult {
        try arguments.expectOnly(["query", "limit", "spaces"])
        let request = try SearchRequest(
            arguments.text("query"),
            filter: ChunkFilter(
                spaces: Set(arguments.texts("spaces", count: 1...FiltersBody.valueLimit))),
            limit: arguments.integer("limit", in: Self.limits, standard: Self.standardLimit))
        let found = try await runs.limited(caller) { try await qa.search(request, scope: caller.scope) }
        return try MCPToolResult([
            "notice": .string(MCPMaterial.notice), "results": .array(found.hits.map(Self.json)),
        ])
    }

    private static func json(_ hit: SearchHit) -> JSONValue {
        let passage = MCPPassage(chunk: hit.passage.chunk)
        var result: [String: JSONValue] = [
            "id": .string(passage.id), "title": .string(passage.chunk.title), "url": .string(passage.url),
            "text": .string(hit.snippet), "space": .string(passage.chunk.spaceKey),
            "kind": .string(passage.chunk.kind.rawValue),
        ]
        if let time = passage.updatedAt { result["updated_at"] = .string(time) }
        return .object(result)
    }
}
