import Corpus
import Foundation

/// A space as its site lists it.
struct RemoteSpace: Sendable {
    var id: String
    var space: Space
}

/// Who may read one content itself, leaving aside what is above it.
enum RemoteRestriction: Sendable, Equatable {
    /// No restriction: it inherits.
    case inherits
    case only(Set<Principal>)
}

/// A page, blog post, comment or attachment as a listing gives it: all but the body.
struct RemoteContent: Sendable {
    struct Parent: Sendable {
        var id: String
        /// `page`, `folder`, `whiteboard`, …
        var type: String
    }

    struct File: Sendable {
        var mediaType: String?
        var byteCount: Int?
        var link: String
    }

    var id: String
    var kind: Document.Kind
    var title: String
    var version: Int
    var parent: Parent?
    var author: UserReference?
    var authorName: String?
    var updatedAt: Date?
    /// Where a browser opens it, if the listing says.
    var url: String?
    /// `nil` when the listing does not say.
    var labels: [String]?
    /// `nil` when the listing does not say.
    var restriction: RemoteRestriction?
    var file: File?
    /// Which of its lists a comment stands in; its body is asked for there.
    var isInlineComment = false
}

/// A body with what comes along with it.
struct RemoteBody: Sendable {
    var storage: String
    var version: Int?
    var labels: [String]?
}

/// What Cloud and Data Center answer differently.
protocol ConfluenceDialect: Sendable {
    /// Current spaces: those of `keys`, or all when it is empty.
    func spaces(keys: [String]) async throws -> [RemoteSpace]
    /// Who may view a space.
    func viewers(of space: RemoteSpace) async throws -> Set<Principal>
    /// All current pages and blog posts of a space, without bodies.
    func contents(of space: RemoteSpace) async throws -> [RemoteContent]
    /// A parent that the space's listing does not hold.
    func parent(_ parent: RemoteContent.Parent) async throws -> RemoteContent
    /// The read restriction of one content.
    func restriction(of id: String) async throws -> RemoteRestriction
    func body(of content: RemoteContent) async throws -> RemoteBody
    /// All comments under a content, replies included, without bodies.
    func comments(on content: RemoteContent) async throws -> [RemoteContent]
    func attachments(of content: RemoteContent) async throws -> [RemoteContent]
    func file(_ file: RemoteContent.File) async throws -> Data
    /// Display names of those of `users` that the site tells.
    func displayNames(of users: Set<UserReference>) async throws -> [UserReference: String]
    /// Succeeds as long as the credentials are good.
    func probe() async throws
}
