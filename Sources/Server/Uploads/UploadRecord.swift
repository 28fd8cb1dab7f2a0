import Foundation
import HTTPTypes
import Workspace

/// What is known of an upload that may be resumed, besides its bytes.
struct UploadRecord: Codable, Sendable, Hashable {
    /// What became of an upload whose bytes have all come.
    struct Outcome: Codable, Sendable, Hashable {
        /// Of the response that the whole was answered with.
        var status: Int
        var location: String?
        /// The JSON of the response, or of the problem; `nil` for one that is too large to keep.
        var body: Data?
    }

    /// A UUID in lower case: nobody guesses it, and only its owner is told anything under it.
    var id: String
    var owner: Owner
    /// The id of the operation that the whole is for.
    var operation: String
    /// The request that began it, for the operation to read once all bytes have come.
    var method: String
    var path: String
    var query: String?
    var parameters: [String: String]
    var contentType: String?
    /// Bytes that the whole may have.
    var limitBytes: Int
    /// Bytes of the whole, as soon as the client has said how many.
    var length: Int?
    /// Bytes that outlive the process.
    var offset = 0
    var createdAt: Date
    /// When it goes, unless more of it comes before.
    var expiresAt: Date
    var outcome: Outcome?

    /// A part of the bytes, where they do not lie in one file.
    struct Part: Codable, Sendable, Hashable {
        /// Of the part among those of its upload.
        var name: String
        var byteCount: Int
    }

    /// In the order of the bytes.
    var parts: [Part]?
    /// Which request of which process appends, where several processes may; `nil` when none does.
    var holder: String?
    /// When another request may go on although ``holder`` is set: its process is lost by then.
    var heldUntil: Date?
    /// Whether ``holder`` works on the whole.
    var isCompleting: Bool?

    var isComplete: Bool { outcome != nil }

    /// Where it is resumed.
    var location: String { ResumableUploads.path + "/" + id }

    /// What a client must keep to.
    func limit(at time: Date) -> String {
        "max-size=\(limitBytes), max-age=\(max(0, Int(expiresAt.timeIntervalSince(time))))"
    }

    /// The request that began it, with whole bytes, in the name of the one that ended it.
    func request(endedBy last: RoutedRequest) -> RoutedRequest {
        var routed = last
        var headers = HTTPFields()
        if let contentType { headers[.contentType] = contentType }
        routed.request.headers = headers
        routed.request.method = HTTPRequest.Method(rawValue: method) ?? .post
        routed.request.path = path
        routed.request.query = query
        routed.parameters = parameters
        return routed
    }
}
