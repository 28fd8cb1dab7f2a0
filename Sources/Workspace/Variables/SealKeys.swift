import Crypto
import Foundation

/// Keys that secrets are sealed with, each under an id of its own: the newest one seals, and the older ones still
/// open what they have sealed. None is ever dropped: a backup, or a value that nobody has written since, may need it.
public struct SealKeys: Sendable {
    struct Key: Sendable {
        var id: String
        var key: SymmetricKey
        /// When it begins to seal, in whole seconds; `nil` for one that is not exchanged by time.
        var from: Date?
    }

    /// Those without a time first, then by time; never empty.
    private(set) var keys: [Key]
    /// More than anybody rotates, and little enough to read at once.
    static let limit = 256

    /// One fresh key.
    ///
    /// - Parameter from: when it begins to seal, for keys that are exchanged by time.
    public init(from: Date? = nil) {
        keys = [Self.freshKey(from)]
    }

    /// Adds a fresh key, which seals from now on, or from a time on.
    ///
    /// - Returns: `false`, and nothing is changed, where there are as many as there may be.
    mutating func rotate(from: Date? = nil) -> Bool {
        guard keys.count < Self.limit else { return false }
        keys.append(Self.freshKey(from))
        return true
    }

    /// The same with those of `older` that are not among them, which open what they have sealed.
    ///
    /// Those without a time come before all that are there, so that none of them seals.
    ///
    /// - Returns: `nil` where there is none.
    /// - Throws: ``Full`` where these would be more than there may be.
    public func taking(_ older: SealKeys) throws(Full) -> SealKeys? {
        let ids = Set(keys.map(\.id))
        let unknown = older.keys.filter { !ids.contains($0.id) }
        guard !unknown.isEmpty else { return nil }
        guard unknown.count + keys.count <= Self.limit else {
            throw Full(count: keys.count, more: unknown.count)
        }
        var all = self
        all.keys = Self.ordered(unknown + keys)
        return all
    }

    /// More keys than there may be: none of them can be left out, as each may open something still.
    public struct Full: Error, Hashable, CustomStringConvertible {
        public let count: Int
        public let more: Int

        public var description: String {
            """
            There are \(count) keys already, and \(more) more would be taken in; \(SealKeys.limit) is the limit. Take away \
            the file or the setting that gives them, unless something is sealed with them.
            """
        }
    }

    func key(_ id: String) -> SymmetricKey? { keys.last { $0.id == id }?.key }

    /// The key that seals at a time: the newest one that has begun to.
    func sealing(at time: Date) -> Key? {
        keys.last { $0.from.map { $0 <= time } ?? true } ?? keys.first
    }

    /// The key that other secrets are made of: it stays the same when keys are exchanged by time.
    var lasting: Key? { keys.first { $0.from != nil } ?? keys.last }

    private static func ordered(_ keys: [Key]) -> [Key] {
        let timed = keys.filter { $0.from != nil }
        return keys.filter { $0.from == nil }
            + timed.sorted { ($0.from ?? .distantPast, $0.id) < ($1.from ?? .distantPast, $1.id) }
    }

    private static func freshKey(_ from: Date?) -> Key {
        let id = (0..<8).map { _ in String(UInt8.random(in: 0...255), radix: 16) }.joined()
        return Key(id: id, key: SymmetricKey(size: .bits256), from: from.map(wholeSeconds))
    }

    private static func wholeSeconds(_ time: Date) -> Date {
        Date(timeIntervalSince1970: time.timeIntervalSince1970.rounded(.down))
    }
}

// MARK: Exchange by time

extension SealKeys {
    /// What the exchange of keys by time comes to.
    public enum Exchange: Sendable {
        /// The newest is young enough.
        case notDue
        /// It is due, and there is no room for another key.
        case full
        /// The newest has a time now; these are to be kept instead.
        case timed(SealKeys)
        /// These, with a fresh one, are to be kept instead.
        case added(SealKeys)
    }

    /// These keys with a fresh one, where the newest has sealed for long enough.
    ///
    /// Keys that have no time yet get one, and so are exchanged a period later.
    ///
    /// - Parameters:
    ///   - period: seconds that a key seals.
    ///   - notice: seconds until the fresh one begins to seal: every process that shares the keys must have read it by then.
    public func exchange(after period: TimeInterval, notice: TimeInterval, at time: Date) -> Exchange {
        var all = self
        guard let newest = keys.last else { return .notDue }
        guard let from = newest.from else {
            all.keys[keys.count - 1].from = Self.wholeSeconds(time)
            return .timed(all)
        }
        guard time.timeIntervalSince(from) >= period else { return .notDue }
        return all.rotate(from: time.addingTimeInterval(notice)) ? .added(all) : .full
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
    /// are passed over, but for `#from ID SECONDS`: when the key of that id begins to seal, since 1970. Versions that
    /// exchange no keys by time pass it over as well.
    init(parsing text: String) throws(Unreadable) {
        var keys: [Key] = []
        var times: [String: Date] = [:]
        for (offset, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = line.split(separator: " ")
            if line.isEmpty || line.hasPrefix("#") {
                if words.count == 3, words[0] == Self.timeMark, let seconds = Int64(words[2]) {
                    times[String(words[1])] = Date(timeIntervalSince1970: TimeInterval(seconds))
                }
                continue
            }
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
        for index in keys.indices { keys[index].from = times[keys[index].id] }
        self.keys = Self.ordered(keys)
    }

    private static let timeMark = "#from"

    private var keyLines: [String] {
        keys.flatMap { key in
            let time = key.from.map { "\(Self.timeMark) \(key.id) \(Int64($0.timeIntervalSince1970))" }
            let line = key.id + " " + key.key.withUnsafeBytes { Data($0) }.base64EncodedString()
            return (time.map { [$0] } ?? []) + [line]
        }
    }

    var text: String {
        let head = """
            # Keys that the secrets of this folder's workspace are sealed with, the newest one last.
            # Whoever has this file and the database reads every secret; without it nobody does.
            """
        return head + "\n" + lines
    }
}
