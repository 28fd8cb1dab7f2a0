import Corpus
import FlowService
import QA
import Testing
import Workspace

@testable import Server

@Suite struct `A database that is away` {
    private static let away: [any Error] = [
        CorpusError.unavailable(server: "db:5432/x", reason: "db:5432/x is away"),
        WorkspaceError.unavailable(server: "db:5432/x", reason: "db:5432/x is away"),
        QAError.corpus(.unavailable(server: "db:5432/x", reason: "db:5432/x is away")),
        FlowServiceError.componentFailed(
            flow: "f", component: "c",
            error: CorpusError.unavailable(server: "db:5432/x", reason: "db:5432/x is away")),
        FlowServiceError.workspace(.unavailable(server: "db:5432/x", reason: "db:5432/x is away")),
    ]

    @Test(arguments: 0..<5) func `is told with 503 and when to come again, and not where it is`(place: Int) {
        let problem = ProblemDetails(Self.away[place])
        #expect(problem.status == 503 && problem.retryable)
        #expect(problem.retryAfterSeconds == 2)
        #expect(problem.type == ProblemKind.busy.urn)
        #expect(!problem.detail.contains("db:5432"))
        #expect(problem.cause?.contains("db:5432/x is away") == true)
        #expect(!problem.isOutcomeUnknown)
    }

    @Test func `is no reason to send again what may have been done`() {
        let unknown: [any Error] = [
            CorpusError.outcomeUnknown(server: "s", reason: "r"),
            WorkspaceError.outcomeUnknown(server: "s", reason: "r"),
        ]
        for error in unknown {
            let problem = ProblemDetails(error)
            #expect(problem.status == 503 && !problem.retryable && problem.isOutcomeUnknown)
            #expect(problem.retryAfterSeconds == 5)
        }
    }

    @Test func `has a run begun anew and not failed`() {
        let failure = FlowFailure(
            FlowServiceError.workspace(.outcomeUnknown(server: "db:5432/x", reason: "db:5432/x")))
        #expect(failure.isRetryable && failure.kind == "busy")
        #expect(!failure.reason.contains("db:5432"))
        let other = FlowFailure(FlowServiceError.workspace(.damaged(path: "p", reason: "r")))
        #expect(!other.isRetryable)
    }
}
