import Foundation
import MillraceClient

guard let server = URL(string: "http://127.0.0.1:8080") else { exit(1) }
let millrace = MillraceClient(baseURL: server, authorization: .none)

for try await event in millrace.ask(streaming: Question("Who approves a release?")) {
    switch event {
    case .token(let piece), .citation(let piece, _, _):
        print(piece, terminator: "")
    default: break
    }
}
