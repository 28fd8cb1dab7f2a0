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
