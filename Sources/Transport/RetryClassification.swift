import Foundation

/// What besides its status tells whether a response means "later".
///
/// Some services say so in a header or a body, under any status; some say under a status that usually means
/// "later" that waiting does not help. The general retry knows none of their names; who speaks to such a
/// service hands it a classification.
public struct RetryClassification: Sendable {
    let readsRefusals: Bool
    let meansNever: @Sendable (_ head: HTTPResponseHead, _ body: Data?) -> Bool
    let meansLater: @Sendable (_ head: HTTPResponseHead, _ body: Data?) -> Bool

    /// - Parameters:
    ///   - readsRefusals: whether the body of a streamed response of status 400 or more is read, at most 64
    ///     KiB of it, so that the others know it.
    ///   - meansNever: whether the response says that sending the request again does not help, whatever its
    ///     status.
    ///   - meansLater: whether the response says that the request was not carried out and may be sent
    ///     again. Both are asked of every response, so quick for a status that is fine; of a streamed one
    ///     the body is `nil` unless it was read.
    public init(
        readsRefusals: Bool = false,
        meansNever: @escaping @Sendable (_ head: HTTPResponseHead, _ body: Data?) -> Bool = { _, _ in false },
        meansLater: @escaping @Sendable (_ head: HTTPResponseHead, _ body: Data?) -> Bool
    ) {
        self.readsRefusals = readsRefusals
        self.meansNever = meansNever
        self.meansLater = meansLater
    }

    /// The status says it all.
    public static let statuses = RetryClassification { _, _ in false }
}
