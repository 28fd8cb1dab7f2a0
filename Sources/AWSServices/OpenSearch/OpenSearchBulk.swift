import JSONValue

/// A document's part in a bulk write.
public struct OpenSearchItem: Sendable, Hashable {
    public enum Action: Sendable, Hashable {
        /// Writes the document, whether there is one or not.
        case put(JSONValue)
        /// Writes a document that is not there; one that is there fails with a conflict. After an answer that was
        /// lost, the retry may find what the first attempt wrote.
        case create(JSONValue)
        case delete
    }

    /// 1 to 512 bytes.
    public var id: String
    public var action: Action

    public init(_ id: String, _ action: Action) {
        self.id = id
        self.action = action
    }

    var name: String {
        switch action {
        case .put: "index"
        case .create: "create"
        case .delete: "delete"
        }
    }
}

/// What became of an item.
public enum OpenSearchItemOutcome: Sendable, Hashable {
    case created, updated, deleted
    /// There was nothing to delete.
    case absent
    case failed(OpenSearchItemFailure)
}

/// An item that was not written.
public struct OpenSearchItemFailure: Error, Sendable, Hashable {
    /// Its place among the items given, from 0 on.
    public var offset: Int
    public var id: String
    /// As of an answer of its own: 400, 409, 429, …
    public var status: Int
    /// For example `mapper_parsing_exception`.
    public var type: String
    /// At most 300 characters, without the values that OpenSearch quotes.
    public var reason: String

    /// Whether it may succeed later: the cluster had no room, however often it was tried.
    public var isRetryable: Bool { Self.retryable.contains(status) && !isBlocked }

    /// Whether somebody, or a disk that is nearly full, forbids writing: that ends when it is put right.
    public var isBlocked: Bool { type == OpenSearchError.blocked && status != 503 }

    static let retryable: Set<Int> = [429, 503]
}

extension OpenSearchItemFailure: CustomStringConvertible {
    public var description: String {
        """
        OpenSearch did not write the document “\(id.prefix(80))” (status \(status) \(type)): \(reason). \
        \(isRetryable ? "A retry can help." : "Correct the document or the mapping.")
        """
    }
}

extension Sequence<OpenSearchItemOutcome> {
    /// Those that were not written, in order.
    public var failures: [OpenSearchItemFailure] {
        compactMap { if case .failed(let failure) = $0 { failure } else { nil } }
    }
}

/// How a bulk write goes about it.
public struct OpenSearchBulkOptions: Sendable, Hashable {
    /// Bytes of a request at most, unless one item alone has more. A domain takes 10 MiB on its smallest instances
    /// and Serverless 10 MiB.
    public var batchBytes: Int
    /// Items of a request, 1 or more.
    public var batchCount: Int
    /// How often items that the cluster has no room for are sent again.
    public var retries: Int
    public var refresh: OpenSearchRefresh
    /// Whether the name must be an alias: an index that is not there is then not made by the write.
    public var requiresAlias = false

    /// - Precondition: no number is negative, and the first two are not 0.
    public init(
        batchBytes: Int = 5_000_000, batchCount: Int = 1000, retries: Int = 5,
        refresh: OpenSearchRefresh = .later
    ) {
        precondition(
            batchBytes > 0 && batchCount > 0 && retries >= 0,
            "\(batchBytes) bytes, \(batchCount) items and \(retries) retries write nothing")
        self.batchBytes = batchBytes
        self.batchCount = batchCount
        self.retries = retries
        self.refresh = refresh
    }

    /// The wait before a retry is uniform in `0...min(0.5 · 2ⁿ⁻¹, 30)` seconds.
    static func longestWait(beforeRetry retry: Int) -> Duration {
        .milliseconds(min(500 << min(retry - 1, 10), 30_000))
    }
}
