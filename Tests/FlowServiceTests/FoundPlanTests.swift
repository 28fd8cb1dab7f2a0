import Flow
import Foundation
import Testing
import Workspace

@testable import FlowService

@Suite(.timeLimit(.minutes(1))) struct `What a service remembers and tells` {
    @Test func `a plan that was looked for before a change is not kept after it`() async throws {
        let fixture = try await ServiceFixture()
        let owner = fixture.caller("ada").owner
        let kept = try await fixture.keep(.saying("one"), for: "ada")
        let plan = try await fixture.service.runnable(kept.id, .published, for: owner)
        let plans = RunnableFlows()
        let before = plans.generation
        plans.forget()
        plans.put(plan, at: kept.id, .published, for: owner, foundIn: before)
        #expect(plans.flow(kept.id, .published, for: owner) == nil)
        plans.put(plan, at: kept.id, .published, for: owner, foundIn: plans.generation)
        #expect(plans.flow(kept.id, .published, for: owner) != nil)
    }

    @Test func `a failure of a database tells nothing of where it lies`() {
        let inside = WorkspaceError.database(path: "/secret/place", message: "odd")
        let failures = [
            FlowFailure(FlowServiceError.workspace(inside)),
            FlowFailure(FlowServiceError.componentFailed(flow: "f", component: "c", error: inside)),
        ]
        #expect(failures.map(\.kind) == ["internal", "component-failed"])
        #expect(failures[1].component == "c")
        for failure in failures { #expect(!failure.reason.contains("/secret")) }
        let told = WorkspaceError.notFound(kind: "variable", id: "KEY")
        let failure = FlowFailure(
            FlowServiceError.componentFailed(flow: "f", component: "c", error: told))
        #expect(failure.reason.contains("KEY"))
    }
}
