import ArgumentParser
import Corpus
import Foundation
import QA

/// A question or a search as a command asks it: of the data folder, or of the process that serves it.
struct AskedQuestion: Codable, Sendable {
    enum Kind: Codable, Sendable {
        case answer(flow: String, topK: Int)
        case search(mode: SearchMode, limit: Int)
    }

    var text: String
    var kind: Kind
    /// Keys; empty for all spaces.
    var spaces: [String]
    /// Whoever asks, by the options or the settings of the command.
    var principals: Set<Principal>
    /// `nil` for the default one.
    var tenant: String?
    var asJSON: Bool
    var hasColor = Terminal.hasColor
    /// What `--set` says, by keys: what the answer would come of in this process.
    var overrides: [String: String]

    /// - Throws: what is wrong with the question itself.
    init(
        _ text: String, _ kind: Kind, spaces: [String], _ asking: ReaderOptions, asJSON: Bool,
        _ services: Services
    ) throws {
        self.text = text
        self.kind = kind
        self.spaces = spaces
        self.asJSON = asJSON
        principals = try asking.reader(services.settings).principals
        tenant = services.tenant
        overrides = services.settings.overridesOfAnswers
        switch kind {
        case .answer: _ = try question()
        case .search: _ = try request()
        }
    }

    var reader: Reader { Reader(principals) }

    private var filter: ChunkFilter { ChunkFilter(spaces: Set(spaces)) }

    /// The question of a ``Kind/answer(flow:topK:)``.
    func question() throws -> Question {
        guard case .answer(_, let topK) = kind else { return try Question(text, filter: filter) }
        return try Question(text, filter: filter, topK: topK)
    }

    /// The request of a ``Kind/search(mode:limit:)``.
    func request() throws -> SearchRequest {
        guard case .search(let mode, let limit) = kind else { return try SearchRequest(text, filter: filter) }
        return try SearchRequest(text, mode: mode, filter: filter, limit: limit)
    }
}

extension Settings {
    /// What was overridden on the command line of all that an answer comes of.
    fileprivate var overridesOfAnswers: [String: String] {
        let others = ["auth.", "backup.", "log.", "metrics.", "server.", "telemetry."]
        return entries.filter { key, entry in
            entry.origin.hasPrefix("--set ") && key != Self.name(\.data) && key != Self.name(\.tenants)
                && !others.contains { key.hasPrefix($0) }
        }.mapValues(\.value)
    }

    /// Of these overrides the keys whose values are others here.
    func differing(from overrides: [String: String]) -> [String] {
        overrides.filter { entries[$0.key]?.value != $0.value }.keys.sorted()
    }
}

/// What a command prints, and its end.
struct PrintedAnswer: Codable, Sendable {
    var output: String
    /// On standard error, if anything.
    var errors: String?
    var status: Int32

    /// Prints it.
    ///
    /// - Throws: the exit code, unless all is well.
    func show() throws {
        print(output)
        if let errors { Terminal.print(error: errors) }
        if status != 0 { throw ExitCode(status) }
    }
}
