import MillraceClient
import SwiftUI

/// A question, its answer as it is written, and its sources.
struct AskView: View {
    @AppStorage("server") private var server = "https://search.example.com"
    @State private var token = ""
    @State private var question = ""
    @State private var model = AskModel()

    var body: some View {
        NavigationStack {
            Form {
                Section("Server") {
                    TextField("Address", text: $server)
                    SecureField("Sign-in token or API key", text: $token)
                }
                Section("Question") {
                    TextField("What would you like to know?", text: $question, axis: .vertical)
                        .onSubmit(ask)
                    if model.isAsking {
                        Button("Stop", role: .cancel, action: model.stop)
                    } else {
                        Button("Ask", action: ask).disabled(question.isEmpty)
                    }
                }
                if let problem = model.problem {
                    Section { Text(problem).foregroundStyle(.red) }
                }
                if model.isAsking || !model.text.isEmpty {
                    Section(model.state.isEmpty ? "Answer" : model.state) {
                        // Text as it stands: an answer is never markup.
                        Text(verbatim: model.text).textSelection(.enabled)
                    }
                }
                if !model.citations.isEmpty {
                    Section("Sources") { ForEach(model.citations) { SourceRow(passage: $0) } }
                }
            }
            .navigationTitle("Ask")
        }
    }

    private func ask() {
        guard let url = URL(string: server) else { return }
        let token = token
        // In an app of yours the provider asks the sign-in service's library for a token that is still good.
        let authorization: Authorization = token.isEmpty ? .none : .bearer { token }
        model.ask(question, of: MillraceClient(baseURL: url, authorization: authorization))
    }
}

/// A source: its number, its title, and the words that bear the answer out.
private struct SourceRow: View {
    let passage: Passage

    var body: some View {
        VStack(alignment: .leading) {
            HStack(alignment: .firstTextBaseline) {
                Text("[\(passage.marker ?? 0)]").monospacedDigit()
                if let url = passage.url.flatMap(URL.init(string:)), url.scheme == "https" {
                    Link(passage.title, destination: url)
                } else {
                    Text(verbatim: passage.title)
                }
            }
            if let quote {
                Text(verbatim: quote).font(.footnote).foregroundStyle(.secondary)
            }
        }
    }

    private var quote: String? {
        passage.quoteRanges?.first?.indices(in: passage.text).map { String(passage.text[$0]) }
    }
}
