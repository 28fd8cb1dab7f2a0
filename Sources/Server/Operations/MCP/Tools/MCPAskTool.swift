import Concurrency
import Corpus
import JSONValue
import QA

/// `ask`: a question to an answer that says what it rests on.
struct MCPAskTool: MCPTool {
    let qa: QuestionAnswering
    let runs: FlowRuns

    var declaration: MCPToolDeclaration {
        MCPToolDeclaration(
            name: "ask", scope: .ask, title: "Ask the wiki",
            description: """
                Answers one question from the company's wiki, with a numbered citation behind each statement, or says \
                that the pages do not answer it. Ask something complete: earlier questions are not remembered. Only \
                what the signed-in person may read is used. Keep the citations when you pass the answer on; where \
                “supported” is false, do not present the answer as established.
                """,
            input: .object(required: [
                "question": JSONSchema([
                    "type": "string", "maxLength": .integer(Question.byteLimit),
                    "description": "a complete question, with at least one letter or digit",
                ])
            ]),
            output: .object(required: [
                "notice": MCPMaterial.schema,
                "answer": JSONSchema.text.described("with markers such as [1]"),
                "supported": JSONSchema.flag.described("whether the pages bear out everything it says"),
                "citations": .list(
                    of: .object(required: [
                        "number": JSONSchema.integer.described("the number in the answer"),
                        "id": JSONSchema.text.described("what “fetch” takes"), "title": .text,
                        "url": .text, "quote": JSONSchema.text.described("the words that bear it out"),
                    ])),
                "related": .list(
                    of: .object(required: [
                        "id": JSONSchema.text.described("what “fetch” takes"), "title": .text, "url": .text,
                        "quote": JSONSchema.text.described(
                            "where nothing answers: the words that come nearest, which may not answer"),
                    ])),
            ]), tellsProgress: true)
    }

    func call(
        _ arguments: MCPArguments, caller: Caller, progress: MCPProgress?
    ) async throws -> MCPToolResult {
        try arguments.expectOnly(["question"])
        let question = try Question(arguments.text("question"))
        RequestUsage.current?.answers()
        let result = try await runs.limited(caller) {
            guard let progress else { return try await qa.run(question, scope: caller.scope) }
            return try await followed(question, caller, progress)
        }
        return Self.told(result.answer)
    }

    /// The same, with each stage told as it begins.
    private func followed(
        _ question: Question, _ caller: Caller, _ progress: MCPProgress
    ) async throws -> FlowResult {
        var step = 0
        for try await event in runs.watched(try qa.events(question, scope: caller.scope), for: caller) {
            switch event {
            case .stageBegan(let component):
                step += 1
                await progress(step, component)
            case .finished(let result): return result
            default: continue
            }
        }
        // Events end without the last one only for a reader who is not there any more.
        throw CancellationError()
    }

    private static func told(_ answer: Answer) -> MCPToolResult {
        let citations = answer.citations.map { citation in
            let passage = MCPPassage(chunk: citation.passage.chunk)
            return [
                "number": .integer(citation.marker), "id": .string(passage.id),
                "title": .string(passage.chunk.title), "url": .string(passage.url),
                "quote": .string(passage.quote(citation.quotes)),
            ] as JSONValue
        }
        let sources = answer.citations.map { citation in
            let passage = MCPPassage(chunk: citation.passage.chunk)
            return "[\(citation.marker)] \(passage.chunk.title) – \(passage.url)"
        }
        let related = answer.related.map { related in
            let passage = MCPPassage(chunk: related.passage.chunk)
            return [
                "id": .string(passage.id), "title": .string(passage.chunk.title), "url": .string(passage.url),
                "quote": .string(passage.quote(related.quotes)),
            ] as JSONValue
        }
        let text = ([answer.text] + (sources.isEmpty ? [] : ["", "Sources:"] + sources)).joined(
            separator: "\n")
        return MCPToolResult(
            structured: [
                "notice": .string(MCPMaterial.notice), "answer": .string(answer.text),
                "supported": .bool(!answer.abstained && answer.sentences.allSatisfy(\.isSupported)),
                "citations": .array(citations), "related": .array(related),
            ], text: text)
    }
}
