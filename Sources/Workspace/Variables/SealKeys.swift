import Crypto
import Foundation

/// Keys that secrets are sealed with, each under an id of its own: the newest one seals, and the older ones still
/// open what they have sealed.
public struct SealKeys: Sendable {
    struct Key: Sendable {
        var id: String
        var key: SymmetricKey
    }

    /// Oldest first; never empty.
    private(set) var keys: [Key]
    /// More than anybody rotates, and little enough to read at once.
    static let limit = 256

    /// One fresh key.
    public init() {
        keys = [Self.freshKey()]
    }

    /// Adds a fresh key, which seals from now on.
    mutating func rotate() {
        keys.append(Self.freshKey())
        keys.removeFirst(max(0, keys.count - Self.limit))
    }

    /// The same with those of `older` that are not among them, which open what they have sealed and seal nothing.
    ///
    /// - Returns: `nil` where there is none.
    public func taking(_ older: SealKeys) -> SealKeys? {
        let ids = Set(keys.map(\.id))
        let unknown = older.keys.filter { !ids.contains($0.id) }
        guard !unknown.isEmpty else { return nil }
        var all = self
        all.keys = Array((unknown + keys).suffix(Self.limit))
        return all
    }

    func key(_ id: String) -> SymmetricKey? { keys.last { $0.id == id }?.key }

    /// The key that seals.
    var newest: Key? { keys.last }

    private static func freshKey() -> Key {
        let id = (0..<8).map { _ in String(UInt8.random(in: 0...255), radix: 16) }.joined()
        return Key(id: id, key: SymmetricKey(size: .bits256))
    }
}

extension SealKeys {
    /// Keys as ``lines`` has them, with commas or line feeds between.
    ///
    /// - Parameter name: what the keys were given as, for messages.
    /// - Throws: ``WorkspaceError/keyFile(path:reason:)``.
    public init(lines text: String, from name: String) throws(WorkspaceError) {
        do throws(Unreadable) {
            try self.init(parsing: text.replacing(",", with: "\n"))
        } catch {
            throw .keyFile(path: name, reason: error.reason)
        }
    }

    /// The keys, in clear: only to be kept where nobody reads them.
    public var lines: String { keyLines.joined(separator: "\n") + "\n" }

    /// Why a text is no list of keys.
    struct Unreadable: Error {
        var reason: String
    }

    /// A line a key, oldest first: its id, a space, and the 32 bytes of the key in Base64. Lines that begin with `#`
    /// are passed over.
    init(parsing text: String) throws(Unreadable) {
        var keys: [Key] = []
        for (offset, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.isEmpty || line.hasPrefix("#") { continue }
            let words = line.split(separator: " ")
            guard words.count == 2, (1...64).contains(words[0].utf8.count),
                let bytes = Data(base64Encoded: String(words[1])), bytes.count == 32
            else {
                throw Unreadable(reason: "line \(offset + 1) is no id with a key of 32 bytes in Base64")
            }
            let id = String(words[0])
            guard !keys.contains(where: { $0.id == id }) else {
                throw Unreadable(reason: "line \(offset + 1) gives the id “\(id)” a second time")
            }
            keys.append(Key(id: id, key: SymmetricKey(data: bytes)))
            guard keys.count <= Self.limit else {
                throw Unreadable(reason: "it has more than \(Self.limit) keys")
            }
        }
        guard !keys.isEmpty else { throw Unreadable(reason: "it has no key") }
        self.keys = keys
    }

    private var keyLines: [String] {
        keys.map { key in key.id + " " + key.key.withUnsafeBytes { Data($0) }.base64EncodedString() }
    }

    var text: String {
        let head = """
            # Keys that the secrets of this folder's workspace are sealed with, the newest one last.
            # Whoever has this file and the database reads every secret; without it nobody does.
            """
        return head + "\n" + lines
    }
}
