import Corpus
import Foundation
import JSONValue
import Testing

@testable import QA

@Suite struct `Questions of which little is said` {
    private func completed(_ json: String) throws -> [EvaluationQuestion] {
        let values = try #require(try JSONValue(parsing: json).array)
        return try EvaluationQuestion.parse(
            lines: try EvaluationQuestion.completed(values, principals: [.group("staff")]))
    }

    @Test func `are what they usually are`() throws {
        let questions = try completed(
            #"[{"question": "a?", "pages": ["P"]}, {"question": "b?"}, {"question": "c?", "answer": "d"}]"#)
        #expect(questions.map(\.id) == ["q1", "q2", "q3"])
        #expect(questions.map(\.kind) == ["direct", "unanswerable", "direct"])
        #expect(questions.map(\.isAnswerable) == [true, false, true])
        #expect(questions.allSatisfy { $0.principals == [.group("staff")] })
    }

    @Test func `keep what is said of them`() throws {
        let question = try #require(
            try completed(
                #"[{"id": "x", "kind": "table", "question": "a?", "principals": ["user:ada"], "half": "report"}]"#
            ).first)
        #expect(question.id == "x")
        #expect(question.kind == "table")
        #expect(question.principals == [.user("ada")])
        #expect(question.half == .report)
    }

    @Test(arguments: [
        "[]", "[1]", #"[{"question": ""}]"#, #"[{"question": "a", "unanswerable": true, "answer": "b"}]"#,
        #"[{"question": "a", "id": "1"}, {"question": "b", "id": "1"}]"#,
        #"[{"question": "a", "accept": []}]"#,
    ])
    func `are refused with their place where they mean nothing`(json: String) throws {
        #expect(throws: QAError.self) { try completed(json) }
    }
}

@Suite struct `Wilson's interval` {
    @Test(arguments: [(0.5, 10), (0, 5), (1, 5), (0.9, 1_000), (1.0 / 3, 3)] as [(Double, Int)])
    func `holds the share, and stays within nothing and all`(share: Double, trials: Int) throws {
        let interval = try #require(WilsonInterval(share: share, trials: trials))
        #expect(interval.low >= 0 && interval.high <= 1)
        #expect(interval.low <= share && share <= interval.high)
        #expect(interval.low < interval.high)
    }

    @Test func `is that of the literature for 7 of 10`() throws {
        let interval = try #require(WilsonInterval(share: 0.7, trials: 10))
        #expect(abs(interval.low - 0.3968) < 0.0005)
        #expect(abs(interval.high - 0.8922) < 0.0005)
    }

    @Test func `is none of nothing`() {
        #expect(WilsonInterval(share: 0, trials: 0) == nil)
        #expect(WilsonInterval(share: .nan, trials: 3) == nil)
    }
}
