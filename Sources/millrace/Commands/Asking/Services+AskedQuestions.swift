import ArgumentParser
import Corpus
import Foundation
import QA
import Server

extension Services {
    /// Answers a question from the data folder; where another process serves that, from there.
    ///
    /// - Throws: ``Corpus/CorpusError/folderInUse(path:processID:)`` where the process that has the folder takes no
    ///   questions.
    func answer(_ asked: AskedQuestion) async throws -> PrintedAnswer {
        let corpus: any CorpusStore
        do {
            corpus = try corpusThatIsThere()
        } catch let error as CorpusError {
            guard case .folderInUse = error else { throw error }
            let point = ServedQuestions(root: root ?? self)
            guard let printed = try await Interruption.cancelling({ try await point.answer(asked) }) else {
                throw error
            }
            return printed
        }
        try await SpaceNames.check(asked.spaces, corpus, corpus.scope(for: asked.reader))
        // Opened before signals are listened to: the first Ctrl-C ends it.
        _ = try await questionAnswering()
        return try await Interruption.cancelling { try await self.printed(asked, corpus) }
    }

    /// What a command prints of a question.
    func printed(_ asked: AskedQuestion, _ corpus: any CorpusStore) async throws -> PrintedAnswer {
        let qa = try await questionAnswering()
        let scope = corpus.scope(for: asked.reader)
        switch asked.kind {
        case .answer(let flow, _):
            let result = try await qa.run(try asked.question(), scope: scope, flow: flow)
            return try await printed(
                asked, corpus, scope, isEmpty: result.answer.abstained, AnswerOutput(result),
                AnswerText.text(result, hasColor: asked.hasColor))
        case .search:
            let results = try await qa.search(try asked.request(), scope: scope)
            return try await printed(
                asked, corpus, scope, isEmpty: results.hits.isEmpty,
                SearchOutput(query: asked.text, results), SearchText.text(results, hasColor: asked.hasColor))
        }
    }

    private func printed(
        _ asked: AskedQuestion, _ corpus: any CorpusStore, _ scope: ReadScope, isEmpty: Bool,
        _ output: some Encodable, _ text: String
    ) async throws -> PrintedAnswer {
        var printed = PrintedAnswer(
            output: asked.asJSON ? try JSONText.encode(output) : text,
            status: isEmpty ? ExitCode.nothingFound.rawValue : 0)
        if isEmpty, !asked.asJSON { printed.errors = try await Hint.nothingReadable(corpus, scope) }
        return printed
    }
}
