import AWSServices
import Foundation
import JSONValue
import Models
import TestSupport
import Testing
import Transport

@Suite(.timeLimit(.minutes(2))) struct `Reranking by SageMaker` {
    private let endpoints: SageMakerEndpoints
    private let query = "How long does a failover take?"
    private let passages = [
        "Lunch is at noon.", "A failover take: how long does it take? Ten minutes.", "Ferries need tickets.",
    ]

    init() throws {
        endpoints = try SageMakerEndpoints()
    }

    private func reranker(
        _ endpoint: String = "tei-rerank", request: String = "tei", response: String? = nil,
        documentsPerCall: Int? = nil, attempts: Int = 1, http: (any HTTPClient)? = nil
    ) async throws -> SageMakerReranker {
        try SageMakerReranker(
            try await endpoints.runtime(attempts: attempts, http: http),
            .init(
                call: SageMakerCall(endpoint: endpoint),
                form: try SageMakerRerankForm(
                    request: request, response: response, documentsPerCall: documentsPerCall)))
    }

    @Test func `each passage is scored in its place, the one that answers highest`() async throws {
        let reranker = try await reranker()
        #expect(reranker.name == "tei-rerank")
        let scores = try await reranker.scores(query, passages + [passages[1]])
        #expect(scores.count == 4 && scores.max() == scores[1] && scores[1] == scores[3])
        #expect(try await reranker.scores(query, passages.reversed()) == scores.prefix(3).reversed())
        #expect(try await reranker.scores(query, []) == [])
        let asked = try await endpoints.bodies()[0]
        #expect(asked["query"] == .string(query) && asked["truncate"] == true)
    }

    @Test func `more passages than a call takes are sent in several`() async throws {
        let many = (0..<5).flatMap { _ in passages }
        let few = try await reranker(documentsPerCall: 4).scores(query, many)
        #expect(
            try await endpoints.bodies().compactMap { $0["texts"]?.array?.count }.sorted() == [3, 4, 4, 4])
        #expect(few == (try await reranker().scores(query, many)))
    }

    @Test func `an endpoint that judges one passage a call gets one`() async throws {
        let reranker = try await reranker(
            request: #"{"query": "{{query}}", "texts": ["{{text}}"]}"#, response: "[0].score")
        let scores = try await reranker.scores(query, passages)
        #expect(scores.max() == scores[1])
        #expect(try await endpoints.bodies().count == 3)
    }

    @Test(arguments: [
        ("scores", #"{"scores": [0.1, 0.9, 0.2]}"#), ("$", "[0.1, 0.9, 0.2]"),
        ("[*].score", #"[{"score": 0.1}, {"score": 0.9, "index": 0}, {"score": 0.2}]"#),
        (
            "predictions[*].scores[0]",
            #"{"predictions": [{"scores": [0.1]}, {"scores": [0.9]}, {"scores": [0.2]}]}"#
        ),
    ])
    func `scores may stand in the order of the passages`(path: String, answer: String) async throws {
        let reranker = try await reranker(
            "e", request: #"{"q": "{{query}}", "d": "{{documents}}"}"#, response: path,
            http: SageMakerEndpoints.answering(answer))
        #expect(try await reranker.scores(query, passages) == [0.1, 0.9, 0.2])
    }

    @Test(arguments: [
        (#"[{"index": 0, "score": 1}]"#, 1), (#"[{"index": 1, "score": 1}, {"index": 1, "score": 2}]"#, 1),
        (#"[{"index": 0, "score": 1}, {"index": 2, "score": 2}]"#, 1),
        (#"[{"index": 0, "score": 1}, {"index": 0.5, "score": 2}]"#, 1), ("[]", 0),
        (#"[{"index": 0, "score": 1}, {"index": 1, "score": 2}, {"index": 1, "score": 2}]"#, 3),
    ])
    func `an answer that leaves a passage out or tells one twice is refused`(
        answer: String, count: Int
    ) async throws {
        let reranker = try await reranker("e", http: SageMakerEndpoints.answering(answer))
        await #expect(throws: ModelsError.wrongCount(model: "e", expected: 2, actual: count)) {
            try await reranker.scores(query, ["a", "b"])
        }
    }

    @Test(arguments: [
        #"[{"index": 0, "score": "planted"}]"#, #"[{"index": 0, "relevance": 1}]"#, #"{"planted": []}"#,
        "planted", #"[{"index": "planted", "score": 1}]"#,
    ])
    func `an answer of another form is refused, and not shown`(answer: String) async throws {
        let reranker = try await reranker("e", http: SageMakerEndpoints.answering(answer))
        let error = await #expect(throws: SageMakerError.self) { try await reranker.scores(query, ["a"]) }
        guard case .unexpectedAnswer(_, let reason, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(!reason.contains("planted"))
    }

    @Test func `an empty passage is refused with its place before any call`() async throws {
        await #expect(throws: ModelsError.emptyText(model: "tei-rerank", offset: 1)) {
            try await reranker().scores(query, ["a", " \n"])
        }
        #expect(try await endpoints.server.requests().isEmpty)
    }

    @Test func `what passes is tried again, what does not is told`() async throws {
        try await endpoints.server.fail("throttle", "503")
        #expect(try await reranker(attempts: 3).scores(query, passages).count == 3)
        try await endpoints.server.fail("denied")
        await #expect(throws: SageMakerError.self) { try await reranker().scores(query, passages) }
    }

    @Test func `a cancelled call is an error`() async throws {
        let reranker = try await reranker()
        let scoring = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await reranker.scores(query, passages)
        }
        let result = await scoring.result
        #expect(throws: (any Error).self) { try result.get() }
    }
}
