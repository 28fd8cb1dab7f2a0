import AWSServices
import Foundation
import Models
import TestSupport
import Testing
import Transport

/// What every ``ExternalRetriever`` keeps to.
@Suite(.timeLimit(.minutes(2))) struct `Every external retriever` {
    private static let documents = [
        SearchedDocument(id: "noon", title: "Lunch", text: "Lunch is at noon in the harbour.", readers: nil),
        SearchedDocument(
            id: "over", title: "Failover", text: "A failover of the harbour takes ten minutes.",
            readers: nil),
        SearchedDocument(
            id: "ada", title: "Harbour notes", text: "Ada's notes on the harbour.", readers: ["user:ada"]),
        SearchedDocument(
            id: "board", title: "Harbour plans", text: "The board's plans for the harbour.",
            readers: ["group:board", "group:staff"]),
        SearchedDocument(id: "blank", title: "Harbour", text: " \n", readers: nil),
    ]

    private func ids(
        _ retriever: any ExternalRetriever, _ text: String, _ caller: ExternalCaller, limit: Int = 100
    ) async throws -> [String] {
        try await retriever.retrieve(ExternalQuery(text, limit: limit, caller: caller)).map(\.title)
    }

    @Test(arguments: ExternalRetrieverUnderTest.all)
    func `finds passages that can be cited, the best first`(
        _ tested: ExternalRetrieverUnderTest
    ) async throws {
        let double = try AWSDouble()
        try await ExternalRetrieverUnderTest.hold(Self.documents, in: double)
        let retriever = try await tested.make(double, 1)
        #expect(!retriever.name.isEmpty)
        let query = try ExternalQuery("failover harbour takes", limit: 10, caller: .anonymous)
        let found = try await retriever.retrieve(query)
        #expect(found.map(\.title) == ["Failover", "Lunch"])
        #expect(found[0].text == "A failover of the harbour takes ten minutes.")
        #expect(found[0].url == "https://wiki.example.com/over")
        #expect(found[0].metadata["team"] == "red" && found[0].metadata["readers"] == nil)
        let scores = found.compactMap(\.score)
        #expect(scores.count == 2 && scores[0] > scores[1])
        #expect(Set(found.map(\.id)).count == 2 && Set(found.map(\.documentID)).count == 2)
        #expect(try await retriever.retrieve(query) == found)
    }

    @Test(arguments: ExternalRetrieverUnderTest.all)
    func `shows a caller what the caller may read, and somebody unknown what everybody may`(
        _ tested: ExternalRetrieverUnderTest
    ) async throws {
        let double = try AWSDouble()
        try await ExternalRetrieverUnderTest.hold(Self.documents, in: double)
        let retriever = try await tested.make(double, 1)
        func found(_ user: String?, _ groups: [String] = []) async throws -> Set<String> {
            Set(try await ids(retriever, "harbour", ExternalCaller(userID: user, groups: groups)))
        }
        let common: Set = ["Lunch", "Failover"]
        #expect(try await found(nil) == common)
        #expect(try await found("", ["", " "]) == common)
        #expect(try await found("grace") == common)
        #expect(try await found("ada") == common.union(["Harbour notes"]))
        #expect(try await found("grace", ["board"]) == common.union(["Harbour plans"]))
        #expect(try await found(nil, ["x", "staff", "staff"]) == common.union(["Harbour plans"]))
        #expect(try await found("ada", ["staff"]) == common.union(["Harbour notes", "Harbour plans"]))
        // A user is no group, and a group no user.
        #expect(try await found("board", ["ada"]) == common)
        #expect(try await found("group:board", ["user:ada"]) == common)
    }

    @Test(arguments: ExternalRetrieverUnderTest.all)
    func `gives each passage once, none without text, and no more than asked for`(
        _ tested: ExternalRetrieverUnderTest
    ) async throws {
        let double = try AWSDouble()
        let many = (0..<30).map {
            SearchedDocument(id: "d\($0)", title: "Harbour \($0)", text: "harbour \($0)", readers: nil)
        }
        let twice = SearchedDocument(id: "d7", title: "Harbour 7", text: "harbour 7", readers: nil)
        try await ExternalRetrieverUnderTest.hold(Self.documents + many + [twice, twice], in: double)
        let retriever = try await tested.make(double, 1)
        let all = try await ids(retriever, "harbour", .anonymous)
        #expect(all.count == 32 && Set(all).count == 32 && !all.contains("Harbour"))
        #expect(try await ids(retriever, "harbour", .anonymous, limit: 7).count <= 7)
        try await ExternalRetrieverUnderTest.hold(many, in: double)
        #expect(try await ids(retriever, "harbour", .anonymous, limit: 7).count == 7)
        #expect(try await ids(retriever, "harbour", .anonymous, limit: 1).count == 1)
    }

    @Test(arguments: ExternalRetrieverUnderTest.all)
    func `finds nothing where there is nothing, and for nothing asks nobody`(
        _ tested: ExternalRetrieverUnderTest
    ) async throws {
        let double = try AWSDouble()
        let retriever = try await tested.make(double, 1)
        #expect(try await ids(retriever, "", .anonymous).isEmpty)
        #expect(try await ids(retriever, " \n", .anonymous).isEmpty)
        #expect(try await double.calls().isEmpty)
        #expect(try await ids(retriever, "harbour", .anonymous).isEmpty)
        #expect(try await double.calls().count == 1)
    }

    @Test(arguments: ExternalRetrieverUnderTest.all)
    func `fails with a typed error that shows nothing of the query, or asks again`(
        _ tested: ExternalRetrieverUnderTest
    ) async throws {
        let double = try AWSDouble()
        try await ExternalRetrieverUnderTest.hold(Self.documents, in: double)
        let once = try await tested.make(double, 1), twice = try await tested.make(double, 2)
        let caller = ExternalCaller(token: AWSSecretText("planted.token.ada"))
        let query = try ExternalQuery("planted harbour", limit: 10, caller: caller)
        for fault in ["throttle", "500", "503", "cut"] {
            try await double.fail(fault)
            let error = await #expect(throws: AWSError.self) { try await once.retrieve(query) }
            #expect(error?.isRetryable == true, "\(fault)")
            #expect(error.map { "\($0)".contains("planted") } == false)
            try await double.fail(fault)
            #expect(try await !twice.retrieve(query).isEmpty, "\(fault)")
        }
        for (fault, kind) in [
            ("denied", AWSError.Refusal.Kind.accessDenied), ("missing", .notFound), ("not-json", nil),
        ] as [(String, AWSError.Refusal.Kind?)] {
            try await double.fail(fault)
            let error = await #expect(throws: AWSError.self) { try await twice.retrieve(query) }
            #expect(error?.kind == kind && error?.isRetryable == false, "\(fault)")
            #expect(error.map { "\($0)".contains("planted") } == false)
        }
        try await double.fail("expired")
        #expect(try await !twice.retrieve(query).isEmpty)
    }

    @Test(arguments: ExternalRetrieverUnderTest.all)
    func `ends with an error when it is cancelled`(_ tested: ExternalRetrieverUnderTest) async throws {
        let retriever = try await tested.make(try AWSDouble(), 1)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await ids(retriever, "harbour", .anonymous)
        }
        let result = await task.result
        #expect(throws: (any Error).self) { try result.get() }
    }

    @Test(arguments: [0, -1, 101])
    func `is asked for 1 to 100 passages`(limit: Int) throws {
        let error = #expect(throws: ExternalQueryError.limit(limit)) {
            try ExternalQuery("a", limit: limit, caller: .anonymous)
        }
        #expect(error?.description.contains("1 to 100") == true)
        #expect(try ExternalQuery("a", limit: 100, caller: .anonymous).limit == 100)
    }
}
