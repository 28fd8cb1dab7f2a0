import Foundation
import JSONValue
import TestSupport
import Testing
import Transport

@testable import AWSServices

@Suite(.timeLimit(.minutes(2))) struct `An index of Kendra` {
    private static let index = "0a1b2c3d-0000-4000-8000-000000000001"
    private let double: AWSDouble

    init() throws {
        double = try AWSDouble()
    }

    private func kendra() async throws -> Kendra {
        try Kendra(try await double.managedAccount())
    }

    private func query(
        _ text: String, _ context: KendraUserContext? = nil, filter: KendraFilter? = nil
    ) -> KendraQuery {
        KendraQuery(indexID: Self.index, text: text, filter: filter, userContext: context)
    }

    @Test func `gives passages with their documents, the best first`() async throws {
        try await double.holdDocuments(
            """
            [{"id": "a", "title": "Lunch", "text": "Lunch is at noon.", "uri": "https://wiki/a"},
             {"id": "b", "title": "Failover", "text": "A failover takes ten minutes.",
              "uri": "https://wiki/b", "metadata": {"_author": "Ada", "pages": 3}},
             {"id": "c", "title": "Ferry", "text": "The ferry takes an hour."}]
            """)
        let found = try await kendra().retrieve(query("failover takes"))
        #expect(found.map(\.documentID) == ["b", "c"])
        #expect(found[0].title == "Failover" && found[0].text == "A failover takes ten minutes.")
        #expect(found[0].uri == "https://wiki/b" && found[0].attributes == ["_author": .string("Ada")])
        #expect(found[0].confidence == .veryHigh && found[1].confidence == .medium)
        #expect(found[1].uri == nil)
        let calls = try await double.calls()
        #expect(calls.map(\.operation) == ["Retrieve"])
        #expect(calls[0].body["UserContext"] == nil && calls[0].body["PageSize"] == 10)
    }

    @Test func `gives nobody what the user context may not read`() async throws {
        try await double.holdDocuments(
            """
            [{"id": "public", "text": "harbour one"},
             {"id": "ada", "text": "harbour two", "readers": ["user:ada"]},
             {"id": "staff", "text": "harbour three", "readers": ["group:staff", "group:board"]}]
            """)
        func found(_ context: KendraUserContext?) async throws -> Set<String> {
            Set(try await kendra().retrieve(query("harbour", context)).map(\.documentID))
        }
        #expect(try await found(nil) == ["public", "ada", "staff"])
        #expect(try await found(.principals(userID: "nobody")) == ["public"])
        #expect(try await found(.principals(userID: "ada")) == ["public", "ada"])
        #expect(try await found(.principals(userID: nil, groups: ["x", "staff"])) == ["public", "staff"])
        #expect(try await found(.principals(userID: "ada", groups: ["board"])) == ["public", "ada", "staff"])
        #expect(try await found(.token(AWSSecretText("head.body.ada"))) == ["public", "ada"])
        let group = KendraUserContext.DataSourceGroup(groupID: "g", dataSourceID: "d")
        #expect(try await found(.principals(userID: nil, dataSourceGroups: [group])) == ["public"])
        let last = try #require(try await double.calls().last)
        #expect(
            last.body["UserContext"] == ["DataSourceGroups": [["GroupId": "g", "DataSourceId": "d"]]])
    }

    @Test func `is searched among documents with certain attributes`() async throws {
        try await double.holdDocuments(
            """
            [{"id": "a", "text": "harbour", "metadata": {"team": "red", "tags": ["x", "y"], "size": 3}},
             {"id": "b", "text": "harbour", "metadata": {"team": "blue", "tags": ["y"], "size": 5}},
             {"id": "c", "text": "harbour", "metadata": {"size": 8}}]
            """)
        func found(_ filter: KendraFilter) async throws -> [String] {
            try await kendra().retrieve(query("harbour", filter: filter)).map(\.documentID)
        }
        #expect(try await found(.equals("team", .string("red"))) == ["a"])
        #expect(try await found(.not(.equals("team", .string("red")))) == ["b", "c"])
        #expect(try await found(.containsAny("tags", ["x", "z"])) == ["a"])
        #expect(try await found(.containsAll("tags", ["x", "y"])) == ["a"])
        #expect(try await found(.greaterThan("size", .long(5))) == ["c"])
        #expect(try await found(.greaterThanOrEquals("size", .long(5))) == ["b", "c"])
        #expect(try await found(.lessThan("size", .long(5))) == ["a"])
        #expect(try await found(.lessThanOrEquals("size", .long(5))) == ["a", "b"])
        let either: KendraFilter = .any([.equals("team", .string("blue")), .equals("team", .string("red"))])
        #expect(try await found(.all([either, .lessThan("size", .long(4))])) == ["a"])
    }

    @Test func `gives up to 100 results by pages`() async throws {
        let documents = (0..<120).map { #"{"id": "d\#($0)", "text": "harbour"}"# }
        try await double.holdDocuments("[\(documents.joined(separator: ","))]")
        let found = try await kendra().retrieve(query("harbour"), limit: 23, pageSize: 10)
        #expect(found.map(\.documentID) == (0..<23).map { "d\($0)" })
        let pages = try await double.calls().map { $0.body["PageNumber"]?.integer }
        #expect(pages == [1, 2, 3])
        #expect(try await kendra().retrieve(query("harbour"), limit: 100).count == 100)
        #expect(try await kendra().retrieve(query("harbour"), limit: 100, pageSize: 30).count == 100)
        #expect(try await kendra().retrieve(query("nothing"), limit: 100).isEmpty)
        #expect(try await double.calls().count == 3 + 1 + 4 + 1)
    }

    @Test func `gives documents with the places that were found`() async throws {
        try await double.holdDocuments(
            #"[{"id": "a", "title": "Café", "text": "🦊 Née: the harbour and the ferry"}]"#)
        let found = try await kendra().query(query("ferry harbour"), kind: .document)
        #expect(found.total == 1 && found.items.count == 1)
        let item = found.items[0]
        #expect(item.kind == .document && item.documentID == "a" && item.title.text == "Café")
        let words = item.excerpt.highlights.map {
            String(decoding: Array(item.excerpt.text.utf8)[$0.range], as: UTF8.self)
        }
        #expect(words == ["harbour", "ferry"])
        let calls = try await double.calls()
        #expect(calls.map(\.operation) == ["Query"])
        #expect(calls[0].body["QueryResultTypeFilter"] == "DOCUMENT")
    }

    @Test func `tells how it is, and whether it is there`() async throws {
        let index = try await kendra().index(Self.index)
        #expect(index.id == Self.index && index.name == "wiki" && index.status == "ACTIVE")
        #expect(index.isSearchable && index.edition == "ENTERPRISE_EDITION")
        let gone = "gone0000-0000-4000-8000-000000000001"
        let error = await #expect(throws: AWSError.self) { try await kendra().index(gone) }
        #expect(error?.kind == .notFound && error?.description.contains(gone) == true)
    }

    @Test(arguments: ManagedFault.all)
    func `fails with a typed error, or is asked again`(_ fault: ManagedFault) async throws {
        try await ManagedFault.check(fault, planted: "planted") { account in
            let kendra = try Kendra(account)
            let query = KendraQuery(
                indexID: Self.index, text: "planted question",
                userContext: .token(AWSSecretText("planted-token")))
            #expect(try await kendra.retrieve(query).isEmpty)
        }
    }

    @Test func `is not asked what Kendra does not take`() async throws {
        let kendra = try await kendra()
        var nested: KendraFilter = .equals("a", .long(1))
        for _ in 0..<3 { nested = .all([nested]) }
        let eleven = [KendraFilter](repeating: .equals("a", .long(1)), count: 11)
        let names = (0..<2_049).map { "g\($0)" }
        let refused: [KendraQuery] = [
            query(""), query(" \n"), query("a", filter: nested), query("a", filter: .any(eleven)),
            query("a", filter: .all([])), query("a", filter: .not(.containsAny("k", []))),
            query("a", .principals(userID: nil)), query("a", .principals(userID: "")),
            query("a", .principals(userID: nil, groups: names)),
            query("a", .principals(userID: String(repeating: "u", count: 201))),
            query("a", .principals(userID: "u", groups: ["g", ""])), query("a", .token(AWSSecretText(""))),
            query("a", .token(AWSSecretText(String(repeating: "t", count: 100_001)))),
        ]
        for query in refused {
            let error = await #expect(throws: AWSError.self) { try await kendra.retrieve(query) }
            guard case .invalidOperation(_, "Retrieve", _) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
        for (limit, size) in [(0, 10), (101, 10), (-1, 10), (10, 0), (10, 101)] {
            await #expect(throws: AWSError.self) {
                try await kendra.query(query("a"), limit: limit, pageSize: size)
            }
        }
        #expect(try await double.calls().isEmpty)
        let allowed = query("a", .principals(userID: nil, groups: Array(names.dropLast())))
        #expect(try await kendra.retrieve(allowed).isEmpty)
    }
}
