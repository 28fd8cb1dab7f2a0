import Components
import Corpus
import Flow
import JSONValue

/// A search of the corpus by a text, for a prompt or for a model that calls it.
struct CorpusSearch: Component {
    static let type = "CorpusSearch"
    static let summary =
        "Searches the pages that the caller may read, and numbers the passages that it finds, so that answers can cite them."
    let query: Input<String>
    let mode: Parameter<SearchMode>
    let limit: Parameter<Int>
    let spaces: Parameter<[String]>
    let labels: Parameter<[String]>
    let results: Output<Table>
    let message: Output<ChatMessage>
    let qa: QuestionAnswering

    init(_ declare: inout Declaration, qa: QuestionAnswering) {
        self.qa = qa
        query = declare.input("query", "What is looked for, in words or as a question.")
        mode = declare.choice("mode", .hybrid, "By meaning, by words, or by both.")
        limit = declare.integer("limit", 8, in: 1...50, unit: "passages", "How many are given at most.")
        spaces = declare.texts("spaces", [], maxCount: 100, "Space keys; none for all.")
        labels = declare.texts("labels", [], maxCount: 100, "A page needs any one of these; none for all.")
        results = declare.output(
            "results", "One row a passage, best first: citation, title, url, space, text.")
        message = declare.output("message", "The same as text, each passage behind its number.")
    }

    func run(_ step: Step) async throws {
        let filter = ChunkFilter(spaces: Set(step[spaces]), labels: Set(step[labels]))
        let request = try RetrievalQuery(step[query], filter: filter, limit: step[limit])
        let found = try await qa.retrieve(
            request, mode: step[mode], scope: step.context.fact(ReadScope.self))
        step.note("passages", Double(found.count))
        let sources = try? step.context.fact(RunSources.self)
        var rows: [Record] = []
        var texts: [String] = []
        for passage in found {
            let chunk = passage.chunk
            let number = sources?.number(
                title: chunk.title, url: chunk.url, passage: chunk.id, quote: chunk.text)
            let marker = number.map { "[\($0)]" } ?? ""
            rows.append(
                Record([
                    "citation": .string(marker), "title": .string(chunk.title),
                    "section": .string(chunk.headingPath.joined(separator: " › ")),
                    "space": .string(chunk.spaceName), "url": chunk.url.map { .string($0) } ?? .null,
                    "passage_id": .integer(Int(chunk.id)), "text": .string(chunk.text),
                ]))
            texts.append("\(marker) \(chunk.title)\n\(chunk.text)")
        }
        step.send(
            Table(rows, columns: ["citation", "title", "section", "space", "url", "passage_id", "text"]),
            to: results)
        step.send(
            ChatMessage(
                texts.isEmpty ? "Nothing that may be read was found." : texts.joined(separator: "\n\n"),
                role: .tool), to: message)
    }
}
