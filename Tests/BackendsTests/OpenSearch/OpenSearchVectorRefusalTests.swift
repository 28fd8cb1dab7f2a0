import AWSServices
import Concurrency
import Foundation
import TestSupport
import Testing
import Transport
import VectorIndex

@testable import Backends

@Suite(.timeLimit(.minutes(1))) struct `Vectors in OpenSearch are refused` {
    private let host = "wiki.example"

    private func opening(
        _ double: AWSDouble, _ client: OpenSearch? = nil, prefix: String = "millrace"
    ) async throws -> OpenSearchVectorError? {
        let domain = try await double.domain()
        do {
            _ = try await OpenSearchVectorStore.open(
                client ?? domain, host: host, prefix: prefix, model: "m", dimension: 3)
            return nil
        } catch {
            return error as? OpenSearchVectorError
        }
    }

    // MARK: Before anything is sent

    @Test func `that are none, as by every store`() async throws {
        let double = try AWSDouble()
        let store = try await double.vectors()
        let before = try await double.requests().count
        let cases: [(VectorIndexError, [VectorEntry])] = [
            (.dimensionMismatch(expected: 3, actual: 2), [VectorEntry(id: 1, vector: [1, 2])]),
            (.notFinite(id: 8, component: 1), [VectorEntry(id: 8, vector: [1, .nan, 3])]),
            (.zeroVector(id: 8), [VectorEntry(id: 8, vector: [0, 0, 0])]),
            (
                .duplicateID(4),
                [VectorEntry(id: 4, vector: [1, 0, 0]), VectorEntry(id: 4, vector: [0, 1, 0])]
            ),
        ]
        for (error, entries) in cases {
            #expect(try await VectorConformance.refusal { try store.upsert(entries) } == error)
        }
        let k = VectorIndexError.invalidParameter(name: "k", value: 0, allowed: 1...1_000_000)
        #expect(try await VectorConformance.refusal { _ = try store.search([1, 0, 0], k: 0) } == k)
        #expect(
            try await VectorConformance.refusal { _ = try store.search([0, 0, 0], k: 1) }
                == .zeroVector(id: nil))
        #expect(try await double.requests().count == before)
    }

    @Test(arguments: [0, 16_001])
    func `of more dimensions than OpenSearch indexes`(dimension: Int) async throws {
        let error = VectorIndexError.invalidParameter(
            name: "dimension", value: dimension, allowed: 1...16_000)
        await #expect(throws: error) { try await AWSDouble().vectors(dimension: dimension) }
    }

    @Test func `under a name that no index has`() async throws {
        for prefix in ["", "Upper", "_a", "a*", "a,b"] {
            #expect(try await opening(try AWSDouble(), prefix: prefix) == .badPrefix(prefix))
        }
    }

    // MARK: By what the cluster is

    @Test func `by another server, an old one, one without the plugin, and Serverless`() async throws {
        let double = try AWSDouble()
        try await double.fail("foreign")
        #expect(try await opening(double) == .foreign(host: host, version: "8.15.0"))
        try await double.fail("old")
        #expect(
            try await opening(double)
                == .tooOld(host: host, version: "2.3.0", needed: "2.9", engine: "faiss"))
        try await double.fail("", "no-knn")
        let missing = try await opening(double)
        #expect(missing == .pluginMissing(host: host))
        #expect(missing?.description.contains("opensearch-knn") == true)
        let serverless = try await opening(double, try await double.domain(serverless: true))
        #expect(serverless == .serverless(host: host))
        #expect(serverless?.description.contains("vectors.provider") == true)
    }

    @Test func `to a user with another password, and not to one with the right one`() async throws {
        let double = try AWSDouble()
        let error = try await opening(double, try double.cluster(password: "wrong"))
        guard case .notSignedIn(host, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.description.contains("vectors.opensearch_password") == true)
        let right = double.credentials.secretAccessKey
        #expect(try await opening(double, try double.cluster(password: right)) == nil)
    }

    @Test func `by an index of another dimension or model, which is named with the setting`() async throws {
        let double = try AWSDouble()
        let needed = try OpenSearchVectorIndex(
            prefix: "millrace", model: "m", dimension: 3, metric: .cosine,
            options: OpenSearchVectorOptions())
        var other = try OpenSearchVectorIndex(
            prefix: "millrace", model: "m", dimension: 4, metric: .cosine,
            options: OpenSearchVectorOptions()
        ).creation
        other.aliases = [needed.alias]
        try await double.domain().create("by-hand", other)
        let error = try await opening(double)
        #expect(
            error
                == .mismatch(
                    host: host, index: "by-hand", part: "_meta.millrace.dimension", stored: "4",
                    requested: "3", setting: "the embedding model"))
        #expect(error?.description.contains("by-hand") == true)
    }

    @Test func `by an alias of two indexes, and by an index without its alias`() async throws {
        let double = try AWSDouble()
        let store = try await double.vectors()
        var second = store.index.creation
        try await double.domain().create("second", second)
        #expect(
            try await opening(double)
                == .ambiguous(
                    host: host, alias: store.alias, indexes: [store.index.firstName, "second"].sorted()))
        let bare = try AWSDouble()
        second.aliases = []
        try await bare.domain().create(store.index.firstName, second)
        #expect(
            try await opening(bare)
                == .aliasMissing(host: host, alias: store.alias, index: store.index.firstName))
    }
}
