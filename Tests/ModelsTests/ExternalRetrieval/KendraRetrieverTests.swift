import AWSServices
import Foundation
import JSONValue
import TestSupport
import Testing
import Transport

@testable import Models

@Suite(.timeLimit(.minutes(2))) struct `Asking Kendra as the caller` {
    private let double: AWSDouble

    init() throws {
        double = try AWSDouble()
    }

    private func retriever(_ settings: KendraRetriever.Settings = .init()) async throws -> KendraRetriever {
        KendraRetriever(
            try Kendra(try await double.account()), indexID: ExternalRetrieverUnderTest.index,
            settings: settings)
    }

    /// The user context that was sent for a caller.
    private func sent(
        _ caller: ExternalCaller, _ settings: KendraRetriever.Settings = .init()
    ) async throws -> JSONValue? {
        _ = try await retriever(settings).retrieve(ExternalQuery("a", limit: 5, caller: caller))
        return try #require(try await double.calls().last).body["UserContext"]
    }

    @Test func `always names somebody, and nobody who is not there`() async throws {
        #expect(try await sent(.anonymous) == ["UserId": "millrace-anonymous"])
        #expect(try await sent(ExternalCaller(userID: " ")) == ["UserId": "millrace-anonymous"])
        #expect(
            try await sent(ExternalCaller(userID: "ada", groups: ["b", "a", "b", ""])) == [
                "UserId": "ada", "Groups": ["b", "a"],
            ])
        var settings = KendraRetriever.Settings()
        settings.anonymousUserID = "guest"
        settings.everyoneGroup = "all"
        #expect(try await sent(.anonymous, settings) == ["UserId": "guest", "Groups": ["all"]])
        #expect(
            try await sent(ExternalCaller(userID: "ada", groups: ["all", "b"]), settings) == [
                "UserId": "ada", "Groups": ["all", "b"],
            ])
    }

    @Test func `sends the caller's token alone where there is one`() async throws {
        let caller = ExternalCaller(userID: "ada", groups: ["b"], token: AWSSecretText("a.b.ada"))
        #expect(try await sent(caller) == ["Token": "a.b.ada"])
        #expect(
            try await sent(ExternalCaller(token: AWSSecretText(""))) == ["UserId": "millrace-anonymous"])
        var shown = "\(caller)"
        dump(caller, to: &shown)
        #expect(!shown.contains("a.b.ada"))
    }

    @Test func `shows its token only to an index that asks for tokens, and asks nothing without one`()
        async throws
    {
        let caller = ExternalCaller(userID: "ada", groups: ["b"], token: AWSSecretText("a.b.ada"))
        #expect(
            try await sent(caller, .init(tokens: .never)) == ["UserId": "ada", "Groups": ["b"]])
        #expect(try await sent(caller, .init(tokens: .required)) == ["Token": "a.b.ada"])
        let calls = try await double.calls().count
        let found = try await retriever(.init(tokens: .required))
            .retrieve(ExternalQuery("a", limit: 5, caller: ExternalCaller(userID: "ada")))
        #expect(found.isEmpty)
        #expect(try await double.calls().count == calls)
    }

    @Test func `may ask Query, whose answers and excerpts are passages as well`() async throws {
        try await ExternalRetrieverUnderTest.hold(
            [
                .init(
                    id: "a", title: "Harbour",
                    text: "It is old. The harbour crane is oiled in May. It is red."),
                .init(id: "b", title: "Secret", text: "The harbour crane is sold.", readers: ["user:ada"]),
            ], in: double)
        let retriever = try await retriever(.init(operation: .query))
        let query = try ExternalQuery("When is the harbour crane oiled?", limit: 5, caller: .anonymous)
        let found = try await retriever.retrieve(query)
        #expect(try await double.calls().map(\.operation) == ["Query"])
        #expect(found.map { $0.metadata["result"] } == ["ANSWER", "DOCUMENT"])
        #expect(found.first?.text == "The harbour crane is oiled in May.")
        #expect(found.allSatisfy { $0.documentID == "a" && $0.title == "Harbour" && $0.url != nil })
        #expect(try await double.calls().last?.body["UserContext"]?["UserId"] == "millrace-anonymous")
        let ada = try await retriever.retrieve(
            ExternalQuery("harbour", limit: 5, caller: ExternalCaller(userID: "ada")))
        #expect(Set(ada.map(\.documentID)) == ["a", "b"])
    }

    @Test func `finds everything for everybody only when told so`() async throws {
        try await ExternalRetrieverUnderTest.hold(
            [.init(id: "a", title: "A", text: "harbour", readers: ["user:ada"])], in: double)
        let query = try ExternalQuery("harbour", limit: 5, caller: .anonymous)
        #expect(try await retriever().retrieve(query).isEmpty)
        #expect(try await retriever(.init(ignoresCaller: true)).retrieve(query).count == 1)
        #expect(try await double.calls().last?.body["UserContext"] == nil)
    }

    @Test func `leaves no group out: a document may be denied to it`() async throws {
        let caller = ExternalCaller(userID: "ada", groups: (0..<2_049).map { "g\($0)" })
        let retriever = try await retriever()
        let error = await #expect(throws: AWSError.self) {
            try await retriever.retrieve(ExternalQuery("a", limit: 5, caller: caller))
        }
        guard case .invalidOperation = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.description.contains("2048") == true || error?.description.contains("2,048") == true)
        #expect(try await double.calls().isEmpty)
    }

    @Test func `is among the documents of a filter`() async throws {
        try await ExternalRetrieverUnderTest.hold(
            [.init(id: "a", title: "A", text: "harbour", readers: nil)], in: double)
        let query = try ExternalQuery("harbour", limit: 5, caller: .anonymous)
        #expect(
            try await retriever(.init(filter: .equals("team", .string("red")))).retrieve(query).count == 1)
        #expect(try await retriever(.init(filter: .equals("team", .string("blue")))).retrieve(query).isEmpty)
    }

    @Test func `tells of a document what Kendra does`() async throws {
        let date = Date(timeIntervalSince1970: 1_750_000_000)
        let json = """
            {"ResultItems": [{"Id": "1", "DocumentId": "d", "DocumentTitle": " ", "Content": "t",
              "DocumentURI": "file:///etc/a%20page.html", "ScoreAttributes": {"ScoreConfidence": "LOW"},
              "DocumentAttributes": [{"Key": "_last_updated_at", "Value": {"DateValue": 1750000000}},
                {"Key": "tags", "Value": {"StringListValue": ["a", "b"]}},
                {"Key": "size", "Value": {"LongValue": 7}}]}]}
            """
        let kendra = Kendra(try replayedService(Kendra.description, "/", [json]))
        let retriever = KendraRetriever(kendra, indexID: ExternalRetrieverUnderTest.index)
        let passages = try await retriever.retrieve(ExternalQuery("t", limit: 5, caller: .anonymous))
        #expect(
            passages == [
                ExternalPassage(
                    documentID: "d", title: "a page.html", text: "t", score: 0.25, updatedAt: date,
                    metadata: [
                        "_last_updated_at": "2025-06-15T15:06:40Z", "tags": "a, b", "size": "7",
                        "confidence": "LOW",
                    ])
            ])
    }
}
