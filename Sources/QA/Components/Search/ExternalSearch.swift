@_spi(ManagedSearch) import Corpus
import Flow
import Logging
import Models

/// Passages of a managed search, found as the caller.
struct ExternalSearch: Component {
    static let type = "ExternalSearch"
    static let summary =
        "Asks a managed search that the settings name, such as Amazon Kendra, with the caller's user and groups."
    let question: Input<Question>
    let source: Parameter<ExternalSearchSource>
    let limit: Parameter<Int>
    let isRequired: Parameter<Bool>
    let passages: Output<ExternalPassages>
    let retrievers: [ExternalSearchSource: any ExternalRetriever]

    init(_ declare: inout Declaration, retrievers: [ExternalSearchSource: any ExternalRetriever]) {
        self.retrievers = retrievers
        question = declare.input("question", "What is asked.")
        source = declare.choice("source", nil, "Which search.")
        limit = declare.integer("limit", 10, in: 1...100, unit: "passages", "How many are asked for.")
        isRequired = declare.flag(
            "required", false, "Whether a failure of the search fails the run; else it goes on without it.")
        passages = declare.output("passages", "Best first, as the search ranks them.")
    }

    func run(_ step: Step) async throws {
        guard let retriever = retrievers[step[source]] else {
            throw QAError.unconfiguredSearch(source: step[source].rawValue)
        }
        let scope = try step.context.fact(ReadScope.self)
        let query = try ExternalQuery(
            step[question].text, limit: step[limit], caller: ExternalCaller(scope))
        do {
            let found = try await retriever.retrieve(query)
            step.note("passages", Double(found.count))
            step.send(ExternalPassages(source: retriever.name, list: found), to: passages)
        } catch  where !step[isRequired] && !(error is CancellationError) {
            step.context.logger.warning(
                "a managed search failed; the answer goes on without it",
                metadata: ["millrace.search": "\(retriever.name)", "millrace.reason": "\(error)"])
            step.note("failed", 1)
            step.send(ExternalPassages(source: retriever.name, list: []), to: passages)
        }
    }
}

/// The managed searches that flows may ask.
public enum ExternalSearchSource: String, Sendable, CaseIterable {
    case kendra
    case knowledgeBase = "knowledge-base"
}

extension ExternalCaller {
    fileprivate init(_ scope: ReadScope) {
        var user: String?
        var groups: [String] = []
        for principal in scope.principals.sorted() {
            switch principal {
            case .user(let id): user = user ?? id
            case .group(let name): groups.append(name)
            case .anyone, .signedIn: continue
            }
        }
        self.init(userID: user, groups: groups, bearing: scope.token?.value)
    }
}
