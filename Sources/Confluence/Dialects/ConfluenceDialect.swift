import Corpus
import Documents
import Foundation

/// A space as its site lists it.
struct RemoteSpace: Sendable {
    var id: String
    var space: Space
}

/// Who may read one content itself, leaving aside what is above it.
enum RemoteRestriction: Sendable, Equatable, Codable {
    /// No restriction: it inherits.
    case inherits
    case only(Set<Principal>)
}

/// A page, blog post, comment or attachment as a listing gives it: all but the body.
struct RemoteContent: Sendable, Codable {
    struct Parent: Sendable, Codable {
        var id: String
        /// `page`, `folder`, `whiteboard`, …
        var type: String
    }

    struct File: Sendable, Codable {
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
    var createdAt: Date?
    /// The space that it stands in now, if the answer says.
    var spaceKey: String?
    /// Of a comment or attachment: the page or blog post that it hangs on, if the answer says.
    var containerID: String?
    /// Whether anything hangs below it; `nil` when the listing does not say.
    var hasComments: Bool?
    var hasAttachments: Bool?
    /// Set when the listing brought the body along.
    var body: RemoteBody?
    /// Ids of all contents above it, in an order that says nothing; `nil` when ``parent`` leads to all of them.
    var ancestorIDs: [String]?
}

/// A body with what comes along with it.
struct RemoteBody: Sendable, Codable {
    var storage: String
    var version: Int?
    var labels: [String]?
}

/// What Cloud and Data Center answer differently.
protocol ConfluenceDialect: Sendable {
    var api: ConfluenceAPI { get }
    /// Entries that an answer of a listing may hold.
    var limit: Int { get }
    /// What ``detailed(_:)`` has v1 expand.
    var detailExpansion: String { get }
    /// Current spaces: those of `keys`, or all when it is empty.
    func spaces(keys: [String]) async throws -> [RemoteSpace]
    /// Who may view a space.
    func viewers(of space: RemoteSpace) async throws -> Set<Principal>
    /// Whether somebody who is not signed in is shown the space; `false` when that cannot be told.
    func showsUnsigned(_ space: RemoteSpace) async throws -> Bool
    /// Lists all current pages and blog posts of a space, without bodies, one answer of the site at a time.
    ///
    /// No content is handed to `take` twice. The next answer is asked for when `take` returns.
    /// - Throws: what a part of the listing failed with, or what `take` throws. Only a listing that returns was
    ///   whole.
    func list(_ space: RemoteSpace, _ take: ([RemoteContent]) async throws -> Void) async throws
    /// Fills in what the listing did not say (restriction, labels, whether anything hangs below), for as many
    /// contents at a time as the product allows; give up to ``detailBatch``.
    ///
    /// - Returns: the contents in their order. What is still `nil` must be asked for content by content.
    func detailed(_ contents: [RemoteContent]) async throws -> [RemoteContent]
    /// The bodies of several contents of a listing by their ids; give up to ``bodyBatch``.
    ///
    /// One that is absent from the result must be asked for by ``body(of:)``, which tells why.
    func bodies(of contents: [RemoteContent]) async throws -> [String: RemoteBody]
    var detailBatch: Int { get }
    var bodyBatch: Int { get }
    /// One current page, blog post, comment or attachment as it is now, without its body.
    func content(id: String) async throws -> RemoteContent
    /// Everything (comments and attachments as well) that the site's search says was changed since `date`, one
    /// answer at a time. Search lags behind by seconds, and counts in minutes: ask from well before.
    ///
    /// - Parameter spaceKeys: empty for every space.
    func changed(
        since date: Date, in spaceKeys: [String], _ take: ([RemoteContent]) async throws -> Void
    ) async throws
    /// The pages and blog posts of a space that a query of the site's own language finds.
    func ids(foundBy query: String, in spaceKey: String) async throws -> Set<String>
    /// The users in a group, by its name or id.
    func members(of group: String) async throws -> Set<Principal>
    /// A parent that the space's listing does not hold.
    func parent(_ parent: RemoteContent.Parent) async throws -> RemoteContent
    /// The read restriction of one content.
    func restriction(of id: String) async throws -> RemoteRestriction
    func body(of content: RemoteContent) async throws -> RemoteBody
    /// The content as the site renders it, or `nil` when the answer has no such form.
    func exportView(of content: RemoteContent) async throws -> String?
    /// How the site names the places that a link can open a page at.
    var anchors: AnchorStyle { get }
    /// All comments under a content, replies included, without bodies.
    func comments(on content: RemoteContent) async throws -> [RemoteContent]
    func attachments(of content: RemoteContent) async throws -> [RemoteContent]
    func file(of attachment: RemoteContent, _ file: RemoteContent.File) async throws -> Data
    /// Display names of those of `users` that the site tells.
    func displayNames(of users: Set<UserReference>) async throws -> [UserReference: String]
    /// Succeeds as long as the credentials are good.
    func probe() async throws
}

extension ConfluenceDialect {
    var detailBatch: Int { 100 }
    var bodyBatch: Int { 25 }

    /// All current pages and blog posts of a space, without bodies.
    func contents(of space: RemoteSpace) async throws -> [RemoteContent] {
        var contents: [RemoteContent] = []
        try await list(space) { contents += $0 }
        return contents
    }

    func bodies(of contents: [RemoteContent]) async throws -> [String: RemoteBody] { [:] }
}
