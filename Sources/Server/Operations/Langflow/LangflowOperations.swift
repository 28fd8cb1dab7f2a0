import FlowService
import Foundation

/// The API of Langflow, for its clients.
struct LangflowOperations: Sendable {
    let flows: ServedFlows
    let runs: FlowRuns
    let version: String

    var operations: [Operation] {
        let now: @Sendable () -> Date = { Date() }
        let freshID: @Sendable () -> String = { UUID().uuidString.lowercased() }
        let service = flows.service
        var all = LangflowRunOperations(service: service, runs: runs, now: now).operations
        all +=
            LangflowWorkflowOperations(
                service: service, runs: runs, now: now, freshID: freshID
            ).operations
        all += LangflowFlowOperations(service: service, unzip: flows.unzip, now: now).operations
        all += LangflowProjectOperations(service: service, unzip: flows.unzip, freshID: freshID).operations
        all += LangflowMonitorOperations(service: service).operations
        all +=
            LangflowVariableOperations(
                service: service, vault: flows.vault, now: now, freshID: freshID
            ).operations
        all +=
            LangflowFileOperations(
                service: service, files: flows.files, resumable: flows.uploads
            ).operations
        return all + LangflowSystemOperations(version: version).operations
    }
}
