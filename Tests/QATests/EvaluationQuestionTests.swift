import Foundation
import TestSupport
import Testing

@testable import QA

@Suite struct `Questions of an evaluation` {
    private func load(_ lines: String...) throws -> [EvaluationQuestion] {
        let folder = try TemporaryDirectory()
        let file = folder.url.appendingPathComponent("questions.jsonl")
        try Data(lines.joined(separator: "\n").utf8).write(to: file)
        // The folder goes with its last reference, which must not be before the file is read.
        return try withExtendedLifetime(folder) { try EvaluationQuestion.load(file) }
    }

    private func line(_ id: String = "q1", _ more: String = "") -> String {
        """
        {"id": "\(id)", "question": "How long?", "pages": ["P"], "kind": "direct", "principals": ["anyone"]\(more)}
        """
    }

    @Test func `every field is read, and one list of wordings is one group`() throws {
        let read = try load(
            line(
                "a",
                """
                , "answer": "30 days", "half": "report", "accept": ["30 days", "thirty days"], "reject": ["90"], \
                "history": [{"question": "What are logs?", "answer": "Lines."}], "language": "en"
                """), "", line("b", #", "accept": [["30"], ["days", "d"]]"#))
        #expect(read[0].half == .report)
        #expect(read[0].accept == [["30 days", "thirty days"]])
        #expect(read[0].reject == ["90"])
        #expect(read[0].history == [Question.Turn(question: "What are logs?", answer: "Lines.")])
        #expect(read[1].accept == [["30"], ["days", "d"]])
        #expect(read[1].half == EvaluationHalf(hashing: "b"))
    }

    @Test(arguments: [
        (#", "half": "dev""#, "half"), (#", "accept": []"#, "accept"),
        (#", "accept": [["a"], []]"#, "accept"),
        (#", "accept": 3"#, "accept"), (#", "accept": ["?!"]"#, "accept"), (#", "reject": "x""#, "reject"),
        (#", "history": [{"question": "x"}]"#, "answer"), (#", "answer": "–""#, "answer"),
        (#", "language": 3"#, "language"),
    ])
    func `a badly formed field is named with its line`(field: String, name: String) throws {
        do {
            _ = try load(line("a"), "", line("b", field))
            Issue.record("it was read")
        } catch QAError.unreadableQuestions(_, let line, let reason) {
            #expect(line == 3)
            #expect(reason.contains(name), "\(reason)")
        }
    }

    @Test func `an id that stands twice is named with both lines`() throws {
        do {
            _ = try load(line("a"), line("a"))
            Issue.record("it was read")
        } catch QAError.unreadableQuestions(_, let line, let reason) {
            #expect(line == 2)
            #expect(reason.contains("line 1"))
        }
    }

    @Test func `hashed halves are about equal, also of ids that differ in a digit`() {
        let development = (0..<1_000).count { EvaluationHalf(hashing: "q\($0)") == .development }
        #expect((440...560).contains(development), "\(development)")
    }
}

@Suite struct `Words of an evaluation` {
    @Test(arguments: [
        ("Straße", "STRASSE"), ("Zürich", "ZURICH"), ("3,500 km", "3500 km"), ("ﬁle", "file"), ("5 %", "5"),
        ("０.５", "0.5"),
    ])
    func `spellings of one thing are alike`(one: String, other: String) {
        #expect(EvaluationWords(one).all == EvaluationWords(other).all)
    }

    @Test(arguments: [
        ("15 days", "5 days"), ("1.5 days", "5 days"), ("10.20.31.47", "20.31"), ("classic", "class"),
        ("0.5", "05"),
    ])
    func `a part of a word or number is not the word or number`(text: String, part: String) {
        #expect(!EvaluationWords(text).contains(EvaluationWords(part)))
    }

    @Test func `the end of a sentence is no part of a number, and an address is one word`() {
        #expect(EvaluationWords("It is 30. The IP is 10.20.31.47, not v2.").all.contains("10.20.31.47"))
        #expect(EvaluationWords("It is 30. Then").all == ["it", "is", "30", "then"])
    }

    @Test func `a wording in Chinese stands inside a sentence without blanks`() {
        #expect(EvaluationWords("年假是二十八天。").contains(EvaluationWords("二十八天")))
    }

    @Test func `token F1 counts a repeated word once for each time it is wanted`() {
        // Said: red red blue; wanted: red blue green. Shared 2, so 2·2 / (3 + 3).
        let value = EvaluationWords("red red blue").tokenF1(EvaluationWords("red blue green"))
        #expect(abs(value - 4.0 / 6) < 1e-12)
        #expect(EvaluationWords("the red").tokenF1(EvaluationWords("red")) == 1)
        #expect(EvaluationWords("").tokenF1(EvaluationWords("red")) == 0)
    }
}
