import Foundation
import JSONValue
import Synchronization
import TestSupport
import Testing
import Transport

@testable import AWSServices

/// Keeps what bulk requests write, and refuses items for now as it is told.
private final class BulkTaker: Sendable {
    private struct State {
        var documents: [String: JSONValue] = [:]
        var writes: [String: Int] = [:]
        var requests: [[String]] = []
        var bytes: [Int] = []
    }

    private let state = Mutex(State())
    /// The status with which an item of a request is refused.
    private let refusal: @Sendable (_ request: Int, _ id: String) -> Int?

    init(_ refusal: @escaping @Sendable (Int, String) -> Int? = { _, _ in nil }) {
        self.refusal = refusal
    }

    var documents: [String: JSONValue] { state.withLock { $0.documents } }
    /// How often each id was written.
    var writes: [String: Int] { state.withLock { $0.writes } }
    /// The ids of each request.
    var requests: [[String]] { state.withLock { $0.requests } }
    var bytes: [Int] { state.withLock { $0.bytes } }

    var client: ScriptedClient { ScriptedClient { _, request in self.answer(request) } }

    private func answer(_ request: HTTPRequest) -> HTTPResponse {
        let rows = request.text.split(separator: "\n").compactMap { try? JSONValue(parsing: String($0)) }
        return state.withLock { state in
            let number = state.requests.count
            var ids: [String] = []
            var items: [JSONValue] = []
            var offset = 0
            while offset < rows.count {
                let (name, told) = rows[offset].object?.first ?? ("", .null)
                let id = told["_id"]?.string ?? ""
                let source = name == "delete" ? nil : rows[offset + 1]
                offset += source == nil ? 1 : 2
                ids.append(id)
                var result: [String: JSONValue] = ["_index": "p", "_id": .string(id)]
                if let status = refusal(number, id) {
                    result["status"] = .integer(status)
                    result["error"] = ["type": "rejected_execution_exception", "reason": "no room"]
                } else {
                    result["status"] = state.documents[id] == nil ? 201 : 200
                    result["result"] = state.documents[id] == nil ? "created" : "updated"
                    state.documents[id] = source
                    state.writes[id, default: 0] += 1
                }
                items.append(.object([name: .object(result)]))
            }
            state.requests.append(ids)
            state.bytes.append(request.body.length)
            return .json((try? JSONValue.object(["errors": true, "items": .array(items)]).text()) ?? "")
        }
    }
}

@Suite(.timeLimit(.minutes(2))) struct `Bulk writes of OpenSearch` {
    private func items(_ range: Range<Int>) -> [OpenSearchItem] {
        range.map { OpenSearchItem("d\($0)", .put(["n": .integer($0)])) }
    }

    @Test(arguments: [false, true])
    func `write, replace and delete, and tell what became of each`(serverless: Bool) async throws {
        let search = try await AWSDouble().openSearch(serverless: serverless)
        let first = try await search.bulk(
            "pages",
            [
                OpenSearchItem("a", .put(["title": "Grüße 😀\nzwei"])),
                OpenSearchItem("b", .create(["title": "b"])),
                OpenSearchItem("poisoned", .put(["_poison": true])),
                OpenSearchItem("none", .delete),
            ])
        #expect(first[0] == .created && first[1] == .created && first[3] == .absent)
        #expect(first.failures.map(\.offset) == [2] && first.failures.map(\.status) == [400])
        #expect(first.failures.map(\.type) == ["mapper_parsing_exception"])
        #expect(first.failures.first?.isRetryable == false)
        let second = try await search.bulk(
            "pages",
            [
                OpenSearchItem("a", .put(["title": "new"])), OpenSearchItem("b", .create(["title": "again"])),
                OpenSearchItem("b", .delete),
            ])
        #expect(second[0] == .updated && second[2] == .deleted)
        #expect(second.failures.map(\.status) == [409] && second.failures.first?.id == "b")
        #expect(try await search.document("pages", "a")?.source == ["title": "new"])
        #expect(try await search.count("pages") == 1)
        #expect(try await search.bulk("pages", []) == [])
    }

    @Test func `split their items by count and by bytes, and keep their order`() async throws {
        let taker = BulkTaker()
        let search = try scriptedOpenSearch(taker.client)
        let outcomes = try await search.bulk(
            "p", items(0..<25), options: OpenSearchBulkOptions(batchCount: 10))
        #expect(outcomes == Array(repeating: .created, count: 25))
        #expect(taker.requests.map(\.count) == [10, 10, 5])
        #expect(taker.requests.flatMap(\.self) == (0..<25).map { "d\($0)" })

        let small = BulkTaker()
        let large = OpenSearchItem("large", .put(["t": .string(String(repeating: "x", count: 500))]))
        let mixed = items(0..<4) + [large] + items(4..<8)
        _ = try await scriptedOpenSearch(small.client).bulk(
            "p", mixed, options: OpenSearchBulkOptions(batchBytes: 120))
        #expect(small.requests.flatMap(\.self) == mixed.map(\.id))
        // One that is larger alone goes alone; all others keep within the bound.
        #expect(small.requests.contains(["large"]))
        #expect(zip(small.requests, small.bytes).allSatisfy { $0 == ["large"] || $1 <= 120 })
        #expect(small.requests.allSatisfy { $0.count <= 3 })
    }

    @Test func `send what there was no room for again, alone, and nothing twice`() async throws {
        let taker = BulkTaker { request, id in
            switch (request, id) {
            case (0, "d1"), (1, "d1"): 429
            case (0, "d3"): 503
            default: nil
            }
        }
        let clock = ManualClock()
        let search = try scriptedOpenSearch(taker.client, clock: clock)
        let outcomes = try await search.bulk("p", items(0..<5))
        #expect(outcomes == Array(repeating: .created, count: 5))
        #expect(taker.requests == [["d0", "d1", "d2", "d3", "d4"], ["d1", "d3"], ["d1"]])
        #expect(taker.writes.values.allSatisfy { $0 == 1 } && taker.writes.count == 5)
        #expect(clock.sleeps.count == 2)
        #expect(clock.sleeps[0] <= .milliseconds(500) && clock.sleeps[1] <= .seconds(1))
    }

    @Test func `give up after so many retries, and tell whom`() async throws {
        let taker = BulkTaker { _, id in id == "d2" ? 429 : nil }
        let clock = ManualClock()
        let search = try scriptedOpenSearch(taker.client, clock: clock)
        let outcomes = try await search.bulk(
            "p", items(0..<4), options: OpenSearchBulkOptions(batchCount: 3, retries: 3))
        #expect(outcomes.failures.map(\.id) == ["d2"] && outcomes.failures.map(\.offset) == [2])
        #expect(outcomes.failures.first?.isRetryable == true)
        #expect(outcomes.filter { $0 == .created }.count == 3)
        #expect(taker.requests == [["d0", "d1", "d2"], ["d2"], ["d2"], ["d2"], ["d3"]])
        #expect(clock.sleeps.count == 3)
        #expect(OpenSearchBulkOptions.longestWait(beforeRetry: 1) == .milliseconds(500))
        #expect(OpenSearchBulkOptions.longestWait(beforeRetry: 60) == .seconds(30))
    }

    @Test func `an id's writes take effect in their order, also when the first has to wait`() async throws {
        let taker = BulkTaker { request, id in request == 0 && id == "same" ? 429 : nil }
        let search = try scriptedOpenSearch(taker.client)
        let outcomes = try await search.bulk(
            "p",
            [
                OpenSearchItem("same", .put(["n": 1])), OpenSearchItem("other", .put(["n": 1])),
                OpenSearchItem("same", .put(["n": 2])),
            ])
        #expect(outcomes == [.created, .created, .updated])
        #expect(taker.requests == [["same", "other"], ["same"], ["same"]])
        #expect(taker.documents["same"] == ["n": 2])
    }

    @Test func `a whole request that is refused for now is sent again, and then told`() async throws {
        let taker = BulkTaker()
        let busy = #"{"error":{"type":"rejected_execution_exception","reason":"busy"},"status":429}"#
        let client = ScriptedClient(taker.client) { number, _ in
            number < 2 ? .json(busy, status: 429) : nil
        }
        #expect(
            try await scriptedOpenSearch(client).bulk("p", items(0..<2)) == [.created, .created])
        #expect(client.requests.count == 3 && taker.requests == [["d0", "d1"]])
        let never = ScriptedClient { _, _ in .json(busy, status: 429) }
        let error = await openSearchError {
            try await scriptedOpenSearch(never).bulk(
                "p", items(0..<2), options: OpenSearchBulkOptions(retries: 2))
        }
        guard case .throttled(let details) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(details.reason == "busy" && never.requests.count == 3)
    }

    @Test func `a request that is too large is sent in halves; an item that is fails alone`() async throws {
        let taker = BulkTaker()
        let client = ScriptedClient(taker.client) { _, request in
            let isTooLarge = request.text.contains("planted") || request.body.length > 200
            return isTooLarge ? .json("", status: 413) : nil
        }
        let search = try scriptedOpenSearch(client)
        let outcomes = try await search.bulk(
            "p", items(0..<5) + [OpenSearchItem("big", .put(["t": "planted"]))] + items(5..<12))
        #expect(outcomes.failures.map(\.id) == ["big"] && outcomes.failures.map(\.status) == [413])
        #expect(outcomes.filter { $0 == .created }.count == 12)
        #expect(taker.requests.flatMap(\.self) == (0..<12).map { "d\($0)" })
        #expect(taker.writes.values.allSatisfy { $0 == 1 })
    }

    @Test func `an item that cannot be written fails alone, and is not sent`() async throws {
        let taker = BulkTaker()
        let search = try scriptedOpenSearch(taker.client)
        let outcomes = try await search.bulk(
            "p",
            [
                OpenSearchItem("", .delete), OpenSearchItem("a", .put(["n": .number(.infinity)])),
                OpenSearchItem(String(repeating: "x", count: 513), .put([:])), OpenSearchItem("b", .put([:])),
            ])
        #expect(outcomes.failures.map(\.offset) == [0, 1, 2])
        #expect(outcomes.failures.map(\.type) == ["invalid_id", "invalid_number", "invalid_id"])
        #expect(outcomes[3] == .created && taker.requests == [["b"]])
    }

    @Test(arguments: [
        #"{"items":[]}"#, #"{"errors":false}"#, #"{"items":[{"index":{"_id":"d1","status":201}}]}"#,
        #"{"items":[{"index":{"_id":"other","status":201,"result":"created"}}]}"#,
        #"{"items":[{"delete":{"_id":"d0","status":200,"result":"deleted"}}]}"#,
        #"{"items":[{"index":{"_id":"d0","result":"created"}}]}"#,
        #"{"items":[{"index":{"_id":"d0","status":500,"result":"created"}}]}"#,
        #"{"items":[{"index":{"_id":"d0","status":201,"result":"created"}},{"index":{"_id":"d0","status":201}}]}"#,
    ])
    func `an answer about other items than were sent is refused`(answer: String) async throws {
        let search = try scriptedOpenSearch(ScriptedClient { _, _ in .json(answer) })
        let error = await openSearchError { try await search.bulk("p", items(0..<1)) }
        guard case .unexpectedResponse = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `a failure says nothing of the document`() async throws {
        let answer = """
            {"items":[{"index":{"_id":"d0","status":400,"error":{"type":"mapper_parsing_exception","reason":\
            "failed to parse field [n] of type [long] in document with id 'd0'. Preview of field's value: \
            'planted text'","caused_by":{"type":"x","reason":"For input string: planted"}}}}]}
            """
        let search = try scriptedOpenSearch(ScriptedClient { _, _ in .json(answer) })
        let failure = try #require(try await search.bulk("p", items(0..<1)).failures.first)
        #expect(failure.description.contains("failed to parse field [n] of type [long]"))
        #expect(!"\(failure)\(String(reflecting: failure))".contains("planted"))
    }
}
