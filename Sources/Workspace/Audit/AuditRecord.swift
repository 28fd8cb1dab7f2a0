import Crypto
import Foundation

/// Something that somebody did who may change how Millrace is used.
public struct AuditAct: Hashable, Sendable {
    /// Who: `user:ada`, `key:…`, or `command line`.
    public var actor: String
    /// What: `key.created`.
    public var act: String
    /// To what: an id.
    public var object: String
    /// Facts for people; never a secret.
    public var details: [String: String]

    public init(actor: String, act: String, object: String, details: [String: String] = [:]) {
        self.actor = actor
        self.act = act
        self.object = object
        self.details = details
    }
}

/// A line of the audit log, which names the digest of the line before: one that is changed or taken out afterwards
/// does not fit the next one any more.
public struct AuditRecord: Hashable, Sendable {
    /// From 1, without gaps.
    public var sequence: Int64
    /// Whose log it is a line of; numbers run through those of all tenants.
    public var tenant: String
    /// To the microsecond.
    public var time: Date
    public var act: AuditAct
    /// The line before's; 32 zero bytes for the first one.
    public var previous: Data
    /// Its own, 32 bytes: ``digest(previous:sequence:tenant:microseconds:act:)``.
    public var digest: Data

    public init(
        sequence: Int64, tenant: String, time: Date, act: AuditAct, previous: Data, digest: Data
    ) {
        self.sequence = sequence
        self.tenant = tenant
        self.time = time
        self.act = act
        self.previous = previous
        self.digest = digest
    }

    /// What the first line has before it.
    public static let noDigest = Data(repeating: 0, count: SHA256.byteCount)

    /// The digest that a line has: SHA-256 over the one before's and its own fields, each with its length before it,
    /// so that no two lines have one form.
    ///
    /// - Parameter microseconds: the time since 1970, as it is kept.
    public static func digest(
        previous: Data, sequence: Int64, tenant: String, microseconds: Int64, act: AuditAct
    ) -> Data {
        var hash = SHA256()
        hash.update(data: previous)
        func add(_ text: String) {
            withUnsafeBytes(of: UInt64(text.utf8.count).littleEndian) { hash.update(bufferPointer: $0) }
            hash.update(data: Data(text.utf8))
        }
        add(String(sequence))
        add(tenant)
        add(String(microseconds))
        add(act.actor)
        add(act.act)
        add(act.object)
        for (name, value) in act.details.sorted(by: { $0.key < $1.key }) {
            add(name)
            add(value)
        }
        return Data(hash.finalize())
    }
}

/// What a look through the whole log finds.
public struct AuditVerdict: Hashable, Sendable {
    /// Lines that were looked at.
    public var count: Int
    /// The digest of the last line: whoever notes it elsewhere notices a log that was cut off behind it.
    public var head: Data
    /// The first line that does not fit the one before; `nil` when all do.
    public var brokenAt: Int64?

    public init(count: Int, head: Data, brokenAt: Int64?) {
        self.count = count
        self.head = head
        self.brokenAt = brokenAt
    }
}

/// A log to which lines are only ever added.
public protocol AuditLog: Sendable {
    /// - Returns: the line's number.
    @discardableResult
    func tell(_ act: AuditAct, tenant: String) async throws(WorkspaceError) -> Int64

    /// A tenant's lines, newest first.
    ///
    /// - Parameter before: a line's number; `nil` for the newest.
    func records(
        of tenant: String, before: Int64?, limit: Int
    ) async throws(WorkspaceError) -> [AuditRecord]

    /// Looks at every line, of all tenants.
    func verifyAudit() async throws(WorkspaceError) -> AuditVerdict
}
