import Corpus
import Flow
import Foundation

/// A question with what is known of its answer: a line of a questions file.
public struct EvaluationQuestion: Sendable, Hashable, Decodable {
    public var id: String
    public var question: String
    /// Titles of the pages that answer it; empty when nothing in the corpus does, or it is not known which.
    public var pages: [String]
    /// `direct`, `paraphrased`, `restricted`, `unanswerable`, or any other group to report by.
    public var kind: String
    /// Who asks.
    public var principals: [Principal]
    /// Somebody who may not see the answer.
    public var forbiddenPrincipals: [Principal]?
    /// A short right answer, which token F1 and exact match compare with.
    public var answer: String?
    /// The half that it belongs to; without it, ``EvaluationHalf/init(hashing:)`` of the id.
    public var half: EvaluationHalf
    /// What was said before, as `/v1/ask` takes it.
    public var history: [Question.Turn]
    /// What a right answer says: of each group at least one wording.
    public var accept: [[String]]
    /// Wordings that make an answer wrong.
    public var reject: [String]
    /// The question's language, such as `en`, for grouping; nothing is derived from it.
    public var language: String?

    enum CodingKeys: String, CodingKey {
        case id, question, pages, kind, principals, answer, half, history, accept, reject, language
        case forbiddenPrincipals = "forbidden_principals"
    }

    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        id = try fields.decode(String.self, forKey: .id)
        question = try fields.decode(String.self, forKey: .question)
        pages = try fields.decode([String].self, forKey: .pages)
        kind = try fields.decode(String.self, forKey: .kind)
        principals = try fields.decode([Principal].self, forKey: .principals)
        forbiddenPrincipals = try fields.decodeIfPresent([Principal].self, forKey: .forbiddenPrincipals)
        answer = try fields.decodeIfPresent(String.self, forKey: .answer)
        history = try fields.decodeIfPresent([Question.Turn].self, forKey: .history) ?? []
        reject = try fields.decodeIfPresent([String].self, forKey: .reject) ?? []
        language = try fields.decodeIfPresent(String.self, forKey: .language)
        half = EvaluationHalf(hashing: id)
        if let name = try fields.decodeIfPresent(String.self, forKey: .half) {
            guard let known = EvaluationHalf(rawValue: name) else {
                throw fields.fault(.half, "“\(name)” is no half; write development or report")
            }
            half = known
        }
        accept = try Self.accept(fields)
        try check(fields)
    }

    private static func accept(_ fields: KeyedDecodingContainer<CodingKeys>) throws -> [[String]] {
        guard fields.contains(.accept), try !fields.decodeNil(forKey: .accept) else { return [] }
        if let wordings = try? fields.decode([String].self, forKey: .accept) {
            guard !wordings.isEmpty else { throw fields.fault(.accept, "an empty list accepts nothing") }
            return [wordings]
        }
        guard let groups = try? fields.decode([[String]].self, forKey: .accept) else {
            throw fields.fault(.accept, "a list of strings, or a list of such lists, is expected")
        }
        return groups
    }

    /// What no question can mean.
    private func check(_ fields: KeyedDecodingContainer<CodingKeys>) throws {
        do {
            try Question.check(question)
        } catch {
            throw fields.fault(.question, "\(error)")
        }
        if accept.contains(where: \.isEmpty) {
            throw fields.fault(.accept, "an empty list accepts nothing")
        }
        for wording in accept.joined() where EvaluationWords(wording).all.isEmpty {
            throw fields.fault(.accept, "“\(wording)” has no letter or digit")
        }
        for wording in reject where EvaluationWords(wording).all.isEmpty {
            throw fields.fault(.reject, "“\(wording)” has no letter or digit")
        }
        if let answer, !answer.isEmpty, EvaluationWords(answer).all.isEmpty {
            throw fields.fault(
                .answer, "it has no letter or digit; leave it out, or empty, when there is none")
        }
    }

    /// Whether anything answers it: a page that is named, or the answer itself.
    public var isAnswerable: Bool { !pages.isEmpty || !(answer ?? "").isEmpty || !accept.isEmpty }

    /// Reads a file of JSON lines; empty lines are skipped.
    ///
    /// - Throws: ``QAError/unreadableQuestions(file:line:reason:)`` with line and field, also for an id that
    ///   stands twice.
    public static func load(_ file: URL) throws(QAError) -> [EvaluationQuestion] {
        try distinct(JSONLines.numbered(EvaluationQuestion.self, file), name: file.path)
    }

    /// The questions of numbered lines, each id once.
    static func distinct(
        _ numbered: [(line: Int, value: EvaluationQuestion)], name: String
    ) throws(QAError) -> [EvaluationQuestion] {
        var lineOf: [String: Int] = [:]
        var questions: [EvaluationQuestion] = []
        for (line, question) in numbered {
            if let first = lineOf.updateValue(line, forKey: question.id) {
                throw .unreadableQuestions(
                    file: name, line: line,
                    reason: "at id: “\(question.id)” stands in line \(first) already; each id is given once.")
            }
            questions.append(question)
        }
        return questions
    }
}

extension KeyedDecodingContainer {
    fileprivate func fault(_ key: Key, _ reason: String) -> DecodingError {
        .dataCorruptedError(forKey: key, in: self, debugDescription: reason + ".")
    }
}

/// Files with one JSON value a line.
enum JSONLines {
    static func load<Value: Decodable>(_ type: Value.Type, _ file: URL) throws(QAError) -> [Value] {
        try numbered(type, file).map(\.value)
    }

    /// The values with the numbers of their lines, from 1.
    static func numbered<Value: Decodable>(
        _ type: Value.Type, _ file: URL
    ) throws(QAError) -> [(line: Int, value: Value)] {
        let text: String
        do {
            text = try String(contentsOf: file, encoding: .utf8)
        } catch {
            throw .unreadableQuestions(file: file.path, line: 0, reason: "the file is missing or not UTF-8.")
        }
        return try numbered(type, text, name: file.path)
    }

    /// - Parameter name: what errors call the text.
    static func numbered<Value: Decodable>(
        _ type: Value.Type, _ text: String, name: String
    ) throws(QAError) -> [(line: Int, value: Value)] {
        var values: [(line: Int, value: Value)] = []
        let decoder = JSONDecoder()
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        where line.contains(where: { !$0.isWhitespace }) {
            do {
                values.append((number + 1, try decoder.decode(Value.self, from: Data(line.utf8))))
            } catch {
                let reason = (error as? DecodingError)?.place ?? "\(error)"
                throw .unreadableQuestions(file: name, line: number + 1, reason: reason)
            }
        }
        return values
    }
}
