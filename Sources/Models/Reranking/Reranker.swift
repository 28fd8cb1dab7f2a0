/// Judges passages by reading each together with the query: slower than comparing vectors, and better.
public protocol Reranker: Sendable {
    /// The model's name, shown in traces.
    var name: String { get }

    /// How well each passage answers `query`.
    ///
    /// - Parameter passages: any number, in any order; equal ones get equal scores.
    /// - Returns: one score a passage, in the order of `passages`; larger is better. Scores compare within one
    ///   call alone: models differ in range, and none promises a probability. Each is finite.
    /// - Throws: ``ModelsError``, or the transport's error when the model is remote. All or nothing: a passage
    ///   that cannot be scored fails the call.
    func scores(_ query: String, _ passages: [String]) async throws -> [Double]
}
