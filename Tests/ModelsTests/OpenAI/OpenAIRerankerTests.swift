import Foundation
import JSONValue
import Models
import TestSupport
import Testing
import Transport

@Suite(.timeLimit(.minutes(2))) struct `Reranking through OpenAI's interface` {
    private let server: OpenAIServer
    private let query = "How long does a failover take?"
    private let passages = [
        "Lunch is at noon.", "A failover take: how long does it take? Ten minutes.", "Ferries need tickets.",
    ]

    init() throws {
        server = try OpenAIServer()
    }

    private func reranker(_ form: OpenAIReranker.Form, documentsPerCall: Int? = nil) throws -> OpenAIReranker
    {
        try OpenAIReranker(
            try server.endpoint(form == .tei ? server.root : server.baseURL),
            .init(model: "m", form: form, documentsPerCall: documentsPerCall))
    }

    private func bodies() async throws -> [JSONValue] {
        try JSONValue(parsing: try await server.requestsText()).array?.compactMap { $0["body"] } ?? []
    }

    @Test(arguments: OpenAIReranker.Form.allCases)
    func `scores each passage in its place, in any company`(form: OpenAIReranker.Form) async throws {
        let scores = try await reranker(form).scores(query, passages)
        #expect(scores.max() == scores[1])
        #expect(scores[1] > 0.9)
        let parts = try await reranker(form, documentsPerCall: 2).scores(
            query, passages + passages.reversed())
        #expect(parts == scores + scores.reversed())
        #expect(try await server.requests().count == 4)
    }

    @Test func `asks as each form has it`() async throws {
        _ = try await reranker(.cohere).scores("q", ["a", "b"])
        _ = try await reranker(.tei).scores("q", ["a", "b"])
        let sent = try await bodies()
        #expect(
            sent[0] == [
                "model": "m", "query": "q", "documents": ["a", "b"], "top_n": 2, "return_documents": false,
            ])
        #expect(sent[1] == ["query": "q", "texts": ["a", "b"], "truncate": true])
        #expect(try await server.requests().map(\.path) == ["/v1/rerank", "/rerank"])
    }

    @Test(arguments: OpenAIReranker.Form.allCases)
    func `sends many passages in calls that the form takes`(form: OpenAIReranker.Form) async throws {
        let many = (0..<150).map { "passage \($0) of failover" }
        #expect(try await reranker(form).scores("passage 149", many).last == 1)
        #expect(try await server.requests().count == (form == .tei ? 5 : 2))
    }

    @Test func `halves a call that the server finds too large`() async throws {
        // TEI's double takes 32.
        let scores = try await reranker(.tei, documentsPerCall: 100).scores(
            "w0 w1", (0..<100).map { words($0 % 2 + 1) })
        #expect(scores.count == 100)
        #expect(scores.prefix(3) == [0.5, 1, 0.5])
        #expect(try await server.requests().count == 7)
    }

    @Test(arguments: OpenAIReranker.Form.allCases)
    func `has no scores for no passages, and refuses an empty one before any call`(
        form: OpenAIReranker.Form
    ) async throws {
        #expect(try await reranker(form).scores(query, []) == [])
        await #expect(throws: ModelsError.emptyText(model: "m", offset: 1)) {
            try await reranker(form).scores(query, ["a", " \n"])
        }
        #expect(try await server.requests().isEmpty)
    }

    @Test(arguments: [
        #"{"results":[{"index":0,"relevance_score":0.5}]}"#,
        #"{"results":[{"index":0,"relevance_score":0.5},{"index":0,"relevance_score":0.5}]}"#,
        #"{"results":[{"index":0,"relevance_score":0.5},{"index":7,"relevance_score":0.4}]}"#,
        #"[{"index":0,"score":1},{"index":2,"score":1}]"#, #"{"results":[{"index":1,"score":1}]}"#,
    ])
    func `refuses an answer that leaves a passage out or tells one twice`(answer: String) async throws {
        let replay = try OpenAIReplay("rerank", [.init(answer)])
        let reranker = try OpenAIReranker(replay.endpoint, .init(model: "m", name: "Reranker"))
        #expect(reranker.name == "Reranker")
        await #expect(throws: ModelsError.wrongCount(model: "Reranker", expected: 2, actual: 1)) {
            try await reranker.scores("q", ["a", "b"])
        }
    }

    @Test(arguments: [
        "", "<html>", "{}", "7", #"{"results":[{"index":0}]}"#, #"[{"score":1}]"#,
        #"{"results":[{"index":0,"relevance_score":null}]}"#,
        #"{"results":[{"index":0,"relevance_score":1e999}]}"#, #"{"results":7}"#,
    ])
    func `refuses an answer without scores`(answer: String) async throws {
        let replay = try OpenAIReplay("rerank", [.init(answer)])
        let error = await #expect(throws: OpenAIError.self) {
            try await OpenAIReranker(replay.endpoint, .init(model: "m")).scores("q", ["a"])
        }
        guard case .unexpectedResponse = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(arguments: [#"{"data":[{"index":1,"score":0.25},{"index":0,"relevance_score":-3}]}"#])
    func `reads the answers of servers that are like Cohere`(answer: String) async throws {
        let replay = try OpenAIReplay("rerank", [.init(answer)])
        #expect(
            try await OpenAIReranker(replay.endpoint, .init(model: "m")).scores("q", ["a", "b"]) == [
                -3, 0.25,
            ])
    }

    @Test func `ends with an error when it is cancelled`() async throws {
        let reranker = try reranker(.cohere)
        let scoring = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await reranker.scores(query, passages)
        }
        let result = await scoring.result
        #expect(throws: OpenAIError.transport(.cancelled, operation: "rerank", model: "m")) {
            try result.get()
        }
    }

    @Test func `refuses settings out of their range`() throws {
        let endpoint = try server.endpoint()
        var none = OpenAIReranker.Configuration(model: "m", documentsPerCall: 0)
        #expect(throws: ModelsError.self) { try OpenAIReranker(endpoint, none) }
        none.documentsPerCall = 1
        none.maxConcurrency = 0
        #expect(throws: ModelsError.self) { try OpenAIReranker(endpoint, none) }
        #expect(throws: ModelsError.self) { try OpenAIReranker(endpoint, .init(model: "")) }
    }
}
