import Foundation
import JSONValue
import TestSupport
import Testing
import Transport

@testable import AWSServices

@Suite(.timeLimit(.minutes(2))) struct `Answers of Kendra` {
    private let question = KendraQuery(
        indexID: "0a1b2c3d-0000-4000-8000-000000000001", text: "planted question",
        userContext: .token(AWSSecretText("planted-token")))

    @Test func `are read with all that they tell`() async throws {
        let answer = """
            {"QueryId": "q", "TotalNumberOfResults": 192, "ResultItems": [
              {"Id": "1", "Type": "QUESTION_ANSWER", "DocumentId": "d",
              "DocumentExcerpt": {"Text": "é ten", "Highlights": [
                {"BeginOffset": 2, "EndOffset": 5, "TopAnswer": true, "Type": "STANDARD"},
                {"BeginOffset": 0, "EndOffset": 1, "TopAnswer": false, "Type": "THESAURUS_SYNONYM"},
                {"BeginOffset": 3, "EndOffset": 9}, {"BeginOffset": 4, "EndOffset": 4}]},
              "AdditionalAttributes": [{"Key": "AnswerText", "ValueType": "TEXT_WITH_HIGHLIGHTS_VALUE",
                "Value": {"TextWithHighlightsValue": {"Text": "ten minutes", "Highlights": []}}}],
              "DocumentAttributes": [{"Key": "_last_updated_at", "Value": {"DateValue": 1750000000.5}},
                {"Key": "at", "Value": {"DateValue": "2025-06-15T15:06:40Z"}},
                {"Key": "tags", "Value": {"StringListValue": ["a", "b"]}},
                {"Key": "size", "Value": {"LongValue": 7}}, {"Key": "none", "Value": {}}],
              "ScoreAttributes": {"ScoreConfidence": "NEW_WORD"}}]}
            """
        let (service, _) = try replayed(Kendra.description, [answer])
        let found = try await Kendra(service).query(question)
        let item = try #require(found.items.first)
        #expect(found.total == 192 && item.kind == .questionAnswer && item.confidence == .notAvailable)
        #expect(item.answer?.text == "ten minutes" && item.title.text.isEmpty)
        #expect(
            item.excerpt.highlights == [
                .init(range: 3..<6, isTopAnswer: true, isSynonym: false),
                .init(range: 0..<2, isTopAnswer: false, isSynonym: true),
            ])
        #expect(
            item.attributes == [
                "_last_updated_at": .date(Date(timeIntervalSince1970: 1_750_000_000.5)),
                "at": .date(Date(timeIntervalSince1970: 1_750_000_000)), "tags": .strings(["a", "b"]),
                "size": .long(7),
            ])
    }

    @Test(arguments: [
        "{}", "[]", #"{"ResultItems": [{}]}"#, #"{"ResultItems": [{"Id": "1", "DocumentId": ""}]}"#,
        #"{"ResultItems": {"Id": "1"}}"#, "",
    ])
    func `that are none are refused`(_ answer: String) async throws {
        let (service, _) = try replayed(Kendra.description, [answer, answer])
        for call in [
            { _ = try await Kendra(service).retrieve(question) },
            { _ = try await Kendra(service).query(question) },
        ] as [() async throws -> Void] {
            let error = await #expect(throws: AWSError.self) { try await call() }
            guard case .unexpectedResponse = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(error?.description.contains("planted") == false)
        }
    }

    @Test func `that quote the question or the token are shown without them`() async throws {
        let refusal = """
            {"__type": "ValidationException", "message": "'planted question' as 'planted-token' is wrong"}
            """
        let (service, _) = try replayed(Kendra.description, [refusal], status: 400)
        let error = await #expect(throws: AWSError.self) { try await Kendra(service).retrieve(question) }
        #expect(error?.kind == .invalidRequest)
        #expect(error?.description.contains("'…' as '…' is wrong") == true)
    }

    @Test func `tell how an index is`() async throws {
        let failed = """
            {"Id": "i", "Status": "FAILED", "ErrorMessage": "why", "UserContextPolicy": "USER_TOKEN",
             "IndexStatistics": {"FaqStatistics": {"IndexedQuestionAnswersCount": 1},
               "TextDocumentStatistics": {"IndexedTextDocumentsCount": 12, "IndexedTextBytes": 3}}}
            """
        let updating = #"{"Id": "i", "Status": "UPDATING", "UserContextPolicy": "ATTRIBUTE_FILTER"}"#
        let (service, _) = try replayed(Kendra.description, [failed, updating, #"{"Id": "i"}"#])
        let kendra = Kendra(service)
        let first = try await kendra.index("i")
        #expect(!first.isSearchable && first.failure == "why" && first.takesTokens == true)
        #expect(first.documentCount == 12)
        let second = try await kendra.index("i")
        #expect(second.isSearchable && second.takesTokens == false && second.documentCount == nil)
        await #expect(throws: AWSError.self) { try await kendra.index("i") }
    }

    @Test func `are of a filter by time, sent in whole seconds`() async throws {
        let (service, http) = try replayed(Kendra.description, [#"{"ResultItems": []}"#])
        var question = question
        question.filter = .lessThan("_created_at", .date(Date(timeIntervalSince1970: -0.5)))
        question.requestedAttributes = ["_created_at"]
        #expect(try await Kendra(service).retrieve(question).isEmpty)
        let body = try #require(http.requests.first?.body.data)
        let json = try JSONValue(parsing: body)
        #expect(
            json["AttributeFilter"] == ["LessThan": ["Key": "_created_at", "Value": ["DateValue": -1]]])
        #expect(json["RequestedDocumentAttributes"] == ["_created_at"])
        #expect(json["UserContext"] == ["Token": "planted-token"])
    }
}
