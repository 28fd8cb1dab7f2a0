import Foundation
import MillraceClient

guard let server = URL(string: "http://127.0.0.1:8080") else { exit(1) }
let millrace = MillraceClient(baseURL: server, authorization: .none)

var text = ""
for try await event in millrace.ask(streaming: Question("Who approves a release?")) {
    switch event {
    case .token(let piece), .citation(let piece, _, _):
        text += piece
        print(piece, terminator: "")
    case .answer(let answer):
        // What the server has made of it in the end, with its citations.
        text = answer.text
    default: break
    }
}
print("\n---\n\(text)")

let turns = [Question.Turn(question: "Who approves a release?", answer: text)]
let next = try await millrace.ask(Question("And on a Friday?", conversation: turns))
print(next.isAbstained ? "The pages do not say." : next.text)
