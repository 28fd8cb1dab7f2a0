import AWSServices
import Foundation
import JSONValue
import TestSupport
import Testing
import Transport

@testable import Models

@Suite(.timeLimit(.minutes(2))) struct `Asking a knowledge base as the caller` {
    private let double: AWSDouble

    init() throws {
        double = try AWSDouble()
    }

    private func retriever(
        _ settings: KnowledgeBaseRetriever.Settings = .init()
    ) throws -> KnowledgeBaseRetriever {
        KnowledgeBaseRetriever(
            try double.bedrockAgents(), knowledgeBaseID: "KB00000001", settings: settings)
    }

    /// The titles that somebody finds.
    private func found(
        _ caller: ExternalCaller, _ settings: KnowledgeBaseRetriever.Settings = .init()
    ) async throws -> [String] {
        try await retriever(settings).retrieve(ExternalQuery("harbour", limit: 100, caller: caller))
            .map(\.title)
    }

    /// The vector search of the last call.
    private func search() async throws -> JSONValue? {
        try #require(try await double.calls().last)
            .body["retrievalConfiguration"]?["vectorSearchConfiguration"]
    }

    @Test func `finds everything for everybody where no metadata names readers`() async throws {
        try await ExternalRetrieverUnderTest.hold(
            [.init(id: "a", title: "A", text: "harbour", readers: ["user:ada"])], in: double)
        #expect(try await found(.anonymous) == ["A"])
        #expect(try await search()?["filter"] == nil)
        #expect(try await found(.anonymous, .init(readers: .init(key: "readers"))).isEmpty)
        for (key, count) in [("readers", 0), (nil, 1)] as [(String?, Int)] {
            let retriever = KnowledgeBaseRetriever(
                try double.bedrockAgents(), knowledgeBaseID: "KB00000001", readersKey: key)
            let query = try ExternalQuery("harbour", limit: 5, caller: .anonymous)
            #expect(try await retriever.retrieve(query).count == count)
        }
    }

    @Test func `asks for passages that name one of the caller's principals`() async throws {
        let readers = KnowledgeBaseReaders(key: "r")
        _ = try await found(.anonymous, .init(readers: readers))
        #expect(try await search()?["filter"] == ["listContains": ["key": "r", "value": "anyone"]])
        let caller = ExternalCaller(userID: "ada", groups: ["b", "b"])
        _ = try await found(caller, .init(readers: readers, filter: .equals("team", "red")))
        let each = ["anyone", "signed-in", "user:ada", "group:b"].map { name -> JSONValue in
            ["listContains": ["key": "r", "value": .string(name)]]
        }
        #expect(
            try await search()?["filter"] == [
                "andAll": [["equals": ["key": "team", "value": "red"]], ["orAll": .array(each)]]
            ])
        let single = KnowledgeBaseReaders(
            key: "r", form: .single, userPrefix: "u/", groupPrefix: "g/", anyone: "*", signedIn: nil)
        _ = try await found(caller, .init(readers: single))
        #expect(
            try await search()?["filter"] == ["in": ["key": "r", "value": ["*", "u/ada", "g/b"]]])
    }

    @Test(arguments: [1, 2, 3, 4, 20, 22, 23, 100])
    func `names every principal, in lists of lists where there are many`(groups: Int) throws {
        let readers = KnowledgeBaseReaders(key: "r")
        let caller = ExternalCaller(userID: "ada", groups: (0..<groups).map { "g\($0)" })
        guard case .orAll(let lists) = readers.filter(for: caller) else {
            Issue.record("no list")
            return
        }
        var names: [String] = []
        var sizes: [Int] = []
        for list in lists {
            switch list {
            case .listContains("r", .string(let name)): names.append(name)
            case .orAll(let inner):
                sizes.append(inner.count)
                for case .listContains("r", .string(let name)) in inner { names.append(name) }
            default: Issue.record("\(list)")
            }
        }
        #expect(names == readers.principals(of: caller) && names.count == groups + 3)
        #expect(lists.count <= 5)
        if groups + 3 <= 25 { #expect(sizes.allSatisfy { $0 <= 5 }) }
    }

    @Test func `reads one principal as one, and a list as a list`() async throws {
        try await double.holdDocuments(
            """
            [{"id": "a", "text": "harbour", "title": "A", "uri": "s3://b/a", "metadata": {"r": "user:ada"}},
             {"id": "b", "text": "harbour", "title": "B", "uri": "s3://b/b", "metadata": {"r": "anyone"}},
             {"id": "c", "text": "harbour", "title": "C", "uri": "s3://b/c", "metadata": {"r": "group:x"}}]
            """)
        let single = KnowledgeBaseRetriever.Settings(readers: .init(key: "r", form: .single))
        #expect(try await found(ExternalCaller(userID: "ada"), single) == ["A", "B"])
        #expect(try await found(ExternalCaller(groups: ["x"]), single) == ["B", "C"])
        #expect(try await found(.anonymous, single) == ["B"])
    }

    @Test(arguments: [
        (#"{"r": ["user:grace"]}"#, false), (#"{"r": []}"#, false), ("{}", false),
        (#"{"r": "anyone"}"#, false),
        (#"{"r": null}"#, false), (#"{"r": [1, "user:ada"]}"#, true), (#"{"r": ["anyone"]}"#, true),
        (#"{"r": ["signed-in"]}"#, true), (#"{"r": ["ada"]}"#, false), (#"{"r": ["group:ada"]}"#, false),
    ])
    func `leaves out what the caller may not read even if the store gives it`(
        metadata: String, isFound: Bool
    ) async throws {
        let answer = #"{"retrievalResults": [{"content": {"text": "t"}, "metadata": \#(metadata)}]}"#
        let retriever = KnowledgeBaseRetriever(
            BedrockAgentRuntime(
                try replayedService(
                    BedrockAgentRuntime.description, "/knowledgebases/KB00000001/retrieve", [answer])),
            knowledgeBaseID: "KB00000001", settings: .init(readers: .init(key: "r")))
        let query = try ExternalQuery("t", limit: 5, caller: ExternalCaller(userID: "ada"))
        #expect(try await retriever.retrieve(query).isEmpty == !isFound)
    }

    @Test func `says which guardrail kept everything back, and in which request`() async throws {
        try await ExternalRetrieverUnderTest.hold(
            [.init(id: "a", title: "A", text: "harbour")], in: double)
        let retriever = try retriever(.init(guardrail: .init(id: "gr123", version: "2")))
        #expect(
            try await retriever.retrieve(ExternalQuery("harbour", limit: 5, caller: .anonymous)).count == 1)
        let error = await #expect(throws: ModelsError.self) {
            try await retriever.retrieve(
                ExternalQuery("the forbidden harbour", limit: 5, caller: .anonymous))
        }
        guard case .withheld(_, let intervention) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(intervention.guardrail == "gr123" && intervention.version == "2")
        #expect((intervention.requestID?.count ?? 0) > 10)
        #expect(error?.description.contains("forbidden") == false)
    }

    @Test func `asks for the search, the order and the guardrail that it is set to`() async throws {
        let model = "arn:aws:bedrock:us-east-1::foundation-model/cohere.rerank-v3-5:0"
        _ = try await found(
            .anonymous,
            .init(
                search: .vector(.hybrid), reranking: .init(modelARN: model),
                guardrail: .init(id: "gr123", version: "2")))
        #expect(try await search()?["overrideSearchType"] == "HYBRID")
        let reranking = try await search()?["rerankingConfiguration"]?["bedrockRerankingConfiguration"]
        #expect(reranking?["modelConfiguration"]?["modelArn"]?.string == model)
        let body = try #require(try await double.calls().last).body
        #expect(body["guardrailConfiguration"]?["guardrailId"] == "gr123")
    }

    @Test func `tells a managed knowledge base who asks, where it is told to`() async throws {
        let settings = KnowledgeBaseRetriever.Settings(sendsUserID: true, search: .managed)
        _ = try await found(ExternalCaller(userID: "ada@example.com"), settings)
        var body = try #require(try await double.calls().last).body
        #expect(body["userContext"] == ["userId": "ada@example.com"])
        #expect(body["retrievalConfiguration"]?["managedSearchConfiguration"] != nil)
        _ = try await found(.anonymous, settings)
        body = try #require(try await double.calls().last).body
        #expect(body["userContext"] == nil)
        _ = try await found(ExternalCaller(userID: "ada@example.com"))
        body = try #require(try await double.calls().last).body
        #expect(body["userContext"] == nil)
    }

    @Test func `tells of a passage what the knowledge base does`() async throws {
        let answer = """
            {"retrievalResults": [
              {"content": {"text": "one"},
               "location": {"type": "S3", "s3Location": {"uri": "s3://b/a%20b.pdf"}}, "score": 0.5,
               "metadata": {"at": "2025-06-15T15:06:40Z", "n": 3, "t": ["a", "b"], "none": null,
                 "mixed": [1, "a"], "title": "Named"}},
              {"content": {"text": "two"},
               "location": {"type": "S3", "s3Location": {"uri": "s3://b/a%20b.pdf"}},
               "metadata": {"at": 1750000000}},
              {"content": {"text": "three"},
               "location": {"type": "WEB", "webLocation": {"url": "HTTPS://w/x"}},
               "documentId": "doc-3", "metadata": {"at": "yesterday"}},
              {"content": {"text": "four"},
               "location": {"type": "WEB", "webLocation": {"url": "javascript:x"}}},
              {"content": {"text": "five"}}, {"content": {"text": "five"}}, {"content": {"text": "six"}},
              {"content": {"text": "x: 1"},
               "location": {"type": "SQL", "sqlLocation": {"query": "SELECT 1"}}}]}
            """
        let retriever = KnowledgeBaseRetriever(
            BedrockAgentRuntime(
                try replayedService(
                    BedrockAgentRuntime.description, "/knowledgebases/KB00000001/retrieve", [answer])),
            knowledgeBaseID: "KB00000001", settings: .init(updatedAtKey: "at"))
        let found = try await retriever.retrieve(ExternalQuery("t", limit: 50, caller: .anonymous))
        let date = Date(timeIntervalSince1970: 1_750_000_000)
        #expect(found.map(\.text) == ["one", "two", "three", "four", "five", "six", "x: 1"])
        #expect(found.map(\.updatedAt) == [date, date, nil, nil, nil, nil, nil])
        #expect(found.map(\.title).prefix(3) == ["Named", "a b.pdf", "x"])
        #expect(found.map(\.documentID).prefix(3) == ["s3://b/a%20b.pdf", "s3://b/a%20b.pdf", "doc-3"])
        #expect(found.map(\.url) == [nil, nil, "HTTPS://w/x", nil, nil, nil, nil])
        #expect(found[0].score == 0.5 && found[1].score == nil)
        #expect(
            found[0].metadata == [
                "at": "2025-06-15T15:06:40Z", "n": "3", "t": "a, b", "mixed": #"[1,"a"]"#, "title": "Named",
            ])
        #expect(found.allSatisfy { !$0.title.isEmpty && !$0.documentID.isEmpty && $0.title != "SELECT 1" })
        #expect(Set(found.map(\.id)).count == found.count && found[4].documentID != found[5].documentID)
    }
}

@Suite struct `An external passage` {
    @Test func `has the id of its document and text, and of nothing else`() {
        let one = ExternalPassage(documentID: "d", title: "a", text: "t", score: 1)
        #expect(one.id == ExternalPassage(documentID: "d", title: "b", text: "t").id)
        #expect(one.id != ExternalPassage(documentID: "d", title: "a", text: "u").id)
        #expect(one.id.count == 32 && one.id.allSatisfy(\.isHexDigit))
        // What stands where is part of it.
        #expect(
            ExternalPassage(documentID: "ab", title: "", text: "c").id
                != ExternalPassage(documentID: "a", title: "", text: "bc").id)
        #expect(ExternalPassage(id: "own", documentID: "d", title: "a", text: "t").id == "own")
    }

    @Test(arguments: [
        ("https://a/b", true), ("HTTP://a", true), ("s3://b/k", false), ("javascript:alert(1)", false),
        ("file:///etc/passwd", false), ("data:text/html,x", false), ("a/b", false), ("", false),
    ])
    func `links to the web alone`(uri: String, isLink: Bool) {
        #expect(ExternalPassage.link(uri) == (isLink ? uri : nil))
    }
}
