import Flow
import Foundation
import JSONValue

/// Searches arXiv's papers.
struct ArXiv: Component {
    static let type = "ArXiv"
    static let summary = "Searches the papers of arXiv."

    let service: ArXivService?
    let query: Input<String>
    let maxResults: Parameter<Int>
    let searchType: Parameter<ArXivService.Field>
    let results: Output<Table>

    init(_ declare: inout Declaration, service: ArXivService?) {
        self.service = service
        query = declare.input("query", "Words that the papers must have; phrases stand in quotes.")
        maxResults = declare.integer("max_results", 10, in: 1...100, unit: "papers", "How many are kept.")
        searchType = declare.choice("search_type", .all, "Where the words must be.")
        results = declare.output(
            "results",
            "One row a paper: title, url, text (its abstract), authors, published, updated, pdf, categories, id."
        )
    }

    func run(_ step: Step) async throws {
        guard let service else {
            throw NetworkError.notConfigured(service: "search of arXiv", remedy: "Set flows.arxiv to true.")
        }
        let wanted = step[query]
        guard wanted.contains(where: { $0.isLetter || $0.isNumber }), wanted.utf8.count <= 1_000 else {
            throw NetworkError.invalid(what: "query", reason: "it must have a word, and at most 1000 bytes")
        }
        let papers = try await service.papers(wanted, in: step[searchType], limit: step[maxResults])
        step.note("results", Double(papers.count))
        step.send(Table(papers.map(Self.row), columns: ["title", "url", "text", "authors"]), to: results)
    }

    private static func row(_ paper: ArXivService.Paper) -> Record {
        var values: [String: JSONValue] = [
            "id": .string(paper.id), "title": .string(paper.title), "text": .string(paper.summary),
            "url": .string(paper.url), "pdf": .string(paper.pdf),
            "authors": .array(paper.authors.map { .string($0) }), "published": .string(paper.published),
            "updated": .string(paper.updated), "categories": .array(paper.categories.map { .string($0) }),
        ]
        if !paper.comment.isEmpty { values["comment"] = .string(paper.comment) }
        if !paper.journal.isEmpty { values["journal"] = .string(paper.journal) }
        return Record(values)
    }
}
