import Corpus
import Workspace

/// What administrators see and do of the server itself.
public struct ServedAdministration: Sendable {
    /// The settings in effect; `nil` where they are not shown.
    public var settings: ServedSettings?
    /// Who else shares the database, as it was found last; `nil` where nobody can.
    public var nodes: (@Sendable () -> NodeWatch.Standing)?
    /// Counts what everybody uses; `nil` where nothing is counted.
    public var usage: UsageMeter?
    /// Who is known; `nil` where that is not shown.
    public var members: (any MemberCatalog)?
    /// People who have signed in; `nil` where nobody can.
    public var sessions: (any SessionStore)?

    /// Whether there is room to write; `nil` where nobody looks.
    public var disk: DiskSpace?

    public init(
        settings: ServedSettings? = nil, usage: UsageMeter? = nil, members: (any MemberCatalog)? = nil,
        sessions: (any SessionStore)? = nil, disk: DiskSpace? = nil,
        nodes: (@Sendable () -> NodeWatch.Standing)? = nil
    ) {
        self.nodes = nodes
        self.disk = disk
        self.settings = settings
        self.usage = usage
        self.members = members
        self.sessions = sessions
    }

    /// - Parameter identity: whose keys and sessions there are.
    func operations(_ identity: ServedIdentity) -> [Operation] {
        var operations: [Operation] = []
        if let settings { operations.append(SettingsOperation.operation(settings)) }
        if let nodes { operations.append(NodesOperation.operation(nodes)) }
        if let usage { operations.append(UsageOperation.operation(usage)) }
        let people = People(keys: identity.keys, sessions: sessions)
        if let members { operations += MemberOperations(members: members, people: people).operations }
        if let sessions { operations += SessionOperations(sessions: sessions).operations }
        return operations
    }
}

/// The settings in effect, as people are shown them.
public struct ServedSettings: Sendable, Hashable {
    public enum Origin: String, Sendable, CaseIterable {
        case standard, file, environment
        case commandLine = "command_line"
    }

    public struct Setting: Sendable, Hashable {
        public var key: String
        /// `nil` for a secret.
        public var value: String?
        public var standard: String
        public var origin: Origin
        /// `millrace.yaml:3`, `MILLRACE_SERVER_PORT`, `--set server.port`; empty for a standard value.
        public var place: String
        public var meaning: String
        public var range: String
        public var isSecret: Bool
        public var isSet: Bool

        public init(
            key: String, value: String?, standard: String, origin: Origin, place: String, meaning: String,
            range: String, isSecret: Bool, isSet: Bool
        ) {
            self.key = key
            self.value = value
            self.standard = standard
            self.origin = origin
            self.place = place
            self.meaning = meaning
            self.range = range
            self.isSecret = isSecret
            self.isSet = isSet
        }
    }

    /// The file that was read; `nil` for none.
    public var file: String?
    public var settings: [Setting]

    public init(file: String?, settings: [Setting]) {
        self.file = file
        self.settings = settings
    }
}
