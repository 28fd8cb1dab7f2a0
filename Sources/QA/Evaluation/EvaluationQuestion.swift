import Corpus
import Flow
import Foundation

/// A question with what is known of its answer: a line of a questions file.
public struct EvaluationQuestion: Sendable, Hashable, Decodable {
    public var id: String
    public var question: String
    /// Titles of the pages that answer it; empty when nothing in the corpus does.
    public var pages: [String]
    /// `direct`, `paraphrased`, `restricted`, `unanswerable`, or any other group to report by.
    public var kind: String
    /// Who asks.
    public var principals: [Principal]
    /// Somebody who may not see the answer.
    public var forbiddenPrincipals: [Principal]?
    /// A short answer for a person to compare with.
    public var answer: String?

    enum CodingKeys: String, CodingKey {
        case id, question, pages, kind, principals, answer
        case forbiddenPrincipals = "forbidden_principals"
    }

    public var isAnswerable: Bool { !pages.isEmpty }

    /// Reads a file of JSON lines; empty lines are skipped.
    ///
    /// - Throws: ``QAError/unreadableQuestions(file:line:reason:)``.
    public static func load(_ file: URL) throws(QAError) -> [EvaluationQuestion] {
        try JSONLines.load(EvaluationQuestion.self, file)
    }
}

/// Files with one JSON value a line.
enum JSONLines {
    static func load<Value: Decodable>(_ type: Value.Type, _ file: URL) throws(QAError) -> [Value] {
        let text: String
        do {
            text = try String(contentsOf: file, encoding: .utf8)
        } catch {
            throw .unreadableQuestions(file: file.path, line: 0, reason: "the file is missing or not UTF-8.")
        }
        var values: [Value] = []
        let decoder = JSONDecoder()
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
        where line.contains(where: { !$0.isWhitespace }) {
            do {
                values.append(try decoder.decode(Value.self, from: Data(line.utf8)))
            } catch {
                let reason = (error as? DecodingError)?.place ?? "\(error)"
                throw .unreadableQuestions(file: file.path, line: number + 1, reason: reason)
            }
        }
        return values
    }
}
