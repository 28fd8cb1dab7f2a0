import Corpus

extension QueryTerms {
    /// Any of the words. Each is quoted, so no word is taken for an operator.
    var matchExpression: String {
        words.map { "\"\($0)\"" }.joined(separator: " OR ")
    }
}
