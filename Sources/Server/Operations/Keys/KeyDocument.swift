import Corpus
import Foundation
import Workspace

/// An API key, as it is listed: nothing of it opens anything.
struct KeyDocument: ResponseDocument {
    var id: String
    var name: String
    var state: String
    var principals: [String]
    var scopes: [String]
    var createdAt: Date
    var createdBy: String
    @Nullable var expiresAt: Date?
    @Nullable var revokedAt: Date?
    @Nullable var lastUsedAt: Date?
    @Nullable var requestsPerMinute: Int?
    @Nullable var concurrentRuns: Int?

    static var schema: JSONSchema { .object(required: fields).named("Key") }

    fileprivate static var fields: [String: JSONSchema] {
        let time = JSONSchema.time.orNull
        let count = JSONSchema.integer.orNull
        return [
            "id": .text, "name": .text, "state": .choice(APIKey.State.allCases.map(\.rawValue)),
            "principals": .list(of: .text), "scopes": .list(of: .choice(Scope.allCases.map(\.rawValue))),
            "created_at": .time, "created_by": .text, "expires_at": time, "revoked_at": time,
            "last_used_at": time, "requests_per_minute": count, "concurrent_runs": count,
        ]
    }

    init(_ key: APIKey, at time: Date = Date()) {
        id = key.id
        name = key.name
        state = key.state(at: time).rawValue
        principals = key.principals.sorted().map(\.description)
        scopes = key.scopes.sorted()
        createdAt = key.createdAt
        createdBy = key.createdBy
        _expiresAt = Nullable(wrappedValue: key.expiresAt)
        _revokedAt = Nullable(wrappedValue: key.revokedAt)
        _lastUsedAt = Nullable(wrappedValue: key.lastUsedAt)
        _requestsPerMinute = Nullable(wrappedValue: key.requestsPerMinute)
        _concurrentRuns = Nullable(wrappedValue: key.concurrentRuns)
    }
}

/// Every key of a tenant.
struct KeyListDocument: ResponseDocument {
    var keys: [KeyDocument]

    static var schema: JSONSchema {
        .object(required: ["keys": .list(of: KeyDocument.schema)]).named("KeyList")
    }
}

/// A key that was just made, with the secret that is never shown again.
struct NewKeyDocument: ResponseDocument {
    var secret: String
    var key: KeyDocument

    static var schema: JSONSchema {
        .object(required: [
            "secret": JSONSchema.text.described("what its holder sends; it is shown this once"),
            "key": KeyDocument.schema,
        ]).named("NewKey")
    }
}
