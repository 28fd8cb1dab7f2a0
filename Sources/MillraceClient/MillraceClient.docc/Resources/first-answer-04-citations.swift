import Foundation
import MillraceClient

guard let server = URL(string: "http://127.0.0.1:8080") else { exit(1) }
let millrace = MillraceClient(baseURL: server, authorization: .none)

let answer = try await millrace.ask(Question("Who approves a release?"))
if answer.isAbstained {
    print("Nothing in the pages that I may read says so.")
} else {
    print(answer.text)
}
for passage in answer.citations {
    print("[\(passage.marker ?? 0)]", passage.title)
}
