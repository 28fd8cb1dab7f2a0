import Foundation

/// What a request under an idempotency key is known by: whose it is, what it asks for, and the key.
public struct ReplyKey: Hashable, Sendable {
    public var owner: Owner
    /// The operation's stable name: one key may stand for one request of each.
    public var operation: String
    /// SHA-256 of the key that the client chose.
    public var digest: Data
    /// Tells the request from another one under the same key; it is made with the key, so that nobody who reads the
    /// database can try out what was sent.
    public var fingerprint: Data

    public init(owner: Owner, operation: String, digest: Data, fingerprint: Data) {
        self.owner = owner
        self.operation = operation
        self.digest = digest
        self.fingerprint = fingerprint
    }
}

/// A response that is given once more to the same request.
public struct StoredReply: Hashable, Sendable {
    /// A field of the response's header.
    public struct Header: Hashable, Sendable, Codable {
        public var name: String
        public var value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The HTTP status.
    public var status: Int
    public var headers: [Header]
    /// `nil` for one that is not kept: it held a secret that is shown once, or was too large.
    public var body: Data?

    public init(status: Int, headers: [Header], body: Data?) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// What becomes of a request under an idempotency key.
public enum ReplyClaim: Hashable, Sendable {
    /// It is the first; whoever has the claim carries it out and settles it.
    case first(claim: Int64)
    /// It was carried out before, to this.
    case replied(StoredReply)
    /// The first one has not ended yet.
    case underWay
    /// The key stands for another request.
    case otherRequest
}
