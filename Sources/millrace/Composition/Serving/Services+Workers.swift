import FlowService
import Foundation
import ServiceLifecycle

extension Services {
    /// What carries out asynchronous runs in this process, and removes what is kept no longer.
    func workers(_ service: FlowService) async throws -> [any Service] {
        [
            KeeperService(keeper: WorkspaceKeeper(service)),
            NotificationService(sender: try await notificationSender()),
        ] + (try runServices(service)) + (try await sealServices())
    }

    /// Carries out so many runs side by side.
    func worker(_ service: FlowService, count: Int) -> RunWorker {
        let process = ProcessInfo.processInfo
        return RunWorker(
            service, name: "\(process.hostName)/\(process.processIdentifier)", concurrency: count)
    }
}

/// Carries out runs until the process ends; what it has not finished is begun anew by another worker.
struct WorkerService: Service {
    let worker: RunWorker

    func run() async {
        await cancelWhenGracefulShutdown { await worker.run() }
    }
}

private struct KeeperService: Service {
    let keeper: WorkspaceKeeper

    func run() async {
        await cancelWhenGracefulShutdown { await keeper.run() }
    }
}
