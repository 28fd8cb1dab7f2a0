/// Counts the tokens that a model will see, so that a chunk never exceeds what the model reads.
public protocol TokenCounter: Sendable {
    /// Tokens of `text` without the model's own special tokens.
    ///
    /// Counts add up across white space: the count of `"a b"` is that of `"a"` plus that of `"b"`.
    func count(_ text: Substring) -> Int
}
