import Foundation

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
