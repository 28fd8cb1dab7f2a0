import Foundation
import JSONValue

/// What a queue says of a run: which one waits, and nothing of what it was asked.
///
/// As JSON: `{"type":"millrace.run","version":1,"run":"…","tenant":"…"}`. The store has everything else, and says
/// whether the run still waits.
public struct RunMessage: Sendable, Hashable {
    /// The run's id.
    public var run: String
    /// Of the run's owner.
    public var tenant: String

    static let type = "millrace.run"
    /// Of the form that is written here. A later one may say more; what it says is not guessed.
    public static let version = 1
    /// Of a message that is looked at; ours are far shorter.
    static let limitBytes = 64 << 10

    public init(run: String, tenant: String) {
        self.run = run
        self.tenant = tenant
    }

    /// The message as it is sent.
    public var json: JSONValue {
        [
            "type": .string(Self.type), "version": .integer(Self.version), "run": .string(run),
            "tenant": .string(tenant),
        ]
    }

    /// - Throws: ``Fault`` for what is no message about a run, or one that only a newer version understands.
    public init(_ body: String) throws(Fault) {
        guard body.utf8.count <= Self.limitBytes else {
            throw .foreign(reason: "it has \(body.utf8.count) bytes")
        }
        guard let json = try? JSONValue(parsing: Data(body.utf8)), json.object != nil else {
            throw .foreign(reason: "it is no JSON object")
        }
        guard json["type"]?.string == Self.type else {
            throw .foreign(reason: "its type is not \(Self.type)")
        }
        guard let version = json["version"]?.integer, version >= 1 else {
            throw .malformed(reason: "it has no version")
        }
        guard version <= Self.version else { throw .newer(version: version) }
        guard let run = json["run"]?.string, let tenant = json["tenant"]?.string,
            !run.isEmpty, run.utf8.count <= WorkspaceLimits.nameBytes,
            tenant.utf8.count <= WorkspaceLimits.nameBytes
        else { throw .malformed(reason: "it names no run and tenant") }
        self.run = run
        self.tenant = tenant
    }

    /// Why a message is not worked on. It is left where it is, for the queue's redrive policy.
    public enum Fault: Error, Hashable, Sendable, CustomStringConvertible {
        /// Somebody else's.
        case foreign(reason: String)
        /// Ours by its type, and not whole.
        case malformed(reason: String)
        /// A newer Millrace wrote it.
        case newer(version: Int)

        public var description: String {
            switch self {
            case .foreign(let reason): "It is no message of Millrace's: \(reason)."
            case .malformed(let reason): "It is no whole message about a run: \(reason)."
            case .newer(let version):
                """
                It has version \(version), and this Millrace knows versions up to \(RunMessage.version). A newer one \
                must take it.
                """
            }
        }
    }
}
