import Foundation
import JSONValue
import Transport

extension OpenSearch {
    /// Writes and deletes documents, many a request.
    ///
    /// Requests follow one another, so that the items of an id take effect in their order: the second of an id waits
    /// until the first is done. Items that the cluster has no room for (429, 503) are sent again by themselves; all
    /// others that fail are told and keep nobody up.
    ///
    /// - Returns: what became of each item, in the order given.
    /// - Throws: ``OpenSearchError`` when a whole request fails. What came before it is written then; give all items
    ///   again, which ids make harmless.
    public func bulk(
        _ index: String, _ items: [OpenSearchItem], options: OpenSearchBulkOptions = OpenSearchBulkOptions()
    ) async throws(OpenSearchError) -> [OpenSearchItemOutcome] {
        var query = try parameters(options.refresh, "_bulk")
        if options.requiresAlias { query.append(("require_alias", "true")) }
        var writer = OpenSearchBulkWriter(
            client: self, index: index, query: query, options: options, items: items)
        var batch = OpenSearchBulkBatch()
        for (offset, item) in items.enumerated() {
            guard let lines = writer.lines(offset, item) else { continue }
            if !batch.hasRoom(for: item.id, lines.count, options) {
                try await writer.write(batch.parts)
                batch = OpenSearchBulkBatch()
            }
            batch.add(OpenSearchBulkPart(offset: offset, lines: lines), item.id)
        }
        try await writer.write(batch.parts)
        return writer.outcomes
    }
}

/// An item on the wire.
private struct OpenSearchBulkPart {
    var offset: Int
    var lines: Data
}

/// Items of one request: each id once.
private struct OpenSearchBulkBatch {
    private(set) var parts: [OpenSearchBulkPart] = []
    private var ids: Set<String> = []
    private var bytes = 0

    func hasRoom(for id: String, _ count: Int, _ options: OpenSearchBulkOptions) -> Bool {
        parts.isEmpty
            || (parts.count < options.batchCount && bytes + count <= options.batchBytes && !ids.contains(id))
    }

    mutating func add(_ part: OpenSearchBulkPart, _ id: String) {
        parts.append(part)
        ids.insert(id)
        bytes += part.lines.count
    }
}

private struct OpenSearchBulkWriter {
    let client: OpenSearch
    let index: String
    let query: [(name: String, value: String?)]
    let options: OpenSearchBulkOptions
    let items: [OpenSearchItem]
    /// Until an item's own is known, that it was not sent.
    private(set) var outcomes: [OpenSearchItemOutcome]

    init(
        client: OpenSearch, index: String, query: [(name: String, value: String?)],
        options: OpenSearchBulkOptions, items: [OpenSearchItem]
    ) {
        self.client = client
        self.index = index
        self.query = query
        self.options = options
        self.items = items
        outcomes = items.enumerated().map { offset, item in
            .failed(
                OpenSearchItemFailure(
                    offset: offset, id: item.id, status: 0, type: "not_sent", reason: "it was not sent"))
        }
    }

    /// An item's lines; `nil`, and told, where it cannot be written.
    mutating func lines(_ offset: Int, _ item: OpenSearchItem) -> Data? {
        guard OpenSearchName.isID(item.id) else {
            fail(offset, 400, "invalid_id", "an id has 1 to 512 bytes and is not . or ..")
            return nil
        }
        var rows: [JSONValue] = [.object([item.name: ["_id": .string(item.id)]])]
        switch item.action {
        case .put(let source), .create(let source): rows.append(source)
        case .delete: break
        }
        do {
            // JSON's texts have no line ends of their own.
            return Data(try rows.map { try $0.text() + "\n" }.joined().utf8)
        } catch {
            fail(offset, 400, "invalid_number", "a number in it cannot be written as JSON")
            return nil
        }
    }

    private mutating func fail(_ offset: Int, _ status: Int, _ type: String, _ reason: String) {
        outcomes[offset] = .failed(
            OpenSearchItemFailure(
                offset: offset, id: items[offset].id, status: status, type: type, reason: reason))
    }

    /// Sends parts until each is done, or was refused for good.
    mutating func write(_ parts: [OpenSearchBulkPart]) async throws(OpenSearchError) {
        var waiting = parts
        var retry = 0
        while !waiting.isEmpty {
            do throws(OpenSearchError) {
                let answer = try await send(waiting)
                try read(answer, waiting)
                waiting = waiting.filter { isRefusedForNow($0.offset) }
                if retry == options.retries { return }
            } catch {
                guard let details = error.details else { throw error }
                if details.status == 413 { return try await writeLess(waiting, details) }
                guard OpenSearchItemFailure.retryable.contains(details.status), !error.isBlocked,
                    retry < options.retries
                else { throw error }
            }
            if waiting.isEmpty { return }
            retry += 1
            try await wait(retry)
        }
    }

    /// A request that was too large, in two; an item that is too large alone fails alone.
    private mutating func writeLess(
        _ parts: [OpenSearchBulkPart], _ details: OpenSearchError.Details
    ) async throws(OpenSearchError) {
        guard parts.count > 1 else {
            for part in parts {
                fail(
                    part.offset, details.status, "too_large",
                    "its \(part.lines.count) bytes are more than the cluster takes")
            }
            return
        }
        let half = parts.count / 2
        try await write(Array(parts[..<half]))
        try await write(Array(parts[half...]))
    }

    private func send(_ parts: [OpenSearchBulkPart]) async throws(OpenSearchError) -> OpenSearch.Answer {
        var lines = Data(capacity: parts.reduce(0) { $0 + $1.lines.count })
        for part in parts { lines += part.lines }
        return try await client.call(
            "_bulk", "POST", index, "/_bulk", query: query, body: .lines(lines), permission: "WriteDocument")
    }

    private func wait(_ retry: Int) async throws(OpenSearchError) {
        let longest = OpenSearchBulkOptions.longestWait(beforeRetry: retry)
        do {
            try await client.clock.sleep(for: longest * Double.random(in: 0...1))
        } catch {
            throw .transport(.cancelled)
        }
    }

    private func isRefusedForNow(_ offset: Int) -> Bool {
        if case .failed(let failure) = outcomes[offset] { failure.isRetryable } else { false }
    }

    /// Takes over what an answer tells of each part; it must be of these parts, in this order.
    private mutating func read(
        _ answer: OpenSearch.Answer, _ parts: [OpenSearchBulkPart]
    ) throws(OpenSearchError) {
        guard let told = answer.json["items"]?.array, told.count == parts.count else {
            throw answer.unexpected("it does not tell of each of the \(parts.count) items")
        }
        for (part, json) in zip(parts, told) {
            let item = items[part.offset]
            guard let result = json[item.name], result["_id"]?.string == item.id,
                let status = result["status"]?.integer
            else { throw answer.unexpected("it tells of other items than were sent") }
            outcomes[part.offset] = try outcome(part.offset, item, status, result, answer)
        }
    }

    private func outcome(
        _ offset: Int, _ item: OpenSearchItem, _ status: Int, _ result: JSONValue, _ answer: OpenSearch.Answer
    ) throws(OpenSearchError) -> OpenSearchItemOutcome {
        if let error = result["error"] {
            let complaint = OpenSearchComplaint(
                type: error["type"]?.string ?? "", reason: error["reason"]?.string ?? error.string ?? "")
            return .failed(
                OpenSearchItemFailure(
                    offset: offset, id: item.id, status: status, type: complaint.type,
                    reason: complaint.reason))
        }
        switch (result["result"]?.string, status) {
        case ("created", 200..<300): return .created
        case ("updated", 200..<300), ("noop", 200..<300): return .updated
        case ("deleted", 200..<300): return .deleted
        case ("not_found", 404): return .absent
        default: throw answer.unexpected("it does not say what became of an item of status \(status)")
        }
    }
}
