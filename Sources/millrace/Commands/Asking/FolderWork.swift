import Foundation

/// What a command does where its data folder is open: in its own process, or in the one that serves the folder.
///
/// Both do it by the same code, so that a command says the same whether or not anybody serves its folder. It travels as JSON
/// from one process to the other, and so do its parts on the way back.
protocol FolderWork: Codable, Sendable {
    /// What comes of it while it goes on.
    associatedtype Part: Codable & Sendable

    /// How it is told from others on its way.
    var asked: AskedWork.Kind { get }
    /// Whether it may go on for minutes.
    var isLong: Bool { get }

    /// Opens the folder.
    ///
    /// - Throws: ``Corpus/CorpusError/folderInUse(path:processID:)`` where another process has it.
    func open(_ services: Services) throws

    /// Refuses what cannot be done, before models are read for it.
    func check(_ services: Services) async throws

    /// Does it over a folder that is open.
    ///
    /// - Parameter say: takes each part as it comes.
    /// - Returns: the exit code of the command.
    func status(
        in services: Services, say: @escaping @Sendable (Part) async throws -> Void
    ) async throws -> Int32
}

extension FolderWork {
    var isLong: Bool { false }

    func open(_ services: Services) throws { _ = try services.corpusThatIsThere() }

    func check(_ services: Services) async throws {}
}

/// What a command prints.
enum PrintedText: Codable, Sendable {
    /// On standard output, as it is.
    case output(String)
    /// A line on standard error.
    case errors(String)

    /// A line on standard output.
    static func line(_ text: String) -> PrintedText { .output(text + "\n") }

    func show() {
        switch self {
        case .output(let text):
            print(text, terminator: "")
            fflush(nil)
        case .errors(let text): Terminal.print(error: text)
        }
    }
}

/// ``FolderWork`` on its way to the process that serves its folder.
struct AskedWork: Codable, Sendable {
    enum Kind: Codable, Sendable {
        case question(AskedQuestion)
        case journey(AskedJourney)
        case run(AskedRun)
        case evaluation(AskedEvaluation)
    }

    var kind: Kind
    /// `nil` for the default one.
    var tenant: String?
    /// What `--set` says, and of an evaluation the file of `--config`, by keys: what it would be done with in the process that asks.
    var overrides: [String: String]

    /// - Parameter services: the graph that would do it here.
    init(_ kind: Kind, _ services: Services) {
        self.kind = kind
        tenant = services.tenant
        let isEvaluation = if case .evaluation = kind { true } else { false }
        overrides = services.settings.overridesOfAnswers(withFile: isEvaluation)
    }
}

extension Settings {
    /// Keys of settings that nothing of an answer comes of.
    private static func countsForAnswers(_ key: String) -> Bool {
        let others = ["auth.", "backup.", "log.", "metrics.", "server.", "telemetry."]
        return key != name(\.data) && key != name(\.tenants) && !others.contains { key.hasPrefix($0) }
    }

    /// Whether whoever opens the socket of a served folder may have questions asked with another value. What names a host, a
    /// file or a key may not: the process that serves has keys that the folder does not hold, and would send them there.
    static func mayDifferWhileServed(_ key: String) -> Bool {
        keysOfTenants.contains(key) || key.hasPrefix("rerank.")
    }

    /// What was overridden on the command line of all that an answer comes of.
    ///
    /// - Parameter withFile: also what a settings file says that `--config` names: figures are told under its name.
    fileprivate func overridesOfAnswers(withFile: Bool) -> [String: String] {
        entries.filter { key, entry in
            guard Self.countsForAnswers(key) else { return false }
            return entry.origin.hasPrefix("--set ")
                || withFile && entry.origin.contains(":") && !entry.origin.hasPrefix("millrace.yaml:")
        }.mapValues(\.value)
    }

    /// Of these overrides the keys whose values are others here.
    func differing(from overrides: [String: String]) -> [String] {
        overrides.filter { entries[$0.key]?.value != $0.value }.keys.sorted()
    }

    /// What is another value in `other`, of all that an answer comes of; of references what they stand for.
    func changes(to other: Settings) -> [String: String] {
        var changes: [String: String] = [:]
        for setting in Keys.all where Self.countsForAnswers(setting.key) {
            let text = other.text(of: setting)
            if text != self.text(of: setting) { changes[setting.key] = text }
        }
        // Another process may work in another folder.
        if let path = changes[Self.name(\.answers.flowsDirectory)], !path.isEmpty {
            changes[Self.name(\.answers.flowsDirectory)] = URL(fileURLWithPath: path).path
        }
        return changes
    }
}
