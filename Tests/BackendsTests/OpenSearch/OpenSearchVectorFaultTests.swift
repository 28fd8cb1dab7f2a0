import AWSServices
import Concurrency
import Foundation
import TestSupport
import Testing
import Transport
import VectorIndex

@testable import Backends

@Suite(.timeLimit(.minutes(1))) struct `Vectors in OpenSearch in use are refused` {
    private let host = "wiki.example"

    private func waiting<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws
        -> Value
    { try await VectorConformance.thread.run(body) }

    @Test func `where the index went, and none is made in its place`() async throws {
        let double = try AWSDouble()
        let store = try await double.vectors()
        try await double.domain().delete(store.index.firstName)
        let gone = VectorIndexError.refused(
            server: host,
            reason: OpenSearchVectorError.indexGone(host: host, alias: store.alias).description)
        #expect(
            try await VectorConformance.refusal { try store.upsert([VectorEntry(id: 1, vector: [1, 2, 3])]) }
                == gone)
        #expect(try await VectorConformance.refusal { try store.remove([1]) } == gone)
        #expect(try await VectorConformance.refusal { _ = try store.search([1, 2, 3], k: 1) } == gone)
        #expect(try await VectorConformance.refusal { _ = try store.stored(among: [1]) } == gone)
        #expect(try await double.domain().exists(store.alias) == false)
        // What cannot throw says nothing is there, and the next change is not made on the strength of that.
        try await waiting { #expect(store.ids() == [] && !store.contains(1)) }
        #expect(try await VectorConformance.refusal { _ = try store.storedIDs() } == gone)
        #expect(try await VectorConformance.refusal { try store.remove([1]) } == gone)
    }

    @Test(arguments: ["blocked", "flood"])
    func `while writing is forbidden, as by a disk that is nearly full`(fault: String) async throws {
        let double = try AWSDouble()
        let store = try await double.vectors()
        try await double.fail(fault)
        let error = try await VectorConformance.refusal {
            try store.upsert([VectorEntry(id: 1, vector: [1, 2, 3])])
        }
        guard case .unavailable(host, let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains(store.alias) && reason.contains("/12/") && reason.contains("disk"))
        try await waiting { try store.upsert([VectorEntry(id: 1, vector: [1, 2, 3])]) }
    }

    @Test func `in part, where the cluster has no room for some; those are sent again`() async throws {
        let double = try AWSDouble()
        let clock = ManualClock()
        let store = try await double.vectors(clock: clock)
        var samples = VectorSamples(seed: 187, dimension: 3)
        let entries = samples.entries(0..<9)
        try await double.fail("some-busy", "some-busy")
        try await waiting { try store.upsert(entries) }
        #expect(store.count == 9)
        #expect(clock.sleeps.count == 2)
        // And no longer than that is waited.
        var options = OpenSearchVectorOptions()
        options.retries = 0
        let hasty = try await double.vectors(options: options)
        try await double.fail("some-busy")
        let more = samples.entries(20..<26)
        let error = try await VectorConformance.refusal { try hasty.upsert(more) }
        guard case .unavailable(host, let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains("3 of 6") && reason.contains(hasty.alias))
        // The others are found and counted.
        #expect(hasty.count == 12)
    }

    @Test func `in part, where a later request fails; what came before it is found and counted`() async throws
    {
        let double = try AWSDouble()
        var options = OpenSearchVectorOptions()
        options.batchCount = 1
        let store = try await double.vectors(options: options)
        // The first request has one item, which there is room for.
        try await double.fail("some-busy", "500")
        let entries = (1...3).map { VectorEntry(id: UInt64($0), vector: [1, 2, 3]) }
        #expect(try await VectorConformance.refusal { try store.upsert(entries) } != nil)
        #expect(store.count == 1)
    }

    @Test func `after the writing; the next change or look makes up for it`() async throws {
        for isChange in [true, false] {
            let double = try AWSDouble()
            let store = try await double.vectors()
            try await double.fail("some-busy", "500")
            let entry = VectorEntry(id: 1, vector: [1, 2, 3])
            #expect(try await VectorConformance.refusal { try store.upsert([entry]) } != nil)
            #expect(store.count == 0)
            let revision = store.revision
            if isChange {
                // It changes nothing itself.
                try await waiting { try store.remove([99]) }
            } else {
                try await store.refresh()
            }
            #expect(store.count == 1 && store.revision > revision)
        }
    }

    @Test func `in words when it does not answer in time, and served when it does again`() async throws {
        let double = try AWSDouble()
        let store = try await double.vectors(timeout: .seconds(2))
        try await double.fail("slow")
        let error = try await VectorConformance.refusal { _ = try store.search([1, 2, 3], k: 1) }
        guard case .unavailable(host, let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains(host) && reason.contains("vectors.opensearch_url"))
        #expect(try await waiting { try store.search([1, 2, 3], k: 1) } == [])
    }

    @Test(arguments: ["throttle", "503", "500", "html"])
    func `for now, where a retry can help`(fault: String) async throws {
        let double = try AWSDouble()
        let store = try await double.vectors()
        try await double.fail(fault)
        let error = try await VectorConformance.refusal { _ = try store.search([1, 2, 3], k: 1) }
        guard case .unavailable(host, _) = error else {
            Issue.record("\(fault): \(String(describing: error))")
            return
        }
    }

    @Test(arguments: ["denied", "invalid", "not-json"])
    func `for good, where it does not`(fault: String) async throws {
        let double = try AWSDouble()
        let store = try await double.vectors()
        try await double.fail(fault)
        let error = try await VectorConformance.refusal { _ = try store.search([1, 2, 3], k: 1) }
        #expect(
            error != nil && error?.description.contains(host) == true,
            "\(fault): \(String(describing: error))")
    }

    @Test func `with an answer that the filter does not admit`() async throws {
        let double = try AWSDouble()
        let account = try await AWSAccount(
            environment: AWSEnvironment(variables: [:]), region: "us-east-1",
            credentials: StaticCredentials(double.credentials), http: StrangeHits(double.http),
            localHTTP: double.http)
        guard let url = URL(string: double.endpoint) else { throw URLError(.badURL) }
        let store = try await OpenSearchVectorStore.open(
            try OpenSearch(account, endpoint: url), host: host, prefix: "millrace", model: "m", dimension: 3)
        let all = try await waiting { try store.search([1, 2, 3], k: 1) }
        #expect(all.map(\.id) == [77])
        let filter = VectorFilter.allowed(IDBitmap([76, 78]))
        let error = try await VectorConformance.refusal {
            _ = try store.search([1, 2, 3], k: 1, efSearch: nil, filter: filter)
        }
        guard case .refused(host, let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains("77") && reason.contains(store.alias))
    }
}

/// Finds the same vector whatever is asked; all else is passed on.
private struct StrangeHits: HTTPClient {
    let next: any HTTPClient

    init(_ next: any HTTPClient) { self.next = next }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        guard request.url.contains("/_search") else { return try await next.send(request) }
        let text = """
            {"timed_out": false, "_shards": {"total": 1, "successful": 1, "failed": 0}, "hits": {
            "total": {"value": 1, "relation": "eq"}, "hits": [{"_index": "a", "_id": "77", "_score": 1.5}]}}
            """
        return HTTPResponse(head: HTTPResponseHead(status: 200, headers: []), body: Data(text.utf8))
    }

    func stream(_ request: HTTPRequest) async throws(TransportError) -> HTTPStreamedResponse {
        try await next.stream(request)
    }
}
