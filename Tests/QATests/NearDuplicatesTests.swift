import Corpus
import Flow
import Models
import TestSupport
import Testing
import Text

@testable import QA

@Suite struct `Near duplicates` {
    private static let text =
        "Guests sign in at the front desk and wear a badge until they leave the building."

    private func passage(
        _ id: Int64, _ text: String = text, title: String = "Visitors", headings: [String] = [],
        document: String? = nil
    ) -> RetrievedChunk {
        RetrievedChunk(
            chunk: StoredChunk(
                id: id, documentID: document ?? "\(id)", kind: .page, chunkKind: .prose, spaceKey: "ENG",
                spaceName: "ENG", title: title, ancestors: [], labels: [], author: nil, updatedAt: nil,
                url: nil, anchor: nil, ordinal: 0, headingPath: headings, text: text, tokenCount: 20,
                range: 0..<text.utf8.count, section: nil), rank: RankedPassage(id: id, score: 1))
    }

    /// The ids that stand for themselves, each with its copies.
    private func folded(_ passages: [RetrievedChunk]) -> [Int64: [Int64]] {
        Dictionary(
            uniqueKeysWithValues: NearDuplicates.folded(passages).map {
                ($0.passage.chunk.id, $0.copies.map(\.chunk.id))
            })
    }

    @Test func `the same words fold, whatever their case and marks`() {
        let other = Self.text.uppercased().replacing(" AND", with: ", and\n")
        #expect(folded([passage(1), passage(2, other)]) == [1: [2]])
        #expect(folded([passage(1), passage(2, title: "Copy of Visitors"), passage(3)]) == [1: [2, 3]])
    }

    @Test func `what was copied stands before its copy`() {
        #expect(folded([passage(1, title: "Copy of Visitors"), passage(2), passage(3)]) == [2: [1, 3]])
        // Unless it was added to.
        let more = passage(1, Self.text + " Ask for help there.", title: "Copy of Visitors")
        #expect(folded([more, passage(2)]) == [1: [2]])
    }

    @Test func `what says less in the same words folds into what says more`() {
        let more = Self.text + " Ask for help there."
        #expect(folded([passage(1, more), passage(2)]) == [1: [2]])
        // And not the other way round: then something would be lost.
        #expect(folded([passage(1), passage(2, more)]) == [1: [], 2: []])
    }

    @Test(arguments: [
        "Guests sign in at the front desk and wear a badge until they leave the hall.",
        "Guests sign in at the front desk and wear 2 badges until they leave the building.",
        "Guests do not sign in at the front desk and wear a badge until they leave the building.",
    ])
    func `a word changed makes another passage`(other: String) {
        #expect(folded([passage(1), passage(2, other)]) == [1: [], 2: []])
        #expect(folded([passage(1, other), passage(2)]) == [1: [], 2: []])
    }

    @Test func `what denies beyond the copy keeps it`() {
        let denied = "It is not true: " + Self.text
        #expect(folded([passage(1, denied), passage(2)]) == [1: [], 2: []])
    }

    @Test func `another title or heading tells of something else`() {
        #expect(folded([passage(1), passage(2, title: "Halifax office")]) == [1: [], 2: []])
        #expect(
            folded([passage(1, headings: ["Rotterdam"]), passage(2, headings: ["Halifax"])]) == [
                1: [], 2: [],
            ])
    }

    @Test func `few words, and passages of one page, stay`() {
        #expect(folded([passage(1, "See below."), passage(2, "See below.")]) == [1: [], 2: []])
        #expect(folded([passage(1), passage(2, document: "1")]) == [1: [], 2: []])
    }

    @Test func `what is left out gives its place to the next`() async throws {
        let corpus = try await TestCorpus()
        for id in ["1", "2", "3"] { try await corpus.put(id, "Visitors", Self.text) }
        try await corpus.put("4", "Visitors", "Guests sign in at the north gate when the desk is closed.")
        let qa = try corpus.qa()
        let answer = try await qa.run(Question("Where do guests sign in?", topK: 2), scope: corpus.scope())
            .answer
        #expect(answer.passages.map(\.chunk.documentID).sorted() == ["1", "4"])
    }

    @Test func `a search tells copies with their original, and loses none`() async throws {
        let corpus = try await TestCorpus()
        try await corpus.corpus.upsert(space: Space(key: "HR", name: "People"))
        for (id, space) in [("1", "ENG"), ("2", "HR")] {
            try await corpus.put(
                Document(
                    id: id, kind: .page, spaceKey: space, title: "Visitors", text: Self.text,
                    readers: .everybody), passages: [Self.text])
        }
        let qa = try corpus.qa()
        let found = try await qa.search(SearchRequest("badge for guests"), scope: corpus.scope())
        #expect(found.hits.map(\.passage.chunk.documentID) == ["1"])
        #expect(found.hits.flatMap(\.copies).map(\.documentID) == ["2"])
        #expect(found.count == 2)
        let answer = try await qa.run(Question("Where do guests sign in?"), scope: corpus.scope()).answer
        #expect(answer.passages.map(\.chunk.documentID) == ["1"])
    }
}

@Suite struct `Passages beside a found one` {
    private func prepared(_ budget: Int, _ distance: Int) async throws -> [String] {
        let corpus = try await TestCorpus()
        let passages = ["Alpha opens.", "Beta bolts the gate.", "Gamma greases.", "Delta drives."]
        try await corpus.put(
            Document(
                id: "1", kind: .page, spaceKey: "ENG", title: "Yard", text: passages.joined(separator: "\n"),
                readers: .everybody), passages: passages)
        try await corpus.put("2", "Yard", "Beta bolts another gate somewhere else.")
        let (found, beside) = try await corpus.corpus.withSnapshot(for: corpus.scope()) { snapshot in
            let ids = try snapshot.chunkIDs(
                matching: .everything, model: corpus.embedder.model.name, inDocuments: nil)
            let all = try snapshot.chunks(ids)
            let hits = ["Beta bolts the gate.", "Beta bolts another gate somewhere else."].flatMap { text in
                all.filter { $0.text == text }
            }
            let found = hits.map { RetrievedChunk(chunk: $0, rank: RankedPassage(id: $0.id, score: 1)) }
            return (found, try snapshot.neighbours(of: found, distance: distance))
        }
        return try PromptBuilder(maxPassageTokens: budget, maxAnswerTokens: 100, temperature: 0)
            .prepare(Question("Who bolts the gate?"), found, beside: beside).passages.map(\.chunk.text)
            .map { String($0.prefix { $0 != " " }) }
    }

    @Test func `follow it in reading order`() async throws {
        #expect(try await prepared(1_000, 0) == ["Beta", "Beta"])
        #expect(try await prepared(1_000, 1) == ["Beta", "Alpha", "Gamma", "Beta"])
        #expect(try await prepared(1_000, 2) == ["Beta", "Alpha", "Gamma", "Delta", "Beta"])
    }

    @Test func `take only what the found ones leave of the budget`() async throws {
        #expect(try await prepared(40, 1) == ["Beta", "Beta"])
        #expect(try await prepared(60, 1) == ["Beta", "Alpha", "Beta"])
    }

    @Test func `are read by a model that writes, and not by one that quotes`() throws {
        func neighbours(_ distance: Int) throws -> [String] {
            try QuestionAnswering.builtIn(neighbours: distance).graph.components
                .filter { $0.parameters["neighbours"] != nil }.map(\.id)
        }
        #expect(try neighbours(0) == [])
        #expect(try neighbours(1) == ["prompt"])
    }
}
