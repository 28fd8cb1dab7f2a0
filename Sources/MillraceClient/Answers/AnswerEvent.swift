import Foundation

/// What is told of a question while it is being answered.
public enum AnswerEvent: Sendable, Hashable {
    /// A component of the flow begins.
    case stageBegan(name: String)
    /// A component of the flow has ended, with figures such as `passages`.
    case stageEnded(name: String, milliseconds: Double, detail: [String: Double])
    /// What was found, before the answer is written; each with its ``Passage/marker`` in this list.
    case passages([Passage])
    /// The next piece of the answer.
    case token(String)
    /// The next piece of the answer, which is the number of a citation: `text` is `[number]`, and `passage` the
    /// ``Passage/marker`` of what it stands for.
    case citation(text: String, number: Int, passage: Int?)
    /// The whole answer, which replaces everything told before it.
    case answer(Answer)
    /// The stream is complete.
    case done
    /// A kind of event that this version does not know.
    case other(name: String, data: JSON)
}

extension AnswerEvent {
    private struct Stage: Decodable {
        var name: String
        var state: String
        var ms: Double?
        var detail: [String: Double]?
    }

    private struct Passages: Decodable {
        var passages: [Passage]
    }

    private struct Token: Decodable {
        var text: String
        var citation: Int?
        var passage: Int?
    }

    /// - Throws: ``MillraceError``; of an event `error`, the problem that it tells.
    init(_ event: ServerSentEvent) throws {
        let data = Data(event.data.utf8)
        func decoded<Value: Decodable>(_ type: Value.Type) throws -> Value {
            try Wire.decode(type, from: data, of: "the event \(event.name)")
        }
        switch event.name {
        case "stage":
            let stage = try decoded(Stage.self)
            switch stage.state {
            case "begin": self = .stageBegan(name: stage.name)
            case "end":
                self = .stageEnded(
                    name: stage.name, milliseconds: stage.ms ?? 0, detail: stage.detail ?? [:])
            default: self = .other(name: event.name, data: try decoded(JSON.self))
            }
        case "passages": self = .passages(try decoded(Passages.self).passages)
        case "token":
            let token = try decoded(Token.self)
            self =
                token.citation.map { .citation(text: token.text, number: $0, passage: token.passage) }
                ?? .token(token.text)
        case "answer": self = .answer(try decoded(Answer.self))
        case "done": self = .done
        case "error": throw MillraceError.problem(try decoded(Problem.self))
        default: self = .other(name: event.name, data: (try? decoded(JSON.self)) ?? .string(event.data))
        }
    }
}
