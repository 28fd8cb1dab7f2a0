import Corpus
import Foundation
import HTTPTypes
import Workspace

/// `/v1/members`: who is known, what they have, and how much they may read.
struct MemberOperations: Sendable {
    let members: any MemberCatalog
    let people: People

    var operations: [Operation] { [list, show] }

    /// Of the groups or members of one.
    private static let relatedLimit = 500

    private enum Kind: String, CaseIterable, Sendable {
        case any, user, group

        var principals: Principal.Kind? { Principal.Kind(rawValue: rawValue) }
    }

    private var list: Operation {
        .scoped(
            .admin, "listMembers", .get, "/v1/members",
            summary: "users and groups that the last syncs know, or that have keys or sessions",
            section: "administration",
            inputs: Inputs.query("q", .text, standard: "", "part of the principal, whatever its case")
                .and(Inputs.query("kind", .choice, standard: Kind.any, "only users or only groups"))
                .and(Inputs.query("cursor", .cursor, standard: .beginning, "“next” of the page before"))
                .and(Inputs.query("limit", .integer(in: 1...500), standard: 100, "members a page")),
            responses: [.json(MemberListDocument.self, "one page, by principal")]
        ) { input, caller in
            let (((text, kind), cursor), limit) = input
            let holdings = try await people.holdings(tenant: caller.owner.tenant)
            let found = try await page(
                kind.principals, matching: text, after: cursor.id, limit: limit, holdings)
            return try .json(
                MemberListDocument(
                    members: found.map { MemberDocument($0, holdings) },
                    next: Nullable(
                        wrappedValue: PageCursor.next(
                            after: found.map(\.principal.description), limit: limit))))
        }
    }

    /// Those that syncs know, and between them those that only have something, in one order.
    private func page(
        _ kind: Principal.Kind?, matching text: String, after last: String, limit: Int,
        _ holdings: People.Holdings
    ) async throws -> [KnownMember] {
        let known = try await members.knownMembers(kind, matching: text, after: last, limit: limit)
        let end = known.count == limit ? known.last?.principal.description : nil
        let wanted = text.lowercased()
        let others = holdings.principals.filter { principal in
            let written = principal.description
            return (kind == nil || principal.kind == kind)
                && (wanted.isEmpty || written.lowercased().contains(wanted))
                && Self.precedes(last, written) && (end.map { Self.precedes(written, $0) } ?? true)
        }.subtracting(known.map(\.principal))
        let all = known + others.map { KnownMember(principal: $0, count: 0) }
        return Array(
            all.sorted { Self.precedes($0.principal.description, $1.principal.description) }.prefix(limit))
    }

    /// As the database orders texts.
    private static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }

    private var show: Operation {
        .scoped(
            .admin, "getMember", .get, "/v1/members/{principal}",
            summary: "a user or group, what it has, and how much it may read", section: "administration",
            inputs: Inputs.path("principal", .text, "user:ID or group:NAME, percent-encoded"),
            responses: [.json(MemberDetailsDocument.self, "the member")], problems: [.noSuchThing]
        ) { text, caller in
            guard let principal = Principal(text), principal.kind != nil else {
                throw RequestFault.noSuchMember(text)
            }
            let holdings = try await people.holdings(tenant: caller.owner.tenant)
            let groups = try await members.groups(of: principal, limit: Self.relatedLimit)
            let users = try await members.members(of: principal, limit: Self.relatedLimit)
            guard !groups.isEmpty || !users.isEmpty || holdings.principals.contains(principal) else {
                throw RequestFault.noSuchMember(text)
            }
            return try .json(
                MemberDetailsDocument(
                    principal, groups: groups, members: users, holdings,
                    readable: try await members.readableSpaces(for: Reader([principal]))))
        }
    }
}
