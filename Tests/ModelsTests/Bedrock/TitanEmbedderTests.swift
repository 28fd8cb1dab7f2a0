import Foundation
import Models
import TestSupport
import Testing
import Transport

@Suite(.timeLimit(.minutes(2))) struct `Titan embeddings` {
    private let server: BedrockServer

    init() throws {
        server = try BedrockServer()
    }

    private func cosine(_ left: [Float], _ right: [Float]) -> Float {
        zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
    }

    @Test(arguments: TitanEmbedder.Configuration.Dimension.allCases)
    func `each vector has the dimension asked for and length 1`(
        dimension: TitanEmbedder.Configuration.Dimension
    ) async throws {
        let embedder = TitanEmbedder(try server.runtime(), .init(dimension: dimension))
        #expect(embedder.model.dimension == dimension.rawValue)
        let vectors = try await embedder.embed(
            ["Failover", "Ein Prüfstand für 日本語 😀\n\"x\""], purpose: .passage)
        #expect(vectors.count == 2)
        for vector in vectors {
            #expect(vector.count == dimension.rawValue)
            #expect(abs(cosine(vector, vector) - 1) < 1e-5)
        }
    }

    @Test func `models of different dimensions have different names`() throws {
        let names = try TitanEmbedder.Configuration.Dimension.allCases.map { dimension in
            TitanEmbedder(try server.runtime(), .init(dimension: dimension)).model.name
        }
        #expect(Set(names).count == names.count)
    }

    @Test func `many texts keep their order, whichever answer comes first`() async throws {
        let embedder = TitanEmbedder(try server.runtime(), .init(dimension: .d256, maxConcurrency: 5))
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
        #expect(try await TitanEmbedder(try server.runtime()).embed([], purpose: .query) == [])
        #expect(try await server.requests().isEmpty)
    }

    @Test(arguments: ["", " ", "\n\t\u{A0}"])
    func `an empty text is refused with its place before any call`(text: String) async throws {
        let embedder = TitanEmbedder(try server.runtime())
        await #expect(throws: ModelsError.emptyText(model: "Titan", offset: 1)) {
            try await embedder.embed(["a", text, "b"], purpose: .passage)
        }
        #expect(try await server.requests().isEmpty)
    }

    @Test func `what lies beyond Titan's longest text is not seen`() async throws {
        let embedder = TitanEmbedder(try server.runtime(), .init(dimension: .d256))
        let long = String(repeating: "word ", count: 10_000)
        let vectors = try await embedder.embed([long, long + "other"], purpose: .passage)
        #expect(vectors[0] == vectors[1])
    }

    @Test func `one refusal ends the batch with AWS's reason`() async throws {
        try await server.fail("denied")
        let embedder = TitanEmbedder(try server.runtime())
        let error = await #expect(throws: BedrockError.self) {
            try await embedder.embed(["a", "b", "c"], purpose: .passage)
        }
        #expect(error?.details?.code == "AccessDeniedException")
    }

    @Test func `throttling in the middle of a batch is waited out`() async throws {
        let clock = ManualClock()
        let runtime = try server.runtime(policy: .computing, clock: clock)
        try await server.fail("throttle", "throttle")
        let vectors = try await TitanEmbedder(runtime).embed(["a", "b", "c"], purpose: .passage)
        #expect(vectors.count == 3)
        #expect(clock.sleeps.count == 2)
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
            try await TitanEmbedder(runtime, .init(dimension: .d256)).embed(["a"], purpose: .passage)
        }
        guard case .unexpectedResponse = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
