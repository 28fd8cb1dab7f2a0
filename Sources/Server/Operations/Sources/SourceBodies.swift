import Corpus
import Foundation
import JSONValue
import Workspace

/// The body of `POST /v1/sources`.
struct SourceBody: RequestDocument {
    var definition: SourceDefinition
    var secret: String

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case name, kind, auth, spaces, options, permissions
        case baseURL = "base_url"
        case syncMinutes = "sync_minutes"
    }

    static let summary = "a Confluence, and how it is read"

    static var schema: JSONSchema {
        .request(
            required: [
                "name": SourceFields.name, "kind": .choice(SourceDefinition.Kind.allCases.map(\.rawValue)),
                "base_url": JSONSchema.text.described(
                    "as a person pastes it: with or without /wiki, with a context path, or a page's"),
                "auth": SourceAuthBody.schema,
            ], optional: SourceFields.shared
        ).named("SourceRequest")
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        let kindText = try container.decode(String.self, forKey: .kind)
        guard let kind = SourceDefinition.Kind(rawValue: kindText) else {
            throw RequestFault.invalidField(
                name: "kind", reason: SourceFields.choices(SourceDefinition.Kind.self))
        }
        let auth = try container.decode(SourceAuthBody.self, forKey: .auth)
        guard let signIn = auth.signIn else {
            throw RequestFault.invalidField(name: "auth.type", reason: "is missing")
        }
        definition = SourceDefinition(
            name: try SourceFields.name(try container.decode(String.self, forKey: .name)), kind: kind,
            baseURL: try container.decode(String.self, forKey: .baseURL), signIn: signIn, email: auth.email)
        secret = auth.secret
        if let spaces = try container.decodeIfPresent(SourceSpacesBody.self, forKey: .spaces) {
            spaces.apply(to: &definition)
        }
        if let minutes = try container.decodeIfPresent(Int.self, forKey: .syncMinutes) {
            definition.syncMinutes = try SourceFields.minutes(minutes)
        }
        if let text = try container.decodeIfPresent(String.self, forKey: .permissions) {
            definition.permissions = try SourceFields.permissions(text)
        }
        if let options = try container.decodeIfPresent(SourceOptionsBody.self, forKey: .options) {
            options.apply(to: &definition.options)
        }
    }
}

/// The body of `PATCH /v1/sources/{id}`: what shall be other than it is.
struct SourceChangeBody: RequestDocument {
    var name: String?
    var spaces: SourceSpacesBody?
    var syncMinutes: Int?
    var isEnabled: Bool?
    var permissions: SourceDefinition.Permissions?
    var options: SourceOptionsBody?
    var auth: SourceAuthBody?
    /// Names of the fields that the body has.
    var fields: [String]

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case name, spaces, enabled, permissions, options, auth
        case syncMinutes = "sync_minutes"
    }

    static let summary = "what shall be other than it is"

    static var schema: JSONSchema {
        var fields = SourceFields.shared
        fields["name"] = SourceFields.name
        fields["enabled"] = JSONSchema.flag.described("whether it is synced; enabling it begins with a sync")
        fields["auth"] = SourceAuthBody.schema
        return .request(required: [:], optional: fields).named("SourceChange")
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        fields = container.allKeys.map(\.stringValue)
        name = try container.decodeIfPresent(String.self, forKey: .name).map { try SourceFields.name($0) }
        spaces = try container.decodeIfPresent(SourceSpacesBody.self, forKey: .spaces)
        syncMinutes = try container.decodeIfPresent(Int.self, forKey: .syncMinutes).map {
            try SourceFields.minutes($0)
        }
        isEnabled = try container.decodeIfPresent(Bool.self, forKey: .enabled)
        permissions = try container.decodeIfPresent(String.self, forKey: .permissions).map {
            try SourceFields.permissions($0)
        }
        options = try container.decodeIfPresent(SourceOptionsBody.self, forKey: .options)
        auth = try container.decodeIfPresent(SourceAuthBody.self, forKey: .auth)
    }

    func apply(to definition: inout SourceDefinition) {
        if let name { definition.name = name }
        spaces?.apply(to: &definition)
        if let syncMinutes { definition.syncMinutes = syncMinutes }
        if let permissions { definition.permissions = permissions }
        options?.apply(to: &definition.options)
        if let signIn = auth?.signIn { (definition.signIn, definition.email) = (signIn, auth?.email) }
    }
}

/// What a source is signed in to with. Without a type only the secret is another one.
struct SourceAuthBody: Decodable, Sendable {
    var signIn: SourceDefinition.SignIn?
    var email: String?
    var secret: String

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case type, email, secret
    }

    static var schema: JSONSchema {
        .request(
            required: ["secret": JSONSchema.text.described("a token or password; it is never shown again")],
            optional: [
                "type": .choice(SourceDefinition.SignIn.allCases.map(\.rawValue)),
                "email": JSONSchema.text.described("the account of “basic”: an e-mail address or user name"),
            ]
        ).described("with “basic”, email and secret; with “bearer”, the secret alone")
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        secret = try container.decode(String.self, forKey: .secret)
        guard (1...StoredSource.secretBytes).contains(secret.utf8.count), SourceFields.isPlain(secret) else {
            throw RequestFault.invalidField(
                name: "auth.secret",
                reason: "must be 1 to \(StoredSource.secretBytes) bytes without control characters")
        }
        email = try container.decodeIfPresent(String.self, forKey: .email)
        signIn = try container.decodeIfPresent(String.self, forKey: .type).map { text in
            guard let signIn = SourceDefinition.SignIn(rawValue: text) else {
                throw RequestFault.invalidField(
                    name: "auth.type", reason: SourceFields.choices(SourceDefinition.SignIn.self))
            }
            return signIn
        }
        switch (signIn, email) {
        case (.basic, let email?):
            // What stands before the first colon is the user (RFC 7617).
            guard (1...500).contains(email.utf8.count), SourceFields.isPlain(email), !email.contains(":")
            else {
                throw RequestFault.invalidField(
                    name: "auth.email", reason: "must be 1 to 500 bytes without colons and control characters"
                )
            }
        case (.basic, nil): throw RequestFault.invalidField(name: "auth.email", reason: "is missing")
        case (_, .some):
            throw RequestFault.invalidField(name: "auth.email", reason: "is for the type “basic” alone")
        case (_, nil): break
        }
    }
}

/// Which spaces of a site are read.
struct SourceSpacesBody: Decodable, Sendable {
    var included: [String]?
    var excluded: [String]?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case included, excluded
    }

    static var schema: JSONSchema {
        let keys = JSONSchema.list(of: .text)
        return .request(
            required: [:],
            optional: [
                "included": keys.described(
                    "keys or patterns such as TEAM-*; empty for all that are not personal"),
                "excluded": keys.described("keys or patterns of those that are left out"),
            ])
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        included = try container.decodeIfPresent([String].self, forKey: .included).map {
            try SourceFields.keys($0, "spaces.included")
        }
        excluded = try container.decodeIfPresent([String].self, forKey: .excluded).map {
            try SourceFields.keys($0, "spaces.excluded")
        }
    }

    func apply(to definition: inout SourceDefinition) {
        if let included { definition.spaces = included }
        if let excluded { definition.excludedSpaces = excluded }
    }
}
