import Foundation
import JSONValue
import Models
import TestSupport
import Testing
import Transport

@Suite(.timeLimit(.minutes(2))) struct `Embeddings by Bedrock` {
    private let server: AWSDouble

    init() throws {
        server = try AWSDouble()
    }

    private func cosine(_ left: [Float], _ right: [Float]) -> Float {
        zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
    }

    private func embedder(
        _ modelID: String = "amazon.titan-embed-text-v2:0", dimension: Int? = nil, bytes: Bool = false,
        concurrency: Int = 8, quota: EmbeddingQuota? = nil, clock: any Clock<Duration> = ContinuousClock()
    ) throws -> BedrockEmbedder {
        try BedrockEmbedder(
            try server.bedrock(retrier: AWSRetrier(clock: clock)),
            .init(
                modelID: modelID, dimension: dimension, comesInBytes: bytes, maxConcurrency: concurrency,
                quota: quota),
            clock: clock)
    }

    /// The bodies that were asked, in order.
    private func bodies() async throws -> [JSONValue] {
        try JSONValue(parsing: try await server.requestsText()).array?.compactMap { $0["body"] } ?? []
    }

    @Test(arguments: [
        ("amazon.titan-embed-text-v1", nil, 1536), ("amazon.titan-embed-text-v2:0", nil, 1024),
        ("amazon.titan-embed-text-v2:0", 256, 256), ("cohere.embed-english-v3", nil, 1024),
        ("cohere.embed-multilingual-v3", 1024, 1024), ("cohere.embed-v4:0", nil, 1536),
        ("eu.cohere.embed-v4:0", 512, 512), ("amazon.nova-2-multimodal-embeddings-v1:0", 384, 384),
    ])
    func `each vector has the dimension asked for and length 1`(
        model: String, asked: Int?, dimension: Int
    ) async throws {
        let embedder = try embedder(model, dimension: asked)
        #expect(embedder.model.dimension == dimension)
        let vectors = try await embedder.embed(
            ["Failover", "Ein Prüfstand für 日本語 😀\n\"x\""], purpose: .passage)
        #expect(vectors.count == 2)
        for vector in vectors {
            #expect(vector.count == dimension)
            #expect(abs(cosine(vector, vector) - 1) < 1e-5)
        }
        #expect(try await embedder.embed(["Failover"], purpose: .query)[0].count == dimension)
    }

    @Test func `vectors that may be mixed have one name, others have their own`() throws {
        let same = try ["cohere.embed-v4:0", "us.cohere.embed-v4:0", "global.cohere.embed-v4:0"].map {
            try embedder($0).model.name
        }
        #expect(Set(same) == ["cohere.embed-v4:0/1536"])
        let others = try [
            embedder("cohere.embed-v4:0", dimension: 256), embedder("cohere.embed-v4:0", bytes: true),
            embedder("cohere.embed-english-v3"), embedder("cohere.embed-multilingual-v3"), embedder(),
        ].map(\.model.name)
        #expect(Set(others + same).count == 6)
        #expect(others.last == "amazon.titan-embed-text-v2:0/1024")
    }

    @Test func `provisioned throughput is of the family that the settings name`() async throws {
        let arn = "arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abc123def456"
        #expect(throws: ModelsError.self) { try embedder(arn) }
        let provisioned = try BedrockEmbedder(
            try server.bedrock(), .init(modelID: arn, family: .titanV2, dimension: 256))
        #expect(provisioned.model.name == "amazon.titan-embed-text-v2:0/256")
        #expect(try await provisioned.embed(["a"], purpose: .passage)[0].count == 256)
    }

    @Test func `a dimension or an encoding that the model does not make is refused at once`() throws {
        let error = #expect(throws: ModelsError.self) { try embedder("cohere.embed-v4:0", dimension: 300) }
        #expect(error?.description.contains("1536, 1024, 512, 256 floats, not 300") == true)
        #expect(throws: ModelsError.self) { try embedder(bytes: true) }
    }

    @Test func `Cohere takes 96 texts a call, and knows a question from a passage`() async throws {
        let embedder = try embedder("cohere.embed-v4:0", dimension: 256)
        let texts = (0..<200).map { "text number \($0)" }
        let together = try await embedder.embed(texts, purpose: .passage)
        #expect(try await bodies().compactMap { $0["texts"]?.array?.count }.sorted() == [8, 96, 96])
        for offset in [0, 95, 96, 199] {
            #expect(try await embedder.embed([texts[offset]], purpose: .passage)[0] == together[offset])
        }
        _ = try await embedder.embed(["a"], purpose: .query)
        let kinds = try await bodies().map { $0["input_type"]?.string }
        #expect(kinds.last == "search_query" && kinds.first == "search_document")
    }

    @Test func `vectors that come in bytes point where the others do`() async throws {
        let exact = try await embedder("cohere.embed-english-v3").embed(
            ["Failover of a database"], purpose: .passage)
        let bytes = try await embedder("cohere.embed-english-v3", bytes: true)
            .embed(["Failover of a database"], purpose: .passage)
        #expect(cosine(exact[0], bytes[0]) > 0.98)
        #expect(exact != bytes)
    }

    @Test func `many texts keep their order, whichever answer comes first`() async throws {
        let embedder = try embedder(dimension: 256, concurrency: 5)
        let texts = (0..<60).map { "text number \($0)" }
        let together = try await embedder.embed(texts, purpose: .passage)
        #expect(together.count == 60)
        for offset in [0, 1, 4, 5, 6, 30, 59] {
            let alone = try await embedder.embed([texts[offset]], purpose: .query)
            #expect(together[offset] == alone[0])
        }
        #expect(Set(together).count == 60)
    }

    @Test func `no texts need no call`() async throws {
        #expect(try await embedder().embed([], purpose: .query) == [])
        #expect(try await server.requests().isEmpty)
    }

    @Test(arguments: ["", " ", "\n\t\u{A0}"])
    func `an empty text is refused with its place before any call`(text: String) async throws {
        await #expect(throws: ModelsError.emptyText(model: "amazon.titan-embed-text-v2:0/1024", offset: 1)) {
            try await embedder().embed(["a", text, "b"], purpose: .passage)
        }
        #expect(try await server.requests().isEmpty)
    }

    @Test func `what lies beyond the longest text is not seen`() async throws {
        let embedder = try embedder(dimension: 256)
        let long = String(repeating: "word ", count: 10_000)
        let vectors = try await embedder.embed([long, long + "other"], purpose: .passage)
        #expect(vectors[0] == vectors[1])
        let short = try await self.embedder("cohere.embed-english-v3").embed([long], purpose: .passage)
        #expect(short.count == 1)
    }

    @Test func `a text's length is counted as AWS counts it, by Unicode scalars`() async throws {
        // 1,500 characters to a reader, 3,000 to Cohere's schema, which takes 2,048.
        let accented = String(repeating: "e\u{301}", count: 1_500)
        let vectors = try await embedder("cohere.embed-multilingual-v3").embed(
            [accented, "short"], purpose: .passage)
        #expect(vectors.count == 2)
        let sent = try #require(try await bodies().last?["texts"]?.array?.first?.string)
        #expect(sent.unicodeScalars.count == 2_048)
    }

    @Test(arguments: ["denied", "expired", "missing", "500", "not-json", "cut"])
    func `one refusal ends the batch with AWS's reason`(fault: String) async throws {
        // As often as three calls are tried.
        try await server.fail(Array(repeating: fault, count: 9))
        let error = await #expect(throws: BedrockError.self) {
            try await embedder(clock: ManualClock()).embed(["a", "b", "c"], purpose: .passage)
        }
        let codes = [
            "denied": "AccessDeniedException", "expired": "ExpiredTokenException",
            "missing": "ResourceNotFoundException", "500": "InternalServerException",
        ]
        #expect(error?.details?.code == codes[fault])
    }

    @Test func `a throttled call waits, longer each time, and nothing is lost`() async throws {
        let clock = ManualClock()
        try await server.fail("throttle", "throttle", "throttle", "throttle")
        let vectors = try await embedder(concurrency: 1, clock: clock)
            .embed(["a", "b", "c"], purpose: .passage)
        #expect(vectors.count == 3)
        #expect(clock.sleeps == [.seconds(1), .seconds(2), .seconds(4), .seconds(8)])
    }

    @Test(arguments: [(EmbeddingPurpose.query, 2), (.passage, 13)])
    func `a question is sent twice at most, a passage thirteen times, whatever lies below`(
        purpose: EmbeddingPurpose, calls: Int
    ) async throws {
        try await server.fail(Array(repeating: "throttle", count: 50))
        let error = await #expect(throws: BedrockError.self) {
            try await embedder(clock: ManualClock()).embed(["a"], purpose: purpose)
        }
        #expect(error?.isThrottling == true)
        #expect(try await server.requests().count == calls)
    }

    @Test func `an attempt that follows a failure waits for its turn like any other`() async throws {
        // Attempts that are repeated at once, unless the quota holds them. A source of nothing but 0 would be drawn from for ever.
        struct Least: RandomNumberGenerator {
            mutating func next() -> UInt64 { 1 }
        }
        let clock = ManualClock()
        let embedder = try BedrockEmbedder(
            try server.bedrock(retrier: AWSRetrier(clock: clock, random: Least())),
            .init(dimension: 256, maxConcurrency: 1, quota: EmbeddingQuota(callsPerMinute: 60)), clock: clock)
        try await server.fail("500", "500")
        #expect(try await embedder.embed(["a", "b"], purpose: .passage).count == 2)
        #expect(try await server.requests().count == 4)
        // A bucket of one call, filled 59 times a minute: all but the first wait for it.
        let waited: Duration = clock.sleeps.reduce(.zero, +)
        #expect(waited >= .milliseconds(3_050))
    }

    @Test(arguments: [
        #"{"embedding":[1,2,3]}"#, #"{"embedding":[]}"#, #"{}"#, "<html>", #"{"embedding":"x"}"#,
        "{\"embedding\":[\(Array(repeating: "0", count: 256).joined(separator: ","))]}",
    ])
    func `an answer without a usable vector is refused`(answer: String) async throws {
        let url =
            "https://bedrock-runtime.us-east-1.amazonaws.com/model/amazon.titan-embed-text-v2%3A0/invoke"
        let replay = ReplayHTTPClient([.init(method: "POST", url: url, body: Data(answer.utf8))])
        let runtime = try BedrockRuntime(
            region: "us-east-1", credentials: StaticCredentials(server.credentials), http: replay)
        let error = await #expect(throws: BedrockError.self) {
            try await BedrockEmbedder(runtime, .init(dimension: 256)).embed(["a"], purpose: .passage)
        }
        guard case .unexpectedResponse = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
