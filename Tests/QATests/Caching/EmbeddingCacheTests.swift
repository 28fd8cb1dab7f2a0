import Models
import Synchronization
import TestSupport
import Testing

@testable import QA

@Suite(.timeLimit(.minutes(1))) struct `Vectors of questions` {
    private let limit = CacheLimit(bytes: 1 << 20, entries: 100)

    @Test func `are the embedder's own, in order, each computed once`() async throws {
        let embedder = HashingEmbedder()
        let cached = CachedEmbedder(base: embedder, cache: EmbeddingCache(limit))
        _ = try await cached.embed(["two"], purpose: .query)
        let texts = ["one", "two", "one", "three"]
        let vectors = try await cached.embed(texts, purpose: .query)
        #expect(embedder.texts == ["two", "one", "three"])
        #expect(try await vectors == HashingEmbedder().embed(texts, purpose: .query))
        #expect(cached.cache.statistics.hits == 1)
        #expect(cached.cache.statistics.misses == 3)
        #expect(cached.cache.statistics.entries == 3)
    }

    private final class Tokens: ModelUseMeter {
        let told = Mutex<[Int]>([])

        func count(_ use: ModelUse) { told.withLock { $0.append(use.tokens) } }
    }

    @Test func `that are known are paid for once`() async throws {
        let server = try OpenAIServer()
        let tokens = Tokens()
        let embedder = try OpenAIEmbedder(
            try server.endpoint(), .init(model: "m", dimension: 384), meter: tokens)
        let cached = CachedEmbedder(base: embedder, cache: EmbeddingCache(limit))
        for _ in 0..<3 { _ = try await cached.embed(["how long"], purpose: .query) }
        #expect(tokens.told.withLock { $0.count } == 1)
        _ = try await cached.embed(["how long", "how far"], purpose: .query)
        let told = tokens.told.withLock { $0 }
        // Only what was new was asked for again.
        #expect(told.count == 2 && told[0] > 0 && told[1] == told[0])
    }

    @Test func `of another model, and passages, are never shared`() async throws {
        let cache = EmbeddingCache(limit)
        let (one, other) = (HashingEmbedder(dimension: 64), HashingEmbedder(name: "other", dimension: 32))
        let first = try await CachedEmbedder(base: one, cache: cache).embed(["text"], purpose: .query)
        let second = try await CachedEmbedder(base: other, cache: cache).embed(["text"], purpose: .query)
        #expect(first[0].count == 64 && second[0].count == 32)
        _ = try await CachedEmbedder(base: one, cache: cache).embed(["text"], purpose: .passage)
        #expect(one.texts == ["text", "text"])
    }

    /// What processes share, in this one.
    private final class Shared: SharedQuestionVectors {
        let kept = Mutex<[String: [Float]]>([:])

        func vectors(of texts: [String], model: EmbeddingModel) async -> [String: [Float]] {
            kept.withLock { kept in kept.filter { texts.contains($0.key) } }
        }

        func keep(_ vectors: [(text: String, vector: [Float])], model: EmbeddingModel) async {
            kept.withLock { kept in for (text, vector) in vectors { kept[text] = vector } }
        }
    }

    @Test func `that another process computed are not computed again`() async throws {
        let shared = Shared()
        let (one, other) = (HashingEmbedder(), HashingEmbedder())
        let first = CachedEmbedder(base: one, cache: EmbeddingCache(limit, shared: shared))
        let made = try await first.embed(["one", "two"], purpose: .query)
        try await until { shared.kept.withLock { $0.count } == 2 }
        let second = CachedEmbedder(base: other, cache: EmbeddingCache(limit, shared: shared))
        #expect(try await second.embed(["two", "three", "one"], purpose: .query).prefix(1) == [made[1]])
        #expect(other.texts == ["three"])
        try await until { shared.kept.withLock { $0.count } == 3 }
        // Known here from now on, whatever becomes of the others' memory.
        shared.kept.withLock { $0 = [:] }
        #expect(try await second.embed(["one"], purpose: .query) == [made[0]])
        #expect(other.texts == ["three"])
    }

    @Test func `of another length than the model's are not taken from other processes`() async throws {
        let shared = Shared()
        shared.kept.withLock { $0 = ["text": [1, 2]] }
        let embedder = HashingEmbedder()
        let cached = CachedEmbedder(base: embedder, cache: EmbeddingCache(limit, shared: shared))
        _ = try await cached.embed(["text"], purpose: .query)
        #expect(embedder.texts == ["text"])
    }

    @Test func `that could not be computed are asked for again`() async throws {
        let fails = Mutex(true)
        let embedder = HashingEmbedder(failingOn: { _ in fails.withLock { $0 } })
        let cached = CachedEmbedder(base: embedder, cache: EmbeddingCache(limit))
        await #expect(throws: HashingEmbedder.Refusal.self) {
            try await cached.embed(["text"], purpose: .query)
        }
        fails.withLock { $0 = false }
        #expect(try await cached.embed(["text"], purpose: .query).count == 1)
    }

    @Test func `work goes on for whoever still waits`() async throws {
        let flights = SingleFlight<Int, Int>()
        let (gate, ended) = (Promise<Void>(), Promise<Bool>())
        let joined = Tally()
        @Sendable func work() async throws -> Int {
            try await flights.value(for: 1) {
                do {
                    try await gate.value()
                    ended.settle(.success(false))
                } catch {
                    ended.settle(.success(true))
                    throw error
                }
                return 7
            } joined: {
                joined.add()
            }
        }
        let tasks = (0..<3).map { _ in Task { try await work() } }
        try await until { joined.count == 2 }
        tasks[0].cancel()
        tasks[1].cancel()
        for task in tasks.dropLast() {
            await #expect(throws: CancellationError.self) { try await task.value }
        }
        gate.settle(.success(()))
        #expect(try await tasks[2].value == 7)
        #expect(try await ended.value() == false)
    }

    @Test func `work that nobody waits for any more is ended`() async throws {
        let flights = SingleFlight<Int, Int>()
        let (began, ended) = (Promise<Void>(), Promise<Void>())
        let task = Task {
            try await flights.value(for: 1) {
                began.settle(.success(()))
                do {
                    try await Promise<Void>().value()
                } catch {
                    ended.settle(.success(()))
                    throw error
                }
                return 0
            }
        }
        try await began.value()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        try await ended.value()
        // Nothing of it is left.
        #expect(try await flights.value(for: 1) { 8 } == 8)
    }
}
