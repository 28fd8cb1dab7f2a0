import Foundation
import JSONValue
import Models
import TestSupport
import Testing
import Transport

@Suite(.timeLimit(.minutes(2))) struct `Embeddings through OpenAI's interface` {
    private let server: OpenAIServer

    init() throws {
        server = try OpenAIServer()
    }

    private func embedder(
        _ model: String = "m", dimension: Int = 384,
        change: (inout OpenAIEmbedder.Configuration) -> Void = { _ in }
    ) throws -> OpenAIEmbedder {
        var configuration = OpenAIEmbedder.Configuration(model: model, dimension: dimension)
        change(&configuration)
        return try OpenAIEmbedder(try server.endpoint(), configuration)
    }

    private func replayed(_ answers: String..., dimension: Int = 2) throws -> OpenAIEmbedder {
        try OpenAIEmbedder(
            OpenAIReplay("embeddings", answers.map { .init($0) }).endpoint,
            .init(model: "m", dimension: dimension))
    }

    private func bodies() async throws -> [JSONValue] {
        try JSONValue(parsing: try await server.requestsText()).array?.compactMap { $0["body"] } ?? []
    }

    private func length(_ vector: [Float]) -> Float { vector.reduce(0) { $0 + $1 * $1 }.squareRoot() }

    // MARK: Vectors

    @Test(arguments: ["m", "shuffled"])
    func `come in the texts' order, whichever order the server has`(model: String) async throws {
        let embedder = try embedder(model) { ($0.textsPerCall, $0.maxConcurrency) = (7, 5) }
        let texts = (0..<60).map { "text number \($0)" }
        let together = try await embedder.embed(texts, purpose: .passage)
        #expect(Set(together).count == 60)
        for offset in [0, 1, 6, 7, 8, 30, 59] {
            #expect(together[offset] == (try await embedder.embed([texts[offset]], purpose: .query))[0])
        }
        #expect(
            try await bodies().compactMap { $0["input"]?.array?.count }.filter { $0 > 1 }.reduce(0, +) == 60)
        #expect(try await bodies().allSatisfy { ($0["input"]?.array?.count ?? 0) <= 7 })
    }

    @Test func `have the dimension of the settings and length 1`() async throws {
        let embedder = try embedder("m", dimension: 256) { $0.sendsDimensions = true }
        let vectors = try await embedder.embed(
            ["Failover", "Ein Prüfstand für 日本語 😀\n\"x\""], purpose: .passage)
        #expect(vectors.map(\.count) == [256, 256])
        for vector in vectors { #expect(abs(length(vector) - 1) < 1e-6) }
    }

    @Test func `are brought to length 1 in the form of numbers and of Base64`() async throws {
        let bytes = [Float(3), 4].flatMap { number in
            (0..<4).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * $0)) }
        }
        let answer = """
            {"data":[{"index":1,"embedding":"\(Data(bytes).base64EncodedString())"},
            {"index":0,"embedding":[6e20,8e20]}]}
            """
        #expect(
            try await replayed(answer).embed(["a", "b"], purpose: .passage) == [[0.6, 0.8], [0.6, 0.8]])
    }

    @Test func `of servers that tell no index stand in their order`() async throws {
        let answer = #"{"data":[{"embedding":[1,0]},{"embedding":[0,2]}]}"#
        #expect(try await replayed(answer).embed(["a", "b"], purpose: .passage) == [[1, 0], [0, 1]])
    }

    @Test(arguments: [
        #"{"data":[{"index":0,"embedding":[1,0]}]}"#,
        #"{"data":[{"index":0,"embedding":[1,0]},{"index":0,"embedding":[1,0]}]}"#,
        #"{"data":[{"index":0,"embedding":[1,0]},{"index":2,"embedding":[1,0]}]}"#,
        #"{"data":[{"index":0,"embedding":[1,0]},{"index":-1,"embedding":[1,0]}]}"#,
    ])
    func `that do not fit the texts are refused with both counts`(answer: String) async throws {
        let embedder = try replayed(answer)
        await #expect(throws: ModelsError.wrongCount(model: "m/2", expected: 2, actual: 1)) {
            try await embedder.embed(["a", "b"], purpose: .passage)
        }
        let three = (0..<3).map { #"{"index":\#($0 % 2),"embedding":[1,0]}"# }.joined(separator: ",")
        let many = try replayed(#"{"data":[\#(three)]}"#)
        await #expect(throws: ModelsError.wrongCount(model: "m/2", expected: 2, actual: 3)) {
            try await many.embed(["a", "b"], purpose: .passage)
        }
    }

    @Test(arguments: [
        "", "<html>", "{}", "[]", "null", #"{"data":{}}"#, #"{"data":[{"index":0}]}"#,
        #"{"data":[{"index":0,"embedding":[1,0,0]}]}"#, #"{"data":[{"index":0,"embedding":[]}]}"#,
        #"{"data":[{"index":0,"embedding":[0,0]}]}"#, #"{"data":[{"index":0,"embedding":[1,null]}]}"#,
        #"{"data":[{"index":0,"embedding":[1,NaN]}]}"#, #"{"data":[{"index":0,"embedding":[1,1e99]}]}"#,
        #"{"data":[{"index":0,"embedding":"AAAA"}]}"#, #"{"data":[{"index":0,"embedding":"not Base64"}]}"#,
        // NaN, and infinity, in the bytes of floats.
        #"{"data":[{"index":0,"embedding":"AADAfwAAgD8="}]}"#,
        #"{"data":[{"index":0,"embedding":"AACAfwAAgD8="}]}"#,
    ])
    func `that are none are refused`(answer: String) async throws {
        let error = await #expect(throws: OpenAIError.self) {
            try await replayed(answer).embed(["a"], purpose: .passage)
        }
        guard case .unexpectedResponse = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `of another dimension are refused with both numbers`() async throws {
        let error = await #expect(throws: OpenAIError.self) {
            try await embedder(dimension: 100).embed(["a"], purpose: .passage)
        }
        #expect(error.map { "\($0)" }?.contains("384 floats, not the 100") == true)
    }

    // MARK: Requests

    @Test func `are asked for with the prefix of their purpose, and with what the settings say alone`()
        async throws
    {
        let plain = try embedder()
        let prefixed = try embedder("e5") {
            ($0.queryPrefix, $0.passagePrefix, $0.sendsDimensions) = ("query: ", "passage: ", true)
        }
        _ = try await plain.embed(["a"], purpose: .query)
        _ = try await prefixed.embed(["a"], purpose: .query)
        _ = try await prefixed.embed(["a"], purpose: .passage)
        let sent = try await bodies()
        #expect(sent[0] == ["model": "m", "input": ["a"], "encoding_format": "float"])
        #expect(sent[1]["input"] == ["query: a"])
        #expect(sent[2]["input"] == ["passage: a"])
        #expect(sent[2]["dimensions"] == 384)
    }

    @Test func `of no texts need no call`() async throws {
        #expect(try await embedder().embed([], purpose: .query) == [])
        #expect(try await server.requests().isEmpty)
    }

    @Test(arguments: ["", " ", "\n\t\u{A0}"])
    func `of an empty text are refused with its place before any call`(text: String) async throws {
        let embedder = try embedder { $0.passagePrefix = "passage: " }
        await #expect(throws: ModelsError.emptyText(model: embedder.model.name, offset: 1)) {
            try await embedder.embed(["a", text, "b"], purpose: .passage)
        }
        #expect(try await server.requests().isEmpty)
    }

    @Test func `of texts that are too long together are asked for in halves`() async throws {
        try await server.fail("context")
        let texts = (0..<9).map { "text \($0)" }
        let embedder = try embedder()
        let halved = try await embedder.embed(texts, purpose: .passage)
        #expect(try await bodies().compactMap { $0["input"]?.array?.count } == [9, 4, 5])
        #expect(halved == (try await embedder.embed(texts, purpose: .passage)))
    }

    @Test func `of a text that is too long alone fail with its place and its tokens`() async throws {
        try await server.fail("context")
        let error = await #expect(throws: OpenAIError.self) {
            try await embedder { $0.textsPerCall = 1 }.embed(["long"], purpose: .passage)
        }
        guard case .contextTooLong(_, let length) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(length == OpenAIError.Length(tokens: 9001, limit: 8192, offset: 0))
        // The server's own limit: the one text in six that has more words.
        var texts = ["a", "b", "c", "d", "e", "f"]
        texts[4] = words(8_193)
        let found = await #expect(throws: OpenAIError.self) {
            try await embedder { $0.textsPerCall = 5 }.embed(["x"] + texts, purpose: .passage)
        }
        guard case .contextTooLong(_, let length) = found else {
            Issue.record("\(String(describing: found))")
            return
        }
        #expect(length.offset == 5)
        #expect(found.map { "\($0)" }?.hasPrefix("Text 5 of the batch") == true)
    }

    @Test func `of more texts than the server takes at a time are asked for in halves`() async throws {
        let item = #"{"embedding":[1,0]}"#
        let replay = try OpenAIReplay(
            "embeddings",
            [
                .init(
                    #"{"error":"batch size 4 > maximum allowed batch size 2","error_type":"Validation"}"#,
                    status: 422),
                .init(#"{"data":[\#(item),\#(item)]}"#), .init(#"{"data":[\#(item),\#(item)]}"#),
            ])
        let embedder = try OpenAIEmbedder(replay.endpoint, .init(model: "m", dimension: 2))
        #expect(try await embedder.embed(["a", "b", "c", "d"], purpose: .passage).count == 4)
    }

    @Test func `end with the first failure that is not about size`() async throws {
        try await server.fail("denied")
        let error = await #expect(throws: OpenAIError.self) {
            try await embedder { ($0.textsPerCall, $0.maxConcurrency) = (1, 1) }.embed(
                ["a", "b"], purpose: .passage)
        }
        guard case .denied = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try await server.requests().count == 1)
    }

    // MARK: The model

    @Test func `have a name by model, dimension and the passages' prefix, whichever server it is`() throws {
        let here = try embedder("m").model
        let there = try replayed(dimension: 384).model
        #expect(here == there)
        #expect(here == EmbeddingModel(name: "m/384", dimension: 384, maxTokens: 512))
        let others = [
            try embedder("n").model, try embedder("m", dimension: 256).model,
            try embedder("m") { $0.passagePrefix = "a" }.model,
            try embedder("m") { $0.passagePrefix = "b" }.model,
        ]
        #expect(Set(others.map(\.name) + [here.name]).count == 5)
        #expect(try embedder("m") { $0.queryPrefix = "a" }.model == here)
        #expect(try embedder("m:latest") { $0.name = "m" }.model == here)
    }

    private static let faults: [(String, @Sendable (inout OpenAIEmbedder.Configuration) -> Void)] = [
        ("no name", { $0.model = "" }), ("no name", { $0.name = "" }), ("0 floats", { $0.dimension = 0 }),
        ("0 tokens", { $0.maxTokens = 0 }), ("2049", { $0.textsPerCall = 2_049 }),
        ("0 texts", { $0.textsPerCall = 0 }),
        ("0 calls", { $0.maxConcurrency = 0 }),
    ]

    @Test(arguments: faults.indices)
    func `of settings out of their range are refused by name`(fault: Int) {
        let (word, change) = Self.faults[fault]
        let error = #expect(throws: ModelsError.self) { try embedder(change: change) }
        #expect(error.map { "\($0)".contains(word) } == true)
    }
}
