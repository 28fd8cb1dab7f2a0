import Foundation
import MillraceClient
import Observation

/// One question at a time, its answer as it is written, and what was said before.
@MainActor @Observable
final class AskModel {
    private(set) var text = ""
    private(set) var citations: [Passage] = []
    private(set) var state = ""
    private(set) var problem: String?
    private(set) var isAsking = false

    private var turns: [Question.Turn] = []
    private var work: Task<Void, Never>?

    /// Asks; a question that is still being answered is given up.
    func ask(_ text: String, of client: MillraceClient) {
        stop()
        self.text = ""
        citations = []
        problem = nil
        isAsking = true
        let question = Question(text, conversation: turns.suffix(50))
        work = Task {
            do {
                for try await event in client.ask(streaming: question) { tell(event, of: text) }
            } catch {
                // Whoever stopped it knows.
                if !Task.isCancelled { problem = Self.words(for: error) }
            }
            guard !Task.isCancelled else { return }
            isAsking = false
            state = ""
        }
    }

    /// Ends the request, and with it the work on the server.
    func stop() {
        work?.cancel()
        isAsking = false
        state = ""
    }

    private func tell(_ event: AnswerEvent, of question: String) {
        guard !Task.isCancelled else { return }
        switch event {
        case .stageBegan(let name): state = name
        case .token(let piece), .citation(let piece, _, _): text += piece
        case .answer(let answer):
            text = answer.text
            citations = answer.citations
            turns.append(Question.Turn(question: question, answer: answer.text))
        case .stageEnded, .passages, .done, .other: break
        }
    }

    private static func words(for error: any Error) -> String {
        switch (error as? MillraceError)?.problem?.kind {
        case .some(.unauthenticated): "Please sign in again."
        case .some(.busy), .some(.rateLimited): "Many people are asking. Please try again in a moment."
        default: error.localizedDescription
        }
    }
}
