import Foundation

/// Under what processes that share a corpus share what they worked out.
///
/// Its bytes hold everything that bears on the result: whoever keeps it takes a digest of them.
public struct SharedKey: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable { case ranking, answer }

    public var kind: Kind
    public var bytes: Data

    public init(kind: Kind, bytes: Data) {
        self.kind = kind
        self.bytes = bytes
    }
}

/// What is found under a ``SharedKey``.
public enum SharedLook: Sendable, Hashable {
    /// As another process kept it.
    case kept(Data)
    /// Nothing was there, and the asker has the claim now: others wait for what it makes.
    case granted
    /// Another process has the claim.
    case underWay
    /// It cannot be told: whoever asks works it out alone.
    case unknown
}

/// Rankings and answers that several processes share, and claims to work them out.
///
/// Whatever fails, nothing throws: each process goes on by itself. Every call answers soon, whatever holds it up.
public protocol SharedResults: Sendable {
    /// - Parameters:
    ///   - token: names the asker, should it be given the claim.
    ///   - claim: how long a claim lasts that is not renewed.
    func look(_ key: SharedKey, token: String, claim: Duration) async -> SharedLook

    /// Keeps a result, in place of whatever claim there is.
    ///
    /// - Returns: whether it is kept; the claim stays where it is not, as with one that is too large.
    func keep(_ value: Data, for key: SharedKey) async -> Bool

    /// Lets a claim last on, if it is still this one.
    func renew(_ key: SharedKey, token: String, claim: Duration) async

    /// Gives a claim up, if it is still this one.
    func release(_ key: SharedKey, token: String) async
}
