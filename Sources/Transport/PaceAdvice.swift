import Foundation

/// What a server's answer says of how fast it lets itself be asked.
///
/// Servers say so in headers of their own, so whoever knows the server reads them; see ``PacedHTTPClient``.
public enum PaceAdvice: Sendable, Hashable {
    /// There is plenty: as fast as one likes.
    case unlimited
    /// One request every `everySeconds` for the next `forSeconds`, and none at all for the first
    /// `closedSeconds`. Each counts as ``longestSeconds`` at most.
    case spaced(everySeconds: TimeInterval, forSeconds: TimeInterval, closedSeconds: TimeInterval = 0)

    /// No server is waited for longer than this on the strength of a header.
    public static let longestSeconds: TimeInterval = 3600
}
