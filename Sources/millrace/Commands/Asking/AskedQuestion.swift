import ArgumentParser
import Corpus
import Foundation
import QA

/// A question or a search as a command asks it.
struct AskedQuestion: FolderWork {
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
    var asJSON: Bool
    var hasColor = Terminal.hasColor

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
        switch kind {
        case .answer: _ = try question()
        case .search: _ = try request()
        }
    }

    private var reader: Reader { Reader(principals) }

    private var filter: ChunkFilter { ChunkFilter(spaces: Set(spaces)) }

    /// The question of a ``Kind/answer(flow:topK:)``.
    private func question() throws -> Question {
        guard case .answer(_, let topK) = kind else { return try Question(text, filter: filter) }
        return try Question(text, filter: filter, topK: topK)
    }

    /// The request of a ``Kind/search(mode:limit:)``.
    private func request() throws -> SearchRequest {
        guard case .search(let mode, let limit) = kind else { return try SearchRequest(text, filter: filter) }
        return try SearchRequest(text, mode: mode, filter: filter, limit: limit)
    }

    // MARK: Doing it

    var asked: AskedWork.Kind { .question(self) }

    func check(_ services: Services) async throws {
        let corpus = try services.corpus()
        try await SpaceNames.check(spaces, corpus, corpus.scope(for: reader))
    }

    func status(
        in services: Services, say: @escaping @Sendable (PrintedText) async throws -> Void
    ) async throws -> Int32 {
        let qa = try await services.questionAnswering()
        let corpus = try services.corpus()
        let scope = corpus.scope(for: reader)
        let isEmpty: Bool
        switch kind {
        case .answer(let flow, _):
            let result = try await qa.run(try question(), scope: scope, flow: flow)
            isEmpty = result.answer.abstained
            try await say(
                .line(
                    asJSON
                        ? try JSONText.encode(AnswerOutput(result))
                        : AnswerText.text(result, hasColor: hasColor)))
        case .search:
            let results = try await qa.search(try request(), scope: scope)
            isEmpty = results.hits.isEmpty
            try await say(
                .line(
                    asJSON
                        ? try JSONText.encode(SearchOutput(query: text, results))
                        : SearchText.text(results, hasColor: hasColor)))
        }
        guard isEmpty else { return 0 }
        if !asJSON, let hint = try await Hint.nothingReadable(corpus, scope) { try await say(.errors(hint)) }
        return ExitCode.nothingFound.rawValue
    }
}
