import Foundation

/// One page of a listing, v1 or v2.
struct ListingAnswer<Entry: Decodable>: Decodable {
    struct Links: Decodable {
        var next: String?
        var base: String?
    }

    /// What comes with a list that is part of another answer.
    struct Meta: Decodable {
        var hasMore: Bool?
    }

    var results: [Entry]
    var start: Int?
    var limit: Int?
    var totalSize: Int?
    var meta: Meta?
    var links: Links?

    private enum CodingKeys: String, CodingKey {
        case results, start, limit, totalSize, meta
        case links = "_links"
    }
}

/// An id that is a string here and a number there.
struct WireID: Decodable, Hashable, Sendable {
    var text: String

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Int64.self) {
            text = String(number)
        } else {
            text = try container.decode(String.self)
        }
    }
}

/// Types of the Cloud's v2 API.
enum CloudWire {
    struct Space: Decodable, Identifiable, Sendable {
        var id: WireID
        var key: String
        var name: String?
        var type: String?
    }

    struct Version: Decodable, Sendable {
        var number: Int?
        var createdAt: String?
        var authorId: String?
    }

    struct Body: Decodable, Sendable {
        struct Representation: Decodable, Sendable { var value: String? }
        var storage: Representation?
        var exportView: Representation?

        private enum CodingKeys: String, CodingKey {
            case storage
            case exportView = "export_view"
        }
    }

    struct Label: Decodable, Identifiable, Sendable {
        var id: WireID
        var name: String
        var prefix: String?
    }

    struct Links: Decodable, Sendable {
        var webui: String?
        var base: String?
    }

    /// A page, blog post, comment, attachment or folder: they share most of their shape.
    struct Content: Decodable, Identifiable, Sendable {
        var id: WireID
        var title: String?
        var status: String?
        var parentId: WireID?
        var parentType: String?
        var authorId: String?
        var createdAt: String?
        var spaceId: WireID?
        var pageId: WireID?
        var blogPostId: WireID?
        var version: Version?
        var body: Body?
        var labels: ListingAnswer<Label>?
        var links: Links?
        var mediaType: String?
        var fileSize: Int?
        var downloadLink: String?

        private enum CodingKeys: String, CodingKey {
            case id, title, status, parentId, parentType, authorId, version, body, labels, mediaType, fileSize
            case downloadLink, createdAt, spaceId, pageId, blogPostId
            case links = "_links"
        }
    }

    struct User: Decodable, Sendable {
        var accountId: String
        var displayName: String?
        var publicName: String?
    }

    struct Users: Decodable, Sendable { var results: [User] }

    struct SpacePermission: Decodable, Identifiable, Sendable {
        struct Principal: Decodable, Sendable {
            var type: String?
            var id: String?
        }
        struct Operation: Decodable, Sendable {
            var key: String?
            var targetType: String?
        }
        var id: WireID
        var principal: Principal?
        var operation: Operation?
    }
}

extension ListingAnswer: Sendable where Entry: Sendable {}
extension ListingAnswer.Links: Sendable where Entry: Sendable {}
extension ListingAnswer.Meta: Sendable where Entry: Sendable {}

/// Types of the v1 API: Data Center's, and Cloud's for restrictions.
enum WireV1 {
    struct Space: Decodable, Identifiable, Sendable {
        var id: WireID
        var key: String
        var name: String?
        var type: String?
        var status: String?
        var permissions: [Permission]?
    }

    struct Subject: Decodable, Sendable {
        /// What only a list of members needs: who it is, whatever names it.
        var identity: String { accountId ?? username ?? userKey ?? name ?? "" }

        var type: String?
        var username: String?
        var userKey: String?
        var accountId: String?
        var displayName: String?
        var name: String?
        var id: WireID?
    }

    struct Subjects: Decodable, Sendable {
        struct List: Decodable, Sendable {
            var results: [Subject]
            var size: Int?
            var limit: Int?
        }
        var user: List?
        var group: List?
    }

    /// A restriction of one operation: `restriction/byOperation/read`, or expanded in a content.
    struct Restriction: Decodable, Sendable {
        var restrictions: Subjects?
    }

    struct Restrictions: Decodable, Sendable { var read: Restriction? }

    /// One grant on a space: `subject` in newer versions, `subjects` in older ones.
    struct Permission: Decodable, Sendable {
        struct Operation: Decodable, Sendable {
            var key: String?
            var operationKey: String?
            var operation: String?
            var targetType: String?
            var target: String?
        }
        var operation: Operation?
        var subject: Subject?
        var subjects: Subjects?
        var anonymousAccess: Bool?
    }

    /// The answer of JSON-RPC's `getSpacePermissionSets`.
    struct PermissionSet: Decodable, Sendable {
        struct Grant: Decodable, Sendable {
            var userName: String?
            var groupName: String?
        }
        var type: String?
        var spacePermissions: [Grant]
    }

    struct Ancestor: Decodable, Sendable {
        var id: WireID
        var title: String?
    }

    struct Version: Decodable, Sendable {
        var number: Int?
        var when: String?
        var by: Subject?
    }

    struct Label: Decodable, Identifiable, Sendable {
        var name: String
        var prefix: String?
        var id: String { "\(prefix ?? ""):\(name)" }
    }

    struct Metadata: Decodable, Sendable {
        var labels: ListingAnswer<Label>?
        var mediaType: String?
    }

    struct Extensions: Decodable, Sendable {
        var mediaType: String?
        var fileSize: Int?
        /// Of a comment: `footer`, `inline` or `resolved`.
        var location: String?
    }

    struct History: Decodable, Sendable {
        var createdBy: Subject?
        var createdDate: String?
    }

    /// The space that a content stands in, or the page that a comment or attachment hangs on.
    struct Place: Decodable, Sendable {
        var id: WireID?
        var key: String?
        var type: String?
    }

    struct Links: Decodable, Sendable {
        var webui: String?
        var download: String?
    }

    /// Which kinds of content hang below (Cloud).
    struct ChildTypes: Decodable, Sendable {
        struct Presence: Decodable, Sendable { var value: Bool? }
        var comment: Presence?
        var attachment: Presence?
    }

    /// What hangs below, the first few of each kind (Data Center).
    struct Children: Decodable, Sendable {
        struct Entry: Decodable, Sendable {}
        struct List: Decodable, Sendable { var results: [Entry] }
        var comment: List?
        var attachment: List?
    }

    struct Content: Decodable, Identifiable, Sendable {
        var id: WireID
        var type: String?
        var status: String?
        var title: String?
        var ancestors: [Ancestor]?
        var version: Version?
        var history: History?
        var space: Place?
        var container: Place?
        var body: CloudWire.Body?
        var metadata: Metadata?
        var extensions: Extensions?
        var restrictions: Restrictions?
        var childTypes: ChildTypes?
        var children: Children?
        var links: Links?

        private enum CodingKeys: String, CodingKey {
            case id, type, status, title, ancestors, version, history, space, container, body, metadata
            case extensions, restrictions, childTypes, children
            case links = "_links"
        }
    }
}

/// Reads the dates of both APIs: ISO 8601, with or without fractions of a second.
func confluenceDate(_ text: String?) -> Date? {
    guard let text else { return nil }
    let exact = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    return (try? exact.parse(text)) ?? (try? Date.ISO8601FormatStyle().parse(text))
}
