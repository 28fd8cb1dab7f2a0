import Foundation
import JSONValue
import TestSupport
import Testing
import Transport

@testable import AWSServices

@Suite(.timeLimit(.minutes(2))) struct `Texts that Comprehend looks at` {
    private let double: AWSDouble

    init() throws {
        double = try AWSDouble()
    }

    private func content(_ text: String, _ range: Range<Int>) -> String {
        String(decoding: Array(text.utf8)[range], as: UTF8.self)
    }

    @Test func `have their languages in their order, and those without a character none`() async throws {
        let comprehend = try Comprehend(try await double.managedAccount())
        let found = try await comprehend.languages(
            of: ["The end of the line is in sight", "", "Das ist nicht der Hund", " \n", "これはペンです"])
        #expect(try found.map { try $0.get().map(\.code) } == [["en"], [], ["de"], [], ["ja"]])
        #expect(try found.first?.get().first?.score == 0.98)
        #expect(try await double.calls().map(\.operation) == ["BatchDetectDominantLanguage"])
    }

    @Test func `of none make no call`() async throws {
        let comprehend = try Comprehend(try await double.managedAccount())
        #expect(try await comprehend.languages(of: []).isEmpty)
        #expect(try await comprehend.entities(of: ["", " "], in: .english).map { try $0.get() } == [[], []])
        #expect(try await comprehend.sentiments(of: [""], in: .english).map { try $0.get() } == [nil])
        #expect(try await comprehend.personalData(in: " \n", language: .english).isEmpty)
        #expect(try await double.calls().isEmpty)
    }

    @Test func `are sent 25 a call, a few calls at a time, and answered in their order`() async throws {
        let http = CountingClient(double.http)
        let comprehend = try Comprehend(try await double.managedAccount(http: http), width: 2)
        let texts = (0..<130).map { "It began on \(2_000 + $0)-01-02, they say." }
        let found = try await comprehend.entities(of: texts, in: .english)
        #expect(try found.map { try $0.get().map(\.text) } == (0..<130).map { ["\(2_000 + $0)-01-02"] })
        let counts = try await double.calls().map { $0.body["TextList"]?.array?.count ?? 0 }
        #expect(counts.sorted() == [5, 25, 25, 25, 25, 25])
        #expect(http.most <= 2)
    }

    @Test func `have entities and key phrases by the bytes in which they stand`() async throws {
        let comprehend = try Comprehend(try await double.managedAccount())
        let texts = ["👩‍👩‍👧 Née e\u{301}té 2026-03-04: the harbour office", "2026-03-05"]
        let entities = try await comprehend.entities(of: texts, in: .english).map { try $0.get() }
        #expect(entities.map { $0.map(\.text) } == [["2026-03-04"], ["2026-03-05"]])
        #expect(entities[0].map { content(texts[0], $0.range) } == ["2026-03-04"])
        #expect(entities[1].map(\.range) == [0..<10] && entities[1].map(\.type) == ["DATE"])
        let phrases = try await comprehend.keyPhrases(of: texts, in: .english).map { try $0.get() }
        #expect(phrases.map { $0.map(\.text) } == [["the harbour office"], []])
        #expect(phrases[0].map { content(texts[0], $0.range) } == ["the harbour office"])
        let languages = try await double.calls().map { $0.body["LanguageCode"]?.string }
        #expect(languages == ["en", "en"])
    }

    @Test func `that are long are looked at in pieces, and answered as wholes`() async throws {
        let comprehend = try Comprehend(try await double.managedAccount())
        let sentences = (0..<400).map { "Grüße 🦊 from the harbour \($0), written on \(1_600 + $0)-01-02. " }
        let text = sentences.joined()
        #expect(text.utf8.count > 20_000)
        let found = try await comprehend.entities(of: ["short", text], in: .english).map { try $0.get() }
        #expect(found[0].isEmpty)
        #expect(found[1].map(\.text) == (0..<400).map { "\(1_600 + $0)-01-02" })
        #expect(found[1].map { content(text, $0.range) } == found[1].map(\.text))
        let sent = try await double.calls().flatMap {
            ($0.body["TextList"]?.array ?? []).compactMap(\.string)
        }
        #expect(sent.dropFirst().joined() == text)
        #expect(sent.map(\.utf8.count).max().map { $0 <= 5_000 } == true)
        #expect(sent.dropFirst().dropLast().allSatisfy { $0.hasSuffix("02. ") })
    }

    @Test func `have a sentiment, long ones that of most of their pieces`() async throws {
        let comprehend = try Comprehend(try await double.managedAccount())
        let good = String(repeating: "It is a great day. ", count: 700)
        let bad = String(repeating: "All is broken. ", count: 50)
        let found = try await comprehend.sentiments(of: ["It works", "It fails", good + bad], in: .english)
            .map { try #require(try $0.get()) }
        #expect(found.map(\.kind) == [.positive, .negative, .positive])
        #expect(found[0].scores == [.positive: 0.9, .negative: 0.03, .neutral: 0.03, .mixed: 0.03])
        #expect(found[2].scores[.positive].map { $0 < 0.9 && $0 > 0.5 } == true)
    }

    @Test(arguments: ManagedFault.all)
    func `fail with a typed error, or are sent again`(_ fault: ManagedFault) async throws {
        try await ManagedFault.check(fault, planted: "planted") { account in
            _ = try await Comprehend(account).entities(of: ["a planted text"], in: .english)
        }
    }

    @Test func `are sent once more with other keys when these have expired`() async throws {
        try await double.fail("expired")
        let comprehend = try Comprehend(try await double.managedAccount(attempts: 2))
        #expect(try await comprehend.languages(of: ["the end of it"]).count == 1)
        try await double.fail("expired", "expired")
        let error = await #expect(throws: AWSError.self) { try await comprehend.languages(of: ["the end"]) }
        #expect(error?.kind == .expiredCredentials)
    }

    @Test func `end with an error when the task is cancelled`() async throws {
        let comprehend = try Comprehend(try await double.managedAccount())
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await comprehend.languages(of: [String](repeating: "the end of it", count: 60))
        }
        let result = await task.result
        #expect(throws: AWSError.transport(.cancelled)) { try result.get() }
    }
}
