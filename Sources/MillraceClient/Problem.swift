import Foundation

/// A refusal of the server's, as RFC 9457 (`application/problem+json`) tells it.
public struct Problem: Sendable, Hashable {
    /// A kind of problem: a URN that stays the same. Kinds that this version does not name are told by their URN.
    public struct Kind: Sendable, Hashable, RawRepresentable {
        /// The URN.
        public var rawValue: String

        /// A kind by its URN.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        private init(named name: String) {
            rawValue = "urn:millrace:problem:\(name)"
        }

        /// Nothing, or nothing that holds, says who asks.
        public static let unauthenticated = Kind(named: "unauthenticated")
        /// The caller may not do this.
        public static let insufficientScope = Kind(named: "insufficient-scope")
        /// The caller's tenant is not served here.
        public static let noSuchTenant = Kind(named: "no-such-tenant")
        /// More requests than the caller may send.
        public static let rateLimited = Kind(named: "rate-limited")
        /// All places are taken.
        public static let busy = Kind(named: "busy")
        /// The server does not answer yet.
        public static let notReady = Kind(named: "not-ready")
        /// It took too long.
        public static let timedOut = Kind(named: "timed-out")
        /// A field of the body is wrong.
        public static let invalidField = Kind(named: "invalid-field")
        /// A field of the body that the server does not know, which may be an older one.
        public static let unknownField = Kind(named: "unknown-field")
        /// A question without a letter or digit.
        public static let emptyQuestion = Kind(named: "empty-question")
        /// A question of too many bytes.
        public static let questionTooLong = Kind(named: "question-too-long")
        /// No such passage, for this caller.
        public static let noSuchPassage = Kind(named: "no-such-passage")
        /// No such flow, for this caller.
        public static let unknownFlow = Kind(named: "unknown-flow")
        /// No such run, for this caller.
        public static let noSuchRun = Kind(named: "no-such-run")
        /// No such conversation, for this caller.
        public static let noSuchConversation = Kind(named: "no-such-conversation")
        /// An idempotency key that stands for another request.
        public static let keyReused = Kind(named: "key-reused")
        /// The bytes of an upload go on elsewhere.
        public static let mismatchingUploadOffset = Kind(named: "mismatching-upload-offset")
        /// Another request sends bytes of the same upload.
        public static let uploadInUse = Kind(named: "upload-in-use")
        /// A run is in no state for that.
        public static let wrongState = Kind(named: "wrong-state")
        /// A component of the flow failed.
        public static let componentFailed = Kind(named: "component-failed")
    }

    /// What programs should look at.
    public var kind: Kind
    /// A few words for the kind of problem.
    public var title: String
    /// What is wrong here, and what to do, for people.
    public var detail: String
    /// The HTTP status.
    public var status: Int
    /// The field of the body that is wrong.
    public var field: String?
    /// The limit that was exceeded.
    public var limit: Int?
    /// Everything that is wrong, where there is more than one thing; else empty.
    public var faults: [String]
    /// Whether the same request may succeed later.
    public var isRetryable: Bool
    /// What the server's log calls the request.
    public var requestID: String?
    /// How long the server wants the client to wait.
    public var retryAfter: Duration?
}

extension Problem: Decodable {
    private enum CodingKeys: String, CodingKey {
        case type, title, detail, status, field, limit, faults, retryable
        case requestID = "request_id"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        kind = Kind(rawValue: try container.decode(String.self, forKey: .type))
        title = try container.decodeIfPresent(String.self, forKey: .title) ?? ""
        detail = try container.decodeIfPresent(String.self, forKey: .detail) ?? ""
        status = try container.decodeIfPresent(Int.self, forKey: .status) ?? 0
        field = try container.decodeIfPresent(String.self, forKey: .field)
        limit = try container.decodeIfPresent(Int.self, forKey: .limit)
        faults = try container.decodeIfPresent([String].self, forKey: .faults) ?? []
        isRetryable = try container.decodeIfPresent(Bool.self, forKey: .retryable) ?? false
        requestID = try container.decodeIfPresent(String.self, forKey: .requestID)
    }
}
