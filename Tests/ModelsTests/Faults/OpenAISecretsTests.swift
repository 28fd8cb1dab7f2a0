import Concurrency
import Foundation
import Models
import TestSupport
import Testing
import Transport

/// The key, and what is sent as a header of one's own, at every fault that the server knows.
@Suite(.timeLimit(.minutes(3))) struct `Keys of servers of OpenAI's interface` {
    private static let faults = [
        "rate-limit", "quota", "context", "missing", "denied", "500", "503", "detail", "flat", "text", "list",
        "plain", "html", "empty", "not-json", "stall", "cut", "reset", "midway", "filtered", "no-done",
    ]

    private static let question = GenerationRequest(messages: [Message(.user, "How long?")])

    /// Calls by each of the three interfaces.
    private static func calls(
        _ endpoint: OpenAIEndpoint
    ) throws -> [@Sendable () async throws -> Void] {
        let embedder = try OpenAIEmbedder(endpoint, .init(model: "embed", dimension: 384))
        let generator = OpenAIGenerator(endpoint, .init(model: "chat"))
        let reranker = try OpenAIReranker(endpoint, .init(model: "rerank"))
        return [
            { _ = try await embedder.embed(["How long?"], purpose: .query) },
            { for try await _ in generator.generate(Self.question) {} },
            { _ = try await reranker.scores("How long?", ["An hour."]) },
        ]
    }

    @Test(arguments: Self.faults)
    func `are in no error, and no call hangs`(fault: String) async throws {
        for index in 0..<3 {
            let server = try OpenAIServer()
            try await server.fail(fault)
            let endpoint = try server.endpoint(timeout: fault == "stall" ? .seconds(1) : .seconds(20))
            let shown = await Self.shown { try await Self.calls(endpoint)[index]() }
            #expect(PlantedSecrets.found(in: shown, [server.key]) == [])
            #expect(!shown.contains("\(DeadlineExceeded.self)"))
        }
    }

    @Test func `are in no error when the server does not know them and repeats them`() async throws {
        let server = try OpenAIServer()
        let endpoint = try server.endpoint(key: { "planted-wrong-key" })
        for call in try Self.calls(endpoint) {
            let shown = await Self.shown(call)
            #expect(!shown.isEmpty && PlantedSecrets.found(in: shown) == [])
        }
    }

    /// Every text that the error of a call gives; empty where it has none.
    private static func shown(_ call: @escaping @Sendable () async throws -> Void) async -> String {
        do {
            try await withDeadline(.seconds(60), call)
            return ""
        } catch {
            return PlantedSecrets.shown(error)
        }
    }
}
