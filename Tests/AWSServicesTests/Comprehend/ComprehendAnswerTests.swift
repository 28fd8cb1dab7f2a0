import Foundation
import JSONValue
import TestSupport
import Testing
import Transport

@testable import AWSServices

@Suite(.timeLimit(.minutes(2))) struct `Answers of Comprehend` {
    @Test func `tell which texts could not be looked at, by their places`() async throws {
        let answer = """
            {"ResultList": [{"Index": 0, "Entities": []}], "ErrorList": [{"Index": 1, \
            "ErrorCode": "INTERNAL", "ErrorMessage": "no luck\\nwith planted words"}]}
            """
        let (service, _) = try replayed(Comprehend.description, [answer])
        let found = try await Comprehend(service).entities(of: ["", "one", "planted words"], in: .english)
        #expect(try found[0].get().isEmpty && found[1].get().isEmpty)
        let error = #expect(throws: ComprehendItemError.self) { try found[2].get() }
        #expect(error == ComprehendItemError(index: 2, code: "INTERNAL", message: "no luck with …"))
        #expect(error?.description.contains("planted") == false)
    }

    @Test func `of a text in pieces are a failure as soon as one piece is`() async throws {
        let answer = """
            {"ResultList": [{"Index": 0, "Languages": [{"LanguageCode": "en", "Score": 1}]}], \
            "ErrorList": [{"Index": 1, "ErrorCode": "A", "ErrorMessage": ""}, {"Index": 2, "ErrorCode": "B"}]}
            """
        let (service, _) = try replayed(Comprehend.description, [answer])
        let text = String(repeating: "word ", count: 2_500)
        let found = try await Comprehend(service).languages(of: [text])
        #expect(throws: ComprehendItemError(index: 0, code: "A", message: "")) { try found[0].get() }
    }

    @Test(arguments: [
        #"{"ResultList": [], "ErrorList": []}"#,
        #"{"ResultList": [{"Index": 0, "Entities": []}]}"#,
        #"{"ErrorList": []}"#,
        "[]",
        #"{"ResultList": [{"Index": 1, "Entities": []}], "ErrorList": []}"#,
        #"{"ResultList": [{"Index": -1, "Entities": []}], "ErrorList": []}"#,
        #"{"ResultList": [{"Entities": []}], "ErrorList": []}"#,
        #"{"ResultList": [{"Index": 0, "Entities": []}], "ErrorList": [{"Index": 0, "ErrorCode": "X"}]}"#,
        #"{"ResultList": [{"Index": 0}], "ErrorList": []}"#,
        item(#"{"Score": 1, "Type": "DATE", "Text": "planted", "BeginOffset": 2, "EndOffset": 10}"#),
        item(#"{"Score": 1, "Type": "DATE", "Text": "planted", "BeginOffset": 1, "EndOffset": 8}"#),
        item(#"{"Score": 1, "Type": "DATE", "Text": "planted", "BeginOffset": 9, "EndOffset": 2}"#),
        item(#"{"Score": 1, "Type": "DATE", "Text": "planted", "BeginOffset": -2, "EndOffset": 2}"#),
        item(#"{"Score": 1, "Text": "planted", "BeginOffset": 2, "EndOffset": 9}"#),
        item(#"{"Type": "DATE", "Text": "planted", "BeginOffset": 2, "EndOffset": 9}"#),
    ])
    func `that are not of the texts sent are refused`(_ answer: String) async throws {
        let (service, _) = try replayed(Comprehend.description, [answer])
        let error = await #expect(throws: AWSError.self) {
            try await Comprehend(service).entities(of: ["🦊 planted"], in: .english)
        }
        guard case .unexpectedResponse(_, "BatchDetectEntities", _, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.description.contains("planted") == false)
    }

    /// An answer for one text with that entity.
    private static func item(_ entity: String) -> String {
        #"{"ResultList": [{"Index": 0, "Entities": [\#(entity)]}], "ErrorList": []}"#
    }

    @Test func `that fit are read: the same item with the right offsets`() async throws {
        let entity = #"{"Score": 1, "Type": "DATE", "Text": "planted", "BeginOffset": 2, "EndOffset": 9}"#
        let (service, _) = try replayed(Comprehend.description, [Self.item(entity)])
        let found = try await Comprehend(service).entities(of: ["🦊 planted"], in: .english)
        #expect(
            try found[0].get() == [
                ComprehendEntity(text: "planted", type: "DATE", score: 1, range: 5..<12)
            ])
    }

    @Test(arguments: [
        #"{"Sentiment": "GLAD", "SentimentScore": {"Positive": 1}}"#,
        #"{"Sentiment": "POSITIVE"}"#,
    ])
    func `of a sentiment that is none are refused`(_ item: String) async throws {
        let answer = #"{"ResultList": [{"Index": 0, \#(item.dropFirst())], "ErrorList": []}"#
        let (service, _) = try replayed(Comprehend.description, [answer])
        let error = await #expect(throws: AWSError.self) {
            try await Comprehend(service).sentiments(of: ["text"], in: .english)
        }
        guard case .unexpectedResponse = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `that quote what was sent are shown without it`() async throws {
        let refusal = """
            {"__type": "InvalidRequestException", "message": "Value 'planted words' at 'textList' is wrong"}
            """
        let (service, _) = try replayed(Comprehend.description, [refusal], status: 400)
        let error = await #expect(throws: AWSError.self) {
            try await Comprehend(service).languages(of: ["planted words"])
        }
        #expect(error?.kind == .invalidRequest)
        #expect(error?.description.contains("Value '…' at") == true)
    }
}

@Suite(.timeLimit(.minutes(2))) struct `Personal data that Comprehend finds` {
    private let double: AWSDouble

    init() throws {
        double = try AWSDouble()
    }

    @Test func `stands in the bytes of its text`() async throws {
        let comprehend = try Comprehend(try await double.managedAccount())
        let text = "🦊 Écrivez à ada@example.com,\ncontact Ada Lovelace or +44 20 7946 0018."
        let found = try await comprehend.personalData(in: text, language: .english)
        #expect(found.map(\.type) == ["EMAIL", "NAME", "PHONE"])
        #expect(
            found.map { String(decoding: Array(text.utf8)[$0.range], as: UTF8.self) } == [
                "ada@example.com", "Ada Lovelace", "+44 20 7946 0018",
            ])
        #expect(found.map(\.score) == [0.99, 0.99, 0.99])
        let labels = try await comprehend.personalDataLabels(in: text, language: .spanish)
        #expect(labels.map(\.type) == ["EMAIL", "NAME", "PHONE"])
        let calls = try await double.calls()
        #expect(calls.map(\.operation) == ["DetectPiiEntities", "ContainsPiiEntities"])
        #expect(calls.map { $0.body["LanguageCode"]?.string } == ["en", "es"])
    }

    @Test(arguments: ComprehendLanguage.allCases.filter { $0 != .english && $0 != .spanish })
    func `is not looked for in another language`(_ language: ComprehendLanguage) async throws {
        let comprehend = try Comprehend(try await double.managedAccount())
        let error = await #expect(throws: AWSError.self) {
            try await comprehend.personalData(in: "ada@example.com", language: language)
        }
        guard case .invalidOperation = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try await double.calls().isEmpty)
    }

    @Test func `is found once in a long text, wherever it is cut`() async throws {
        let comprehend = try Comprehend(try await double.managedAccount())
        var text = ""
        var addresses: [String] = []
        while text.utf8.count < 230_000 {
            let address = "user\(addresses.count)@example.com"
            addresses.append(address)
            text += "é \(address) \(String(repeating: "words ", count: 20))"
        }
        let found = try await comprehend.personalData(in: text, language: .english)
        #expect(
            found.map { String(decoding: Array(text.utf8)[$0.range], as: UTF8.self) } == addresses)
        let sent = try await double.calls().compactMap { $0.body["Text"]?.string }
        #expect(sent.count == 3)
        #expect(sent.allSatisfy { $0.utf8.count <= 100_000 })
    }

    @Test(arguments: ManagedFault.all)
    func `is not passed over when a call fails`(_ fault: ManagedFault) async throws {
        try await ManagedFault.check(fault, planted: "planted") { account in
            let found = try await Comprehend(account).personalData(
                in: "planted@example.com", language: .english)
            #expect(found.count == 1)
        }
    }

    @Test func `of another text than was sent is refused`() async throws {
        let answer = #"{"Entities": [{"Score": 1, "Type": "EMAIL", "BeginOffset": 0, "EndOffset": 50}]}"#
        for answer in [answer, "{}", #"{"Entities": [{}]}"#] {
            let (service, _) = try replayed(Comprehend.description, [answer])
            let error = await #expect(throws: AWSError.self) {
                try await Comprehend(service).personalData(in: "short", language: .english)
            }
            guard case .unexpectedResponse = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }
}
