import Foundation

/// What besides its status tells that a response means "later".
///
/// Some services say so in a header or a body, under any status. The general retry knows none of their names;
/// who speaks to such a service hands it a classification.
public struct RetryClassification: Sendable {
    /// Of a streamed response the body is not known: `nil`.
    let meansLater: @Sendable (_ head: HTTPResponseHead, _ body: Data?) -> Bool

    /// - Parameter meansLater: whether the response says that the request was not carried out and may be sent
    ///   again. Asked of every response, so quick for a status that is fine.
    public init(_ meansLater: @escaping @Sendable (_ head: HTTPResponseHead, _ body: Data?) -> Bool) {
        self.meansLater = meansLater
    }

    /// The status says it all.
    public static let statuses = RetryClassification { _, _ in false }
}
