import Corpus
import Foundation
import JSONValue

extension EvaluationQuestion {
    /// Questions that a set may have when it is sent to a server.
    public static let setLimit = 2_000

    /// Reads questions of which little may be said: what is left out is what it usually is.
    ///
    /// Without an `id` a question is `q1`, `q2`, … by its place; without a `kind` it is `direct`, or `unanswerable` where
    /// `"unanswerable": true` or nothing says what answers it; without `principals` it is asked by `principals`.
    ///
    /// - Parameter values: objects, each a question.
    /// - Returns: the questions as whole lines of JSON, which ``parse(lines:)`` reads.
    /// - Throws: ``QAError/unreadableQuestions(file:line:reason:)`` with the question's place, from 1.
    public static func completed(
        _ values: [JSONValue], principals: [Principal]
    ) throws(QAError) -> String {
        guard (1...setLimit).contains(values.count) else {
            throw .unreadableQuestions(
                file: "the set", line: 0,
                reason: "it has \(values.count) questions; 1 to \(setLimit) are taken.")
        }
        var lines: [String] = []
        for (place, value) in values.enumerated() {
            guard var members = value.object else {
                throw .unreadableQuestions(
                    file: "the set", line: place + 1, reason: "an object is expected.")
            }
            let isDenied = members.removeValue(forKey: "unanswerable")?.bool == true
            let isAnswered =
                members["pages"]?.array?.isEmpty == false || members["answer"]?.string?.isEmpty == false
                || members["accept"]?.array?.isEmpty == false
            guard !(isDenied && isAnswered) else {
                throw .unreadableQuestions(
                    file: "the set", line: place + 1,
                    reason: "it says what answers it, and that nothing does.")
            }
            if members["id"] == nil { members["id"] = .string("q\(place + 1)") }
            if members["pages"] == nil { members["pages"] = [] }
            if members["kind"] == nil { members["kind"] = .string(isAnswered ? "direct" : "unanswerable") }
            if members["principals"] == nil {
                members["principals"] = .array(principals.map { .string($0.description) })
            }
            guard let line = try? JSONValue.object(members).text() else {
                throw .unreadableQuestions(file: "the set", line: place + 1, reason: "it is no JSON.")
            }
            lines.append(line)
        }
        let text = lines.joined(separator: "\n")
        _ = try parse(lines: text)
        return text
    }

    /// Reads JSON lines, as ``load(_:)`` reads a file of them.
    public static func parse(lines text: String) throws(QAError) -> [EvaluationQuestion] {
        try distinct(JSONLines.numbered(EvaluationQuestion.self, text, name: "the set"), name: "the set")
    }
}
