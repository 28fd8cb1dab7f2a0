import AWSServices
import Foundation
import JSONValue
import Models
import TestSupport
import Testing
import Transport

@Suite(.timeLimit(.minutes(2))) struct `Embeddings by SageMaker` {
    private let endpoints: SageMakerEndpoints

    init() throws {
        endpoints = try SageMakerEndpoints()
    }

    private func embedder(
        _ endpoint: String = "embedder", request: String = "tei", response: String? = nil,
        textsPerCall: Int? = nil, dimension: Int = 384, attempts: Int = 1, http: (any HTTPClient)? = nil,
        _ change: (inout SageMakerEmbedder.Configuration) -> Void = { _ in }
    ) async throws -> SageMakerEmbedder {
        var configuration = SageMakerEmbedder.Configuration(
            call: SageMakerCall(endpoint: endpoint),
            form: try SageMakerEmbeddingForm(
                request: request, response: response, textsPerCall: textsPerCall),
            dimension: dimension)
        change(&configuration)
        return try SageMakerEmbedder(
            try await endpoints.runtime(attempts: attempts, http: http), configuration)
    }

    private func length(_ vector: [Float]) -> Float { vector.reduce(0) { $0 + $1 * $1 }.squareRoot() }

    @Test func `each vector has the dimension of the settings and length 1`() async throws {
        let vectors = try await embedder().embed(
            ["Failover", "Ein Prüfstand für 日本語 😀\n\"x\" {{texts}}"], purpose: .passage)
        #expect(vectors.map(\.count) == [384, 384] && vectors[0] != vectors[1])
        for vector in vectors { #expect(abs(length(vector) - 1) < 1e-5) }
        #expect(
            try await endpoints.bodies() == [
                [
                    "inputs": ["Failover", "Ein Prüfstand für 日本語 😀\n\"x\" {{texts}}"],
                    "truncate": true,
                ]
            ])
    }

    @Test func `many texts keep their order, in as few calls as the form says`() async throws {
        let texts = (0..<70).map { "text number \($0)" }
        let embedder = try await embedder()
        let together = try await embedder.embed(texts, purpose: .passage)
        #expect(
            try await endpoints.bodies().compactMap { $0["inputs"]?.array?.count }.sorted() == [6, 32, 32])
        for offset in [0, 31, 32, 69] {
            #expect(try await embedder.embed([texts[offset]], purpose: .query)[0] == together[offset])
        }
        #expect(Set(together).count == 70)
    }

    @Test func `an endpoint of one text a call gets one`() async throws {
        let embedder = try await embedder(request: #"{"inputs": ["{{text}}"]}"#, response: "[0]")
        let vectors = try await embedder.embed(["a", "b", "c"], purpose: .passage)
        #expect(vectors.count == 3 && Set(vectors).count == 3)
        #expect(try await endpoints.bodies().count == 3)
    }

    @Test func `a model is told what a text is for as the settings say`() async throws {
        let request = #"{"inputs": "{{texts}}", "task": "{{purpose}}"}"#
        let embedder = try await embedder(request: request, response: "[*]") {
            ($0.queryPrefix, $0.passagePrefix) = ("query: ", "passage: ")
            ($0.queryWord, $0.passageWord) = ("search", "document")
        }
        _ = try await embedder.embed(["a"], purpose: .passage)
        _ = try await embedder.embed(["a"], purpose: .query)
        #expect(
            try await endpoints.bodies() == [
                ["inputs": ["passage: a"], "task": "document"], ["inputs": ["query: a"], "task": "search"],
            ])
    }

    @Test func `vectors that may not be mixed have names of their own`() async throws {
        let purpose = #"["{{texts}}", "{{purpose}}"]"#
        var component = SageMakerCall(endpoint: "embedder")
        component.inferenceComponent = "bge"
        let names = try await [
            embedder(), embedder(dimension: 8), embedder { $0.passagePrefix = "passage: " },
            embedder(request: purpose, response: "[*]"), embedder { $0.call = component },
            embedder(request: purpose, response: "[*]") { $0.passageWord = "document" }, embedder("other"),
        ].map(\.model.name)
        #expect(names[0] == "embedder/384")
        #expect(Set(names).count == 6, "the component's own name is given with the configuration")
        let same = try await [
            embedder("other") { $0.name = "bge-small" },
            embedder { ($0.name, $0.queryPrefix) = ("bge-small", "query: ") },
        ].map(\.model.name)
        #expect(Set(same) == ["bge-small/384"])
        let named = SageMakerEmbedder.Configuration(
            call: component, form: try SageMakerEmbeddingForm(request: "tei"), dimension: 8)
        #expect(named.name == "embedder/bge")
    }

    @Test(arguments: ["", " ", "\n\t\u{A0}"])
    func `an empty text is refused with its place before any call`(text: String) async throws {
        await #expect(throws: ModelsError.emptyText(model: "embedder/384", offset: 1)) {
            try await embedder().embed(["a", text, "b"], purpose: .passage)
        }
        #expect(try await embedder().embed([], purpose: .query) == [])
        #expect(try await endpoints.server.requests().isEmpty)
    }

    @Test func `settings out of their range are refused`() async {
        let changes: [@Sendable (inout SageMakerEmbedder.Configuration) -> Void] = [
            { $0.dimension = 0 }, { $0.maxTokens = 0 }, { $0.maxConcurrency = 0 }, { $0.name = "" },
            { $0.form.textsPerCall = 0 },
        ]
        for change in changes {
            let error = await #expect(throws: ModelsError.self) { try await embedder { change(&$0) } }
            guard case .unusableModel = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
    }

    @Test(arguments: [
        ("[[1,2,3]]", "3 floats, not the 2"), ("[[0,0]]", "length 0"), ("[[1e300,1]]", "length inf"),
        (#"[["planted",1]]"#, "list of other values"), (#"{"planted":1}"#, "an array at $"),
        ("<html>planted", "not JSON"),
    ])
    func `an answer without usable vectors is refused, and not shown`(
        answer: String, words: String
    ) async throws {
        let embedder = try await embedder(
            "e", dimension: 2, http: SageMakerEndpoints.answering(answer))
        let error = await #expect(throws: SageMakerError.self) {
            try await embedder.embed(["a"], purpose: .passage)
        }
        guard case .unexpectedAnswer(_, let reason, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains(words) && !reason.contains("planted"), "\(reason)")
    }

    @Test(arguments: ["[]", "[[1,2],[3,4]]"])
    func `an answer for more or fewer texts is refused with both numbers`(answer: String) async throws {
        let embedder = try await embedder("e", dimension: 2, http: SageMakerEndpoints.answering(answer))
        await #expect(
            throws: ModelsError.wrongCount(model: "e/2", expected: 1, actual: answer == "[]" ? 0 : 2)
        ) { try await embedder.embed(["a"], purpose: .passage) }
    }

    @Test func `what a container says in place of an answer is its failure`() async throws {
        let answer = #"{"error": "out of memory", "code": 500}"#
        let embedder = try await embedder("e", http: SageMakerEndpoints.answering(answer))
        let error = await #expect(throws: SageMakerError.self) {
            try await embedder.embed(["a"], purpose: .passage)
        }
        guard case .modelFailed(let failure) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(failure.message == "out of memory")
    }

    @Test func `what is too much for a call is sent in halves`() async throws {
        let http = SageMakerEndpoints.refusing(
            422, "batch size 4 > maximum allowed batch size 2", then: "[[1,0],[0,1]]", "[[0,2],[2,0]]")
        let embedder = try await embedder("e", dimension: 2, http: http)
        let vectors = try await embedder.embed(["a", "b", "c", "d"], purpose: .passage)
        #expect(vectors == [[1, 0], [0, 1], [0, 1], [1, 0]] && http.requests.count == 3)
        let alone = SageMakerEndpoints.refusing(413, "too large", then: "[[1,0]]")
        await #expect(throws: SageMakerError.self) {
            try await self.embedder("e", dimension: 2, http: alone).embed(["a"], purpose: .passage)
        }
    }

    @Test(arguments: ["throttle", "500", "503", "cut", "reset"])
    func `what passes is tried again`(fault: String) async throws {
        try await endpoints.server.fail(fault)
        let vectors = try await embedder(attempts: 3).embed(["a"], purpose: .passage)
        #expect(vectors.count == 1)
    }

    @Test(arguments: ["denied", "invalid", "not-json"])
    func `one refusal ends the batch with its reason`(fault: String) async throws {
        try await endpoints.server.fail(fault)
        let embedder = try await embedder(textsPerCall: 1, attempts: 3)
        let error = await #expect(throws: SageMakerError.self) {
            try await embedder.embed(["a", "b", "c"], purpose: .passage)
        }
        #expect(error?.isRetryable == false)
        let codes = ["denied": "AccessDeniedException", "invalid": "ValidationException"]
        if case .aws(let refusal) = error {
            #expect(refusal.code == codes[fault])
        } else {
            #expect(fault == "not-json")
        }
    }

    @Test func `keys that have expired are an error that says so`() async throws {
        try await endpoints.server.fail("expired", "expired")
        let error = await #expect(throws: SageMakerError.self) {
            try await embedder(attempts: 3).embed(["a"], purpose: .passage)
        }
        guard case .aws(let refusal) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(refusal.kind == .expiredCredentials)
    }
}
