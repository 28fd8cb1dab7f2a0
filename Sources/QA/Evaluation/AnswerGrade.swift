/// Whether an answer says what is right, and by what that was judged.
struct AnswerGrade: Sendable, Hashable {
    /// What judged it, the strictest that the question gives.
    enum Basis: String, Sendable, Hashable, Codable {
        /// `accept` and `reject`.
        case wordings
        /// `answer`: all of its numbers and half of its content words must be there. Cruder than wordings.
        case words
        /// Only the pages: one that answers must be cited.
        case pages
        /// Nothing answers it, so that only withholding is right.
        case unanswerable
    }

    var isRight: Bool
    var basis: Basis
    /// Against `answer`; `nil` without one.
    var exactMatch: Bool?
    var tokenF1: Double?

    /// - Parameters:
    ///   - said: the answer without its markers; empty when it was withheld.
    ///   - citesRightPage: judges a question that gives no words.
    init(_ question: EvaluationQuestion, said: String, withheld: Bool, citesRightPage: Bool) {
        let words = EvaluationWords(said)
        let wanted = question.answer.map { EvaluationWords($0) }
        if question.isAnswerable, let wanted {
            exactMatch = !withheld && words.all == wanted.all
            tokenF1 = withheld ? 0 : words.tokenF1(wanted)
        }
        let isRejected = question.reject.contains { words.contains(EvaluationWords($0)) }
        if !question.isAnswerable {
            (isRight, basis) = (withheld, .unanswerable)
        } else if !question.accept.isEmpty {
            let isMet = question.accept.allSatisfy { wordings in
                wordings.contains { words.contains(EvaluationWords($0)) }
            }
            (isRight, basis) = (!withheld && isMet && !isRejected, .wordings)
        } else if let wanted {
            let has = Set(words.all)
            let content = Set(wanted.content)
            let shared = content.intersection(has).count
            let isMet = wanted.numbers.isSubset(of: has) && 2 * shared >= content.count
            (isRight, basis) = (!withheld && isMet && !isRejected, .words)
        } else {
            (isRight, basis) = (!withheld && citesRightPage && !isRejected, .pages)
        }
    }
}
