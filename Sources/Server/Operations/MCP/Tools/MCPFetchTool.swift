import Corpus
import JSONValue

/// `fetch`: a passage with its page's text around it, by an id that `search` or `ask` gave.
struct MCPFetchTool: MCPTool {
    let corpus: any PassageStore
    let runs: FlowRuns

    /// Bytes of the page on each side of the passage.
    static let contextBytes = 16_000

    var declaration: MCPToolDeclaration {
        MCPToolDeclaration(
            name: "fetch", scope: .search, title: "Read a page of the wiki",
            description: """
                Returns the text of a wiki page around one passage, by the “id” that “search” or a citation of “ask” \
                gave: a whole page unless it is long. Use it to read more than the excerpt, and to quote exactly.
                """,
            input: .object(required: [
                "id": JSONSchema.text.described("the “id” of a result or of a citation")
            ]),
            output: .object(required: [
                "notice": MCPMaterial.schema, "id": .text, "title": .text,
                "text": JSONSchema.text.described("the page's text around the passage"), "url": .text,
                "metadata": .object(
                    required: [
                        "passage": JSONSchema.text.described("the passage itself, as it stands in the text"),
                        "space": JSONSchema.text.described("the key of the page's space"),
                        "space_name": .text, "kind": .choice(Document.Kind.allCases.map(\.rawValue)),
                        "ancestors": .list(of: .text).described("titles of the pages above, from the top"),
                        "heading_path": .list(of: .text), "labels": .list(of: .text),
                    ], optional: ["author": .text, "updated_at": .time]),
            ]))
    }

    func call(
        _ arguments: MCPArguments, caller: Caller, progress: MCPProgress?
    ) async throws -> MCPToolResult {
        try arguments.expectOnly(["id"])
        let written = try arguments.text("id")
        let context = try await runs.limited(caller) { () async throws -> ChunkContext? in
            guard let id = Int64(written) else { return nil }
            return try await corpus.context(ofChunk: id, scope: caller.scope, bytes: Self.contextBytes)
        }
        // A passage that is not there and one that may not be read look alike, on purpose.
        guard let context else { throw RequestFault.noSuchPassage(id: String(written.prefix(20))) }
        return try MCPToolResult(Self.json(context))
    }

    private static func json(_ context: ChunkContext) -> JSONValue {
        let (passage, chunk) = (MCPPassage(chunk: context.chunk), context.chunk)
        func texts(_ values: [String]) -> JSONValue { .array(values.map { .string($0) }) }
        var metadata: [String: JSONValue] = [
            "passage": .string(chunk.text), "space": .string(chunk.spaceKey),
            "space_name": .string(chunk.spaceName), "kind": .string(chunk.kind.rawValue),
            "ancestors": texts(chunk.ancestors.map(\.title)), "heading_path": texts(chunk.headingPath),
            "labels": texts(chunk.labels),
        ]
        if let author = chunk.author { metadata["author"] = .string(author) }
        if let time = passage.updatedAt { metadata["updated_at"] = .string(time) }
        return [
            "notice": .string(MCPMaterial.notice), "id": .string(passage.id), "title": .string(chunk.title),
            "text": .string(context.before + chunk.text + context.after), "url": .string(passage.url),
            "metadata": .object(metadata),
        ]
    }
}
