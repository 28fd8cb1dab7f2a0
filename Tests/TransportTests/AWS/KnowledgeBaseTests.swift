import Foundation
import JSONValue
import TestSupport
import Testing
import Transport

@Suite(.timeLimit(.minutes(2))) struct `A knowledge base` {
    private static let id = "KB00000001"
    private let double: AWSDouble

    init() throws {
        double = try AWSDouble()
    }

    private func query(_ text: String, count: Int = 5, filter: KnowledgeBaseFilter? = nil)
        -> KnowledgeBaseQuery
    {
        KnowledgeBaseQuery(knowledgeBaseID: Self.id, text: text, numberOfResults: count, filter: filter)
    }

    /// The runtime there, with retries whose waits pass at once.
    private func retrying(attempts: Int) throws -> BedrockAgentRuntime {
        BedrockAgentRuntime(
            try AWSService(
                BedrockAgentRuntime.description, region: "us-east-1",
                credentials: StaticCredentials(double.credentials), http: double.http,
                endpoint: URL(string: double.endpoint),
                retrier: AWSRetrier(maxAttempts: attempts, clock: ManualClock()), skew: AWSClockSkew()))
    }

    /// The bodies that were asked so far, in order.
    private func bodies() async throws -> [JSONValue] {
        try JSONValue(parsing: try await double.requestsText()).array?.compactMap { $0["body"] } ?? []
    }

    @Test func `gives passages with their places, the best first`() async throws {
        try await double.holdDocuments(
            """
            [{"id": "a", "title": "Lunch", "text": "Lunch is at noon.", "uri": "s3://bucket/lunch.pdf"},
             {"id": "b", "title": "Failover", "text": "A failover takes ten minutes.",
              "uri": "https://wiki/b", "metadata": {"pages": 3, "tags": ["x"], "isOld": true}},
             {"id": "c", "title": "Noon", "text": "At noon a failover was planned.", "uri": "s3://bucket/c"}]
            """)
        let found = try await double.bedrockAgents().retrieve(query("failover takes"))
        #expect(!found.hasGuardrailIntervened)
        #expect(
            found.results.map(\.text) == ["A failover takes ten minutes.", "At noon a failover was planned."])
        #expect(found.results.map(\.score) == [1, 0.5])
        #expect(found.results[0].location == KnowledgeBaseLocation(kind: .confluence, uri: "https://wiki/b"))
        #expect(found.results[1].location == KnowledgeBaseLocation(kind: .s3, uri: "s3://bucket/c"))
        #expect(
            found.results[0].metadata == [
                "pages": 3, "tags": ["x"], "isOld": true, "title": "Failover",
                "x-amz-bedrock-kb-source-uri": "https://wiki/b",
            ])
        #expect(try await double.bedrockAgents().retrieve(query("nothing")).results.isEmpty)
    }

    @Test func `gives as many as are asked for, page by page`() async throws {
        let documents = (0..<7).map { #"{"id": "\#($0)", "text": "harbour \#($0)", "uri": "s3://b/\#($0)"}"# }
        try await double.holdDocuments("[\(documents.joined(separator: ","))]")
        let found = try await double.bedrockAgents().retrieve(query("harbour"))
        #expect(found.results.map(\.text) == (0..<5).map { "harbour \($0)" })
        #expect(try await bodies().map { $0["nextToken"] } == [nil, "2", "4"])
        let all = try await double.bedrockAgents().retrieve(query("harbour", count: 100))
        #expect(all.results.count == 7)
        #expect(try await double.bedrockAgents().retrieve(query("harbour", count: 1)).results.count == 1)
    }

    @Test func `is searched among passages with certain metadata`() async throws {
        try await double.holdDocuments(
            """
            [{"id": "a", "text": "harbour a", "uri": "s3://b/a",
              "metadata": {"team": "red", "tags": ["x", "y"], "size": 3}},
             {"id": "b", "text": "harbour b", "uri": "s3://b/b",
              "metadata": {"team": "blue", "tags": ["y"], "size": 5}},
             {"id": "c", "text": "harbour c", "uri": "s3://b/c", "metadata": {"size": 8}}]
            """)
        let runtime = try double.bedrockAgents()
        let team: KnowledgeBaseFilter = .in("team", ["red", "blue"])
        let cases: [(KnowledgeBaseFilter, String)] = [
            (.equals("team", "red"), "a"), (.notEquals("team", "red"), "bc"), (team, "ab"),
            (.notIn("team", ["red", "green"]), "bc"), (.greaterThan("size", 5), "c"),
            (.greaterThanOrEquals("size", 5), "bc"), (.lessThan("size", 5), "a"),
            (.lessThanOrEquals("size", 5), "ab"), (.startsWith("team", "bl"), "b"),
            (.stringContains("team", "e"), "ab"), (.listContains("tags", "x"), "a"),
            (.andAll([team, .greaterThan("size", 3)]), "b"), (.andAll([.equals("team", "red")]), "a"),
            (
                .orAll([.equals("team", "red"), .andAll([.greaterThan("size", 5), .lessThan("size", 9)])]),
                "ac"
            ),
        ]
        for (filter, expected) in cases {
            let found = try await runtime.retrieve(query("harbour", filter: filter)).results
            #expect(found.compactMap(\.text.last) == Array(expected), "\(filter)")
        }
    }

    @Test func `is asked with all that a query says`() async throws {
        var query = query("where", count: 20, filter: .equals("a", 1))
        query.search = .vector(.hybrid)
        let model = "arn:aws:bedrock:us-east-1::foundation-model/cohere.rerank-v3-5:0"
        query.reranking = .init(modelARN: model, numberOfResults: 3)
        query.guardrail = .init(id: "guard1", version: "DRAFT")
        query.userID = "ada@example.com"
        let runtime = try double.bedrockAgents()
        _ = try await runtime.retrieve(query)
        query = self.query("where")
        query.search = .managed
        _ = try await runtime.retrieve(query)
        let bodies = try await bodies()
        #expect(
            bodies[0] == [
                "retrievalQuery": ["text": "where"],
                "retrievalConfiguration": [
                    "vectorSearchConfiguration": [
                        "numberOfResults": 20, "overrideSearchType": "HYBRID",
                        "filter": ["equals": ["key": "a", "value": 1]],
                        "rerankingConfiguration": [
                            "type": "BEDROCK_RERANKING_MODEL",
                            "bedrockRerankingConfiguration": [
                                "modelConfiguration": ["modelArn": .string(model)],
                                "numberOfRerankedResults": 3,
                            ],
                        ],
                    ]
                ],
                "guardrailConfiguration": ["guardrailId": "guard1", "guardrailVersion": "DRAFT"],
                "userContext": ["userId": "ada@example.com"],
            ])
        #expect(
            bodies[1]["retrievalConfiguration"] == ["managedSearchConfiguration": ["numberOfResults": 5]])
    }

    @Test func `is named by an ARN too, and by an error when it is not there`() async throws {
        try await double.holdDocuments(#"[{"id": "a", "text": "harbour", "uri": "s3://b/a"}]"#)
        let runtime = try double.bedrockAgents()
        var query = query("harbour")
        query.knowledgeBaseID = "arn:aws:bedrock:us-east-1:123456789012:knowledge-base/KB00000001"
        #expect(try await runtime.retrieve(query).results.count == 1)
        query.knowledgeBaseID = "GONE000000"
        let error = await #expect(throws: AWSError.self) { try await runtime.retrieve(query) }
        #expect(error?.kind == .notFound && error?.description.contains("for GONE000000") == true)
        #expect(error?.description.contains("harbour") == false)
    }

    @Test func `is not asked what Bedrock does not take`() async throws {
        var refused = [
            query(""), query(" \n"), query(String(repeating: "a", count: 20_001)), query("a", count: 0),
            query("a", count: 101), query("a", filter: .andAll([])), query("a", filter: .orAll([.orAll([])])),
            query("a", filter: .equals("", 1)),
            query("a", filter: .listContains(String(repeating: "k", count: 101), "v")),
            query("a", filter: .equals("k", .number(.infinity))), query("a"), query("a"),
        ]
        refused[10].reranking = .init(modelARN: "m", numberOfResults: 101)
        refused[11].knowledgeBaseID = ""
        let runtime = try double.bedrockAgents()
        for query in refused {
            let error = await #expect(throws: AWSError.self) { try await runtime.retrieve(query) }
            guard case .invalidOperation(_, "Retrieve", _) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
        #expect(try await bodies().isEmpty)
        #expect(try await runtime.retrieve(query(String(repeating: "a", count: 20_000))).results.isEmpty)
    }

    @Test(
        arguments: [
            ("throttle", AWSError.Refusal.Kind.throttled, true), ("500", .unavailable, true),
            ("503", .unavailable, true), ("cut", nil, true), ("denied", .accessDenied, false),
            ("missing", .notFound, false), ("not-json", nil, false),
        ] as [(String, AWSError.Refusal.Kind?, Bool)])
    func `fails with a typed error, or is asked again`(
        fault: String, kind: AWSError.Refusal.Kind?, isMended: Bool
    ) async throws {
        try await double.holdDocuments(#"[{"id": "a", "text": "planted", "uri": "s3://b/a"}]"#)
        try await double.fail(fault)
        let error = await #expect(throws: AWSError.self) {
            try await double.bedrockAgents().retrieve(query("planted"))
        }
        #expect(error?.kind == kind && error?.isRetryable == isMended, "\(String(describing: error))")
        #expect(error?.description.contains("planted") == false)
        try await double.fail(fault)
        let runtime = try retrying(attempts: 2)
        if isMended {
            #expect(try await runtime.retrieve(query("planted")).results.count == 1)
        } else {
            await #expect(throws: AWSError.self) { try await runtime.retrieve(query("planted")) }
        }
    }

    @Test func `is asked again with other keys when these have expired`() async throws {
        try await double.fail("expired")
        #expect(try await retrying(attempts: 2).retrieve(query("a")).results.isEmpty)
        try await double.fail("expired", "expired")
        let error = await #expect(throws: AWSError.self) {
            try await retrying(attempts: 2).retrieve(query("a"))
        }
        #expect(error?.kind == .expiredCredentials)
    }

    @Test func `ends with an error when the task is cancelled`() async throws {
        let runtime = try double.bedrockAgents()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await runtime.retrieve(query("a"))
        }
        let result = await task.result
        #expect(throws: AWSError.transport(.cancelled)) { try result.get() }
    }
}
