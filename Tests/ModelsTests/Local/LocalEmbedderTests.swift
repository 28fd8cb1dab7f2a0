import Foundation
import TestSupport
import Testing

@testable import Models

@Suite(.timeLimit(.minutes(5))) struct `Local embedder` {
    let embedder: LocalEmbedder
    let references: [EncoderReference]

    init() throws {
        embedder = try LocalModelFolder.embedder.get()
        references = try Fixtures.jsonLines("encoder/reference.jsonl", as: EncoderReference.self)
    }

    @Test func `vectors equal the reference's to a cosine of 0.9999 for every fixture text`() async throws {
        let vectors = try await embedder.embed(references.map(\.text))
        #expect(vectors.count == references.count)
        for (vector, reference) in zip(vectors, references) {
            #expect(vector.count == 384)
            #expect(dot(vector, reference.floats) >= 0.9999, "\(reference.text.prefix(40).debugDescription)")
            #expect(largestDifference(vector, reference.floats) < 1e-4)
        }
    }

    @Test func `vectors are of length 1, even of empty texts`() async throws {
        for vector in try await embedder.embed(references.map(\.text) + ["", " ", "\0"]) {
            #expect(abs(dot(vector, vector) - 1) < 1e-5)
        }
    }

    @Test func `a packed batch equals its texts one by one`() async throws {
        let texts = references.indices.filter { $0 % 5 == 0 }.map { references[$0].text }
        let packed = try await embedder.embed(texts)
        for (text, vector) in zip(texts, packed) {
            let alone = try await embedder.embed([text], purpose: .query)
            #expect(largestDifference(alone[0], vector) < 1e-5, "\(text.prefix(40).debugDescription)")
        }
    }

    @Test func `the same batch twice gives the same bits`() async throws {
        let texts = references.prefix(60).map(\.text)
        #expect(try await embedder.embed(texts) == embedder.embed(texts))
    }

    @Test func `the number of threads does not change a bit`() async throws {
        let texts = references.prefix(60).map(\.text)
        let single = try LocalEmbedder(modelDirectory: LocalModelFolder.url, threads: 1)
        #expect(try await embedder.embed(texts) == single.embed(texts))
    }

    @Test func `no texts give no vectors`() async throws {
        #expect(try await embedder.embed([]).isEmpty)
    }

    @Test func `many callers at once each get their own vectors`() async throws {
        let texts = references.prefix(40).map(\.text)
        let expected = try await embedder.embed(texts)
        try await withThrowingTaskGroup(of: (Int, [Float]).self) { group in
            for (i, text) in texts.enumerated() {
                group.addTask { [embedder] in (i, try await embedder.embed([text])[0]) }
            }
            for try await (i, vector) in group { #expect(largestDifference(vector, expected[i]) < 1e-5) }
        }
    }

    @Test func `a cancelled task stops within a batch`() async throws {
        let texts = [String](repeating: String(repeating: "word ", count: 300), count: 4000)
        let task = Task { [embedder] in try await embedder.embed(texts) }
        try await Task.sleep(for: .milliseconds(30))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func `a task cancelled before it starts embeds nothing`() async {
        let task = Task { [embedder] in
            withUnsafeCurrentTask { $0?.cancel() }
            return try await embedder.embed(["a"])
        }
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func `related sentences are nearer than unrelated ones`() async throws {
        let vectors = try await embedder.embed([
            "How do I reset my password?", "Steps to recover a forgotten login",
            "The cafeteria serves soup on Mondays",
        ])
        #expect(dot(vectors[0], vectors[1]) > dot(vectors[0], vectors[2]) + 0.2)
    }

    @Test func `batches hold every text once and never too many tokens`() {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<200 {
            let counts = (0..<Int.random(in: 0...60, using: &generator)).map { _ in
                Int.random(in: 2...256, using: &generator)
            }
            let batches = LocalEmbedder.pack(counts, capacity: 512)
            #expect(batches.joined().sorted() == Array(counts.indices))
            for batch in batches { #expect(batch.reduce(0) { $0 + counts[$1] } <= 512) }
        }
    }
}
