import Concurrency
import Corpus
import Foundation
import JSONValue
import Logging
import Workspace

/// Carries out stored runs: of this process's callers and of others'.
///
/// A run is leased, and its lease renewed while it goes on; a worker that dies is noticed when the lease ends, and
/// another one begins the run anew. What a worker writes names its lease, so that one which was thought dead and
/// comes back writes nothing more.
public struct RunWorker: Sendable {
    let service: FlowService
    /// Names the worker in leases.
    public let name: String
    let concurrency: Int
    /// How long it waits before it asks for work that others have queued.
    let pause: Duration

    public init(
        _ service: FlowService, name: String, concurrency: Int = 4, pause: Duration = .seconds(1)
    ) {
        self.service = service
        self.name = name
        self.concurrency = max(1, concurrency)
        self.pause = pause
    }

    /// Works until its task is cancelled. Runs under way are cancelled then and given back, to be begun anew.
    public func run() async {
        await withDiscardingTaskGroup { group in
            let places = WorkerPlaces(concurrency)
            group.addTask {
                while !Task.isCancelled {
                    try? await Task.sleep(for: pause)
                    service.queued.nudge()
                }
            }
            while !Task.isCancelled {
                let free = places.free
                let leased = free > 0 ? await lease(free) : []
                for (run, lease) in leased {
                    places.take()
                    group.addTask {
                        await carryOut(run, lease, givesBack: true)
                        places.giveBack()
                        service.queued.nudge()
                    }
                }
                if leased.count < free || free == 0 { await service.queued.wait() }
            }
            group.cancelAll()
        }
    }

    /// Carries out whatever waits, and returns when nothing does: for tests and for a batch.
    public func drain() async {
        while case let leased = await lease(concurrency), !leased.isEmpty {
            await withDiscardingTaskGroup { group in
                for (run, lease) in leased { group.addTask { await carryOut(run, lease, givesBack: false) } }
            }
        }
    }

    func lease(_ limit: Int) async -> [(run: StoredRun, lease: RunLease)] {
        do {
            return try await service.store.lease(
                limit, by: name, for: service.configuration.lease, at: service.now(),
                attempts: service.configuration.attempts)
        } catch {
            service.logger.error(
                "no run could be leased", metadata: ["millrace.reason": "\(error)"])
            return []
        }
    }

    func carryOut(_ run: StoredRun, _ lease: RunLease, givesBack: Bool) async {
        let holder = LeaseHolder(lease)
        let logger = service.logger
        let span = service.tracing?.begin(
            "run", name: "run", for: TraceOwner(tenant: run.owner.tenant, name: run.owner.name))
        span?.set("millrace.run", run.id)
        span?.set("millrace.flow", run.flow)
        span?.set("millrace.attempt", run.attempts)
        defer { span?.end() }
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { await keep(holder) }
            group.addTask {
                let attempt = LeasedRun(service: service, run: run, holder: holder, givesBack: givesBack)
                await RequestTrace.within(span) {
                    guard let accounting = service.accounting else { return await attempt.carryOut() }
                    // Each attempt uses what it uses, whatever becomes of the run.
                    await accounting.counting(for: run.owner, key: attempt.keyID) {
                        await attempt.carryOut()
                    }
                }
                return true
            }
            // Whichever ends first ends the other: the run is over, or the lease is lost.
            if await group.next() == false {
                logger.warning("a run was lost to another worker", metadata: ["millrace.run": "\(run.id)"])
            }
            group.cancelAll()
        }
    }

    /// Renews the lease until its task is cancelled.
    ///
    /// - Returns: `false` when the lease was lost.
    private func keep(_ holder: LeaseHolder) async -> Bool {
        let duration = service.configuration.lease
        while (try? await Task.sleep(for: duration / 3)) != nil {
            do {
                let (lease, isCancelRequested) = try await service.store.renew(
                    holder.lease, for: duration, at: service.now())
                holder.renewed(lease)
                if isCancelRequested { holder.cancel() }
            } catch WorkspaceError.leaseLost {
                holder.lose()
                return false
            } catch {
                // A store that is busy for a moment is no reason to give a run up; the lease may still hold.
                service.logger.warning(
                    "a lease could not be renewed", metadata: ["millrace.reason": "\(error)"])
            }
        }
        return true
    }
}
