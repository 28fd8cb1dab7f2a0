import AWSServices
import Foundation
import JSONValue
import TestSupport
import Testing
import Transport

@testable import Models

@Suite(.timeLimit(.minutes(2))) struct `Analyzing texts by Comprehend` {
    private let double: AWSDouble

    init() throws {
        double = try AWSDouble()
    }

    private func analyzer(
        _ settings: ComprehendAnalyzer.Settings = .init(), attempts: Int = 1
    ) async throws -> ComprehendAnalyzer {
        ComprehendAnalyzer(try Comprehend(try await double.account(attempts: attempts)), settings: settings)
    }

    @Test func `tells language, entities, key phrases and sentiment of each text`() async throws {
        let texts = [
            "The harbour office is great. It is of 2026-03-04, and the  Harbour\nOffice of 2026-03-04.",
            "",
            "Der Bericht ist nicht das Ende, seit 2026-03-05.", " ",
            "The end of the line fails.",
        ]
        let found = try await analyzer().insights(of: texts)
        #expect(found.map(\.language) == ["en", nil, "de", nil, "en"])
        #expect(found.map(\.sentiment) == ["positive", nil, "neutral", nil, "negative"])
        #expect(
            found[0].entities == [TextInsights.Entity(text: "2026-03-04", type: "DATE", count: 2)])
        #expect(found[2].entities.map(\.text) == ["2026-03-05"] && found[0].entityCount == 1)
        #expect(found[0].keyPhrases.first == "The harbour office")
        #expect(found[4].keyPhrases.first == "The end of")
        #expect(found[1] == TextInsights() && found[3] == TextInsights())
        #expect(found.flatMap(\.missing).isEmpty)
        // Languages of all at once, then each language's texts together.
        let calls = try await double.calls()
        #expect(calls.first?.operation == "BatchDetectDominantLanguage" && calls.count == 1 + 2 * 3)
        #expect(
            calls.dropFirst().map { $0.body["LanguageCode"]?.string } == ["de", "de", "de", "en", "en", "en"])
        #expect(calls.last?.body["TextList"]?.array?.count == 2)
    }

    @Test(
        arguments: [
            ([.language], ["BatchDetectDominantLanguage"]),
            ([.entities], ["BatchDetectDominantLanguage", "BatchDetectEntities"]),
            (
                [.sentiment, .keyPhrases],
                ["BatchDetectDominantLanguage", "BatchDetectKeyPhrases", "BatchDetectSentiment"]
            ),
            ([], []),
        ] as [(Set<TextInsights.Kind>, [String])])
    func `asks for what is wanted alone`(kinds: Set<TextInsights.Kind>, operations: [String]) async throws {
        let found = try await analyzer(.init(kinds: kinds)).insights(of: ["The end of 2026-03-04 is great"])
        #expect(try await double.calls().map(\.operation) == operations)
        #expect(found[0].entities.isEmpty == !kinds.contains(.entities))
        #expect(found[0].keyPhrases.isEmpty == !kinds.contains(.keyPhrases))
        #expect((found[0].sentiment == nil) == !kinds.contains(.sentiment))
    }

    @Test func `asks for no language that is known`() async throws {
        let found = try await analyzer(.init(kinds: [.sentiment], language: .french))
            .insights(of: ["It works", ""])
        #expect(found.map(\.language) == ["fr", nil] && found[0].sentiment == "positive")
        #expect(try await double.calls().map { $0.body["LanguageCode"] } == ["fr"])
    }

    @Test func `tells the language alone where Comprehend has no more of it`() async throws {
        let languages = """
            {"ResultList": [{"Index": 0, "Languages": [{"LanguageCode": "sw", "Score": 0.9}]},
              {"Index": 1, "Languages": []}],
              "ErrorList": [{"Index": 2, "ErrorCode": "X", "ErrorMessage": "m"}]}
            """
        let comprehend = Comprehend(try replayedService(Comprehend.description, "/", [languages]))
        let found = try await ComprehendAnalyzer(comprehend).insights(of: ["habari", "??", "!!"])
        #expect(found.map(\.language) == ["sw", nil, nil])
        #expect(found[0].missing == [.entities, .keyPhrases, .sentiment])
        #expect(found[1].missing == Set(TextInsights.Kind.allCases) && found[2].missing == found[1].missing)
    }

    @Test func `tells what could not be found of a text, and all of the others`() async throws {
        let entity = #"{"Score": 0.9, "Type": "DATE", "Text": "b", "BeginOffset": 0, "EndOffset": 1}"#
        let unsure = #"{"Score": 0.4, "Type": "DATE", "Text": "c", "BeginOffset": 2, "EndOffset": 3}"#
        let answer = """
            {"ResultList": [{"Index": 1, "Entities": [\(entity), \(unsure)]}],
             "ErrorList": [{"Index": 0, "ErrorCode": "X", "ErrorMessage": "m"}]}
            """
        let comprehend = Comprehend(try replayedService(Comprehend.description, "/", [answer]))
        let settings = ComprehendAnalyzer.Settings(kinds: [.entities], language: .english)
        let found = try await ComprehendAnalyzer(comprehend, settings: settings).insights(of: ["a", "b c"])
        #expect(found.map(\.missing) == [[.entities], []])
        #expect(found.map { $0.entities.map(\.text) } == [[], ["b"]])
    }

    @Test func `keeps the most frequent, and tells how many there were`() async throws {
        let text = "2026-01-01 2026-01-02 2026-01-03 2026-01-02 2026-01-03 2026-01-04"
        let found = try await analyzer(.init(kinds: [.entities], language: .english, maxEntities: 3))
            .insights(of: [text])
        #expect(found[0].entities.map(\.text) == ["2026-01-01", "2026-01-02", "2026-01-03"])
        #expect(found[0].entities.map(\.count) == [1, 2, 2] && found[0].entityCount == 4)
        let none = try await analyzer(.init(kinds: [.entities], language: .english, maxEntities: 0))
            .insights(of: [text])
        #expect(none[0].entities.isEmpty && none[0].entityCount == 4)
    }

    @Test func `counts differences of case and white space as none, and of type as one`() {
        var counting = InsightCounting<String>()
        for (text, type) in [
            (" Ada  Lovelace", "PERSON"), ("ADA\nLOVELACE", "PERSON"), ("ada lovelace", "TITLE"),
            (" ", "OTHER"),
            ("Z", "PERSON"), ("z", "PERSON"), ("Z", "PERSON"),
        ] {
            counting.add(text, type)
        }
        #expect(counting.items.map(\.text) == ["Ada Lovelace", "ada lovelace", "Z"])
        #expect(counting.items.map(\.count) == [2, 1, 3])
        #expect(counting.top(2).map(\.text) == ["Ada Lovelace", "Z"] && counting.top(0).isEmpty)
    }

    @Test func `has another name with other settings`() async throws {
        let settings: [ComprehendAnalyzer.Settings] = [
            .init(), .init(kinds: [.language]), .init(language: .english), .init(minimumScore: 0.9),
            .init(maxEntities: 1), .init(maxKeyPhrases: 1),
        ]
        var names: Set<String> = []
        for settings in settings { names.insert(try await analyzer(settings).name) }
        #expect(names.count == settings.count)
    }

    @Test func `is kept and read again as it was`() throws {
        let insights = TextInsights(
            language: "en", sentiment: "mixed", entities: [.init(text: "Ada", type: "PERSON", count: 2)],
            entityCount: 9, keyPhrases: ["the end"], missing: [.sentiment])
        let read = try JSONDecoder().decode(TextInsights.self, from: try JSONEncoder().encode(insights))
        #expect(read == insights && read.keyPhraseCount == 1)
    }

    @Test func `fails as a whole where a call does, and shows no text`() async throws {
        for fault in ["throttle", "503", "denied", "missing", "not-json", "cut"] {
            try await double.fail(fault)
            let error = await #expect(throws: AWSError.self) {
                try await analyzer().insights(of: ["planted words of the end"])
            }
            #expect(error.map { "\($0)".contains("planted") } == false)
        }
        try await double.fail("throttle")
        #expect(try await analyzer(attempts: 2).insights(of: ["The end of it"]).first?.language == "en")
    }
}
