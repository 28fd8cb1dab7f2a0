import AWSServices
import Foundation
import JSONValue
import Models
import TestSupport
import Testing
import Transport

@Suite(.timeLimit(.minutes(2))) struct `Finding personal data by Comprehend` {
    private let double: AWSDouble

    init() throws {
        double = try AWSDouble()
    }

    private func detector(
        _ language: ComprehendPIIDetector.Language = .detected(others: .english), attempts: Int = 1
    ) async throws -> ComprehendPIIDetector {
        ComprehendPIIDetector(
            try Comprehend(try await double.account(attempts: attempts)), language: language)
    }

    private let texts = [
        "Write to the 🦊 at ada@example.com, and contact Ada Lovelace", "", "Das ist nicht die 10.0.0.1",
        "El correo es para una ada@example.es", "nothing of note is in the text",
    ]

    @Test func `searches each text in its own language, others as English`() async throws {
        let spans = try await detector().spans(in: texts)
        #expect(spans.map { $0.map(\.type) } == [["EMAIL", "NAME"], [], ["IP_ADDRESS"], ["EMAIL"], []])
        let found = zip(texts, spans).map { text, spans in
            spans.map { String(decoding: Array(text.utf8)[$0.range], as: UTF8.self) }
        }
        #expect(found[0] == ["ada@example.com", "Ada Lovelace"] && found[2] == ["10.0.0.1"])
        let asked = try await double.calls().filter { $0.operation == "DetectPiiEntities" }
        #expect(asked.count == 4)
        #expect(
            Set(asked.compactMap { $0.body["LanguageCode"]?.string }) == ["en", "es"]
                && asked.count { $0.body["LanguageCode"] == "es" } == 1)
    }

    @Test func `refuses other languages where it is told to`() async throws {
        let error = await #expect(throws: ComprehendPIIDetector.Fault.language(code: "de", index: 2)) {
            try await detector(.detected(others: .refuse)).spans(in: texts)
        }
        #expect(error?.description.contains("10.0.0.1") == false)
        let calls = try await double.calls()
        #expect(calls.map(\.operation) == ["BatchDetectDominantLanguage"])
    }

    @Test func `asks for no language that is known, and nothing of nothing`() async throws {
        let spans = try await detector(.always(.spanish)).spans(in: ["", "a ada@example.com", " "])
        #expect(spans.map(\.count) == [0, 1, 0])
        let calls = try await double.calls()
        #expect(calls.map(\.operation) == ["DetectPiiEntities"])
        #expect(calls[0].body["LanguageCode"] == "es")
        #expect(try await detector().spans(in: []).isEmpty)
        #expect(try await detector().spans(in: ["", " "]) == [[], []])
        #expect(try await double.calls().count == 1)
    }

    @Test func `tells what is sure enough, and of the kinds that are asked for`() async throws {
        let comprehend = try Comprehend(try await double.account())
        let text = ["at ada@example.com, contact Ada Lovelace"]
        func types(_ minScore: Double, _ types: Set<String>) async throws -> [String] {
            try await ComprehendPIIDetector(comprehend, minScore: minScore, types: types).spans(in: text)
                .flatMap { $0.map(\.type) }
        }
        #expect(try await types(0.99, []) == ["EMAIL", "NAME"])
        #expect(try await types(0.995, []).isEmpty)
        #expect(try await types(0, ["EMAIL", "PHONE"]) == ["EMAIL"])
    }

    @Test func `lets no text through that could not be looked at`() async throws {
        let once = try await detector(.always(.english)),
            twice = try await detector(.always(.english), attempts: 2)
        for fault in ["throttle", "500", "503", "denied", "missing", "not-json", "cut"] {
            try await double.fail(fault)
            let error = await #expect(throws: AWSError.self) {
                try await once.spans(in: ["planted@example.com"])
            }
            #expect(error.map { "\($0)".contains("planted") } == false, "\(fault)")
        }
        try await double.fail("503")
        #expect(try await twice.spans(in: ["planted@example.com"]).map(\.count) == [1])
        let answer = """
            {"ResultList": [], "ErrorList": [{"Index": 0, "ErrorCode": "X", "ErrorMessage": "planted"}]}
            """
        let comprehend = Comprehend(try replayedService(Comprehend.description, "/", [answer]))
        await #expect(throws: ComprehendItemError.self) {
            try await ComprehendPIIDetector(comprehend).spans(in: ["planted"])
        }
    }

    @Test func `ends with an error when the task is cancelled`() async throws {
        let detector = try await detector(.always(.english))
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await detector.spans(in: texts)
        }
        let result = await task.result
        #expect(throws: (any Error).self) { try result.get() }
    }
}
