import Corpus
import Foundation
import Workspace

/// A user or group of a list.
struct MemberDocument: ResponseDocument {
    var principal: String
    var kind: String
    @Nullable var groups: Int?
    @Nullable var members: Int?
    var keys: Int
    var sessions: Int

    init(_ member: KnownMember, _ holdings: People.Holdings) {
        principal = member.principal.description
        let isGroup = member.principal.kind == .group
        kind = isGroup ? "group" : "user"
        _groups = Nullable(wrappedValue: isGroup ? nil : member.count)
        _members = Nullable(wrappedValue: isGroup ? member.count : nil)
        keys = holdings.keys[member.principal]?.count ?? 0
        sessions = holdings.sessions[member.principal]?.count ?? 0
    }

    static var schema: JSONSchema {
        .object(required: [
            "principal": .text, "kind": .choice(Principal.Kind.allCases.map(\.rawValue)),
            "groups": JSONSchema.integer.orNull.described("that a user is in; null for a group"),
            "members": JSONSchema.integer.orNull.described("of a group; null for a user"),
            "keys": JSONSchema.integer.described("in force that stand for it"), "sessions": .integer,
        ]).named("Member")
    }
}

struct MemberListDocument: ResponseDocument {
    var members: [MemberDocument]
    /// The cursor of the next page; null behind the last one.
    @Nullable var next: String?

    static var schema: JSONSchema {
        .object(required: ["members": .list(of: MemberDocument.schema), "next": JSONSchema.text.orNull])
            .named("MemberList")
    }
}

/// A user or group with all that is known of it.
struct MemberDetailsDocument: ResponseDocument {
    struct Key: Encodable, Sendable {
        var id: String
        var name: String
        var state: String
    }

    struct Space: Encodable, Sendable {
        var key: String
        var name: String
        var documents: Int
        var of: Int
    }

    struct Readable: Encodable, Sendable {
        var documents: Int
        var of: Int
        var bySpace: [Space]
    }

    var principal: String
    var kind: String
    var groups: [String]
    var members: [String]
    var keys: [Key]
    var sessions: [SessionDocument]
    var readable: Readable

    init(
        _ principal: Principal, groups: [Principal], members: [Principal], _ holdings: People.Holdings,
        readable: [ReadableSpace], at time: Date = Date()
    ) {
        self.principal = principal.description
        kind = principal.kind == .group ? "group" : "user"
        self.groups = groups.map(\.description)
        self.members = members.map(\.description)
        keys = (holdings.keys[principal] ?? []).map {
            Key(id: $0.id, name: $0.name, state: $0.state(at: time).rawValue)
        }
        sessions = (holdings.sessions[principal] ?? []).map { SessionDocument($0) }
        self.readable = Readable(
            documents: readable.reduce(0) { $0 + $1.documents }, of: readable.reduce(0) { $0 + $1.total },
            bySpace: readable.map {
                Space(key: $0.key, name: $0.name, documents: $0.documents, of: $0.total)
            })
    }

    static var schema: JSONSchema {
        let key = JSONSchema.object(required: [
            "id": .text, "name": .text, "state": .choice(APIKey.State.allCases.map(\.rawValue)),
        ])
        let space = JSONSchema.object(required: [
            "key": .text, "name": .text, "documents": .integer, "of": .integer,
        ])
        let readable = JSONSchema.object(required: [
            "documents": JSONSchema.integer.described("that it may read"),
            "of": JSONSchema.integer.described("that there are"), "by_space": .list(of: space),
        ])
        return .object(required: [
            "principal": .text, "kind": .choice(Principal.Kind.allCases.map(\.rawValue)),
            "groups": JSONSchema.list(of: .text).described("the first 500 that a user is in"),
            "members": JSONSchema.list(of: .text).described("the first 500 of a group"),
            "keys": .list(of: key), "sessions": .list(of: SessionDocument.schema), "readable": readable,
        ]).named("MemberDetails")
    }
}

/// Somebody who has signed in with a browser.
struct SessionDocument: ResponseDocument {
    var id: String
    var principals: [String]
    var createdAt: Date
    var expiresAt: Date

    init(_ session: SignInSession) {
        id = session.id
        principals = session.principals.sorted().map(\.description)
        createdAt = session.createdAt
        expiresAt = session.expiresAt
    }

    static var schema: JSONSchema {
        .object(required: [
            "id": JSONSchema.text.described("names it; it opens nothing"), "principals": .list(of: .text),
            "created_at": .time, "expires_at": .time,
        ]).named("Session")
    }
}

struct SessionListDocument: ResponseDocument {
    var sessions: [SessionDocument]

    static var schema: JSONSchema {
        .object(required: ["sessions": .list(of: SessionDocument.schema)]).named("SessionList")
    }
}

/// How many sessions were ended.
struct EndedSessionsDocument: ResponseDocument {
    var ended: Int

    static var schema: JSONSchema { .object(required: ["ended": .integer]).named("EndedSessions") }
}
