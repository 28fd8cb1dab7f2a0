/// A model on a hub: whose, which, at which revision, and what its files must be.
public struct HubModel: Sendable, Equatable {
    /// `owner/name`, or a bare name.
    public let repository: String
    /// A commit, tag or branch. Only a commit always means the same files.
    public let revision: String
    /// The ``ModelHub/hash(of:)`` of all files, in hexadecimal; `nil` to take what comes the first time.
    public let sha256: String?

    /// - Throws: ``ModelsError/badHubName(_:)`` for what is no name of a repository or revision.
    public init(repository: String, revision: String = "main", sha256: String? = nil) throws(ModelsError) {
        let parts = repository.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy(Self.isName), Self.isName(revision[...]) else {
            throw .badHubName("\(repository)@\(revision)")
        }
        if let sha256, sha256.count != 64 || !sha256.allSatisfy(\.isHexDigit) { throw .badHubName(sha256) }
        (self.repository, self.revision, self.sha256) = (repository, revision, sha256?.lowercased())
    }

    /// `owner/name@revision`; `main` if no revision is given.
    public init(_ text: String, sha256: String? = nil) throws(ModelsError) {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        try self.init(
            repository: String(parts[0]), revision: parts.count > 1 ? String(parts[1]) : "main",
            sha256: sha256)
    }

    /// Letters, digits, `.`, `_` and `-`, and not only dots: safe in a URL and as a folder's name.
    private static func isName(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.count <= 96 && !text.allSatisfy { $0 == "." }
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
                    UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    /// The folder that its files lie in, within that of all models.
    var folderName: String { repository.split(separator: "/").joined(separator: "--") + "/" + revision }

    /// `owner/name@revision`.
    public var name: String { "\(repository)@\(revision)" }
}
