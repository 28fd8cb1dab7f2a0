import Confluence
import Corpus
import Foundation
import Ingest
import Logging
import Server
import ServiceLifecycle
import Workspace

/// Ingests inside the server.
extension Services {
    /// What carries out ingest jobs: of the Confluence that the settings name, if they name one, and of files.
    func ingestJobs() throws -> IngestJobs {
        try jobsPart {
            let corpus = try self.corpus()
            let own = try self.uploadSource(corpus)
            let shared = try self.sharedUploadSource(corpus)
            let (meter, tenant) = (try self.usageMeter(), self.tenant ?? Owner.defaultTenant)
            return IngestJobs(
                store: corpus, sources: try self.jobSources(), uploads: shared ?? own,
                earlierUploads: shared == nil ? nil : own, leases: corpus as? any SourceLeases,
                verifier: self.readVerifier,
                accounting: { job, work in
                    // A schedule is nobody's.
                    let author = job.createdBy.isEmpty ? "schedule" : job.createdBy
                    let owner = Owner(
                        tenant: job.account?.tenant ?? tenant, name: job.account?.caller ?? author)
                    await meter.counting(for: owner, key: job.account?.key ?? "", work)
                }, logger: self.logger
            ) { isDryRun in
                var options = try self.ingestOptions()
                // Indexes follow each write, and jobs of two sources may write at the same time.
                options.levelsIndex = false
                options.isDryRun = isDryRun
                return try await self.pipeline(options)
            }
        }
    }

    /// What the server offers of them.
    func servedIngest() async throws -> ServedIngest {
        let sources = try await runtimeSources()
        // Before any job is begun: those of added sources go on with the others.
        try await sources.load()
        try await verifySettingsSource()
        return ServedIngest(
            jobs: try ingestJobs(), store: try corpus(), feedback: try workspace(), sources: sources,
            settingsSources: settings[\.confluence.url].map {
                [Self.confluenceID: definitionOfSettings(address: $0)]
            } ?? [:], directory: try shownCorpus())
    }

    /// When the Confluence of the settings is synced by itself; `nil` for never.
    func syncSchedule() throws -> SyncSchedule? {
        guard settings[\.confluence.url] != nil, let pause = syncPause else { return nil }
        return try schedulePart { SyncSchedule(every: pause) }
    }

    /// What webhooks and jobs share of the Confluence of the settings.
    func confluenceAccount() throws -> SourceAccount? {
        let id = Self.confluenceID
        guard let turn = try ingestJobs().turn(of: id) else { return nil }
        return SourceAccount(turn: turn, log: try corpus(), source: id)
    }

    /// Whose webhooks are told of this graph's jobs; `nil` for everybody's. Owners of another tenant may be left in a
    /// workspace from when tenants were not kept apart.
    private func noticedTenant() async throws -> String? {
        if let tenant { return tenant }
        return try await separatesTenants() ? Owner.defaultTenant : nil
    }

    /// What keeps jobs running, and asks for syncs.
    func jobServices() async throws -> [any Service] {
        let jobs = try ingestJobs()
        var services: [any Service] = [
            JobService(jobs: jobs), RuntimeSourcesService(sources: try await runtimeSources()),
            NoticeService(
                notices: JobNotices(
                    jobs, webhooks: try workspace(), tenant: try await noticedTenant(), logger: logger)),
        ]
        if let follower = try await indexFollower() {
            try follow(.corpus) { follower.lookAgain() }
            services.append(FollowingService(follower: follower))
            if let schedule = try await snapshotSchedule(follower) {
                services.append(SnapshotService(schedule: schedule))
            }
        }
        if let schedule = try syncSchedule() {
            services.append(ScheduleService(schedule: schedule, jobs: jobs, logger: logger))
        }
        return services
    }

    private func jobSources() throws -> [any JobSource] {
        guard let address = settings[\.confluence.url] else { return [] }
        return [
            try ConfluenceJobs(
                id: Self.confluenceID, try confluenceSite(address), schedule: try syncSchedule(),
                pageCacheLimit: pageCacheLimit, logger: logger)
        ]
    }
}

/// Carries out ingest jobs until the process ends; what runs then is begun again by the next one.
private struct JobService: Service {
    let jobs: IngestJobs

    func run() async {
        await cancelWhenGracefulShutdown { await jobs.run() }
    }
}

/// Tells webhooks of jobs that have ended.
private struct NoticeService: Service {
    let notices: JobNotices

    func run() async {
        await cancelWhenGracefulShutdown { await notices.run() }
    }
}

/// Keeps the indexes level with a database that other processes write to.
struct FollowingService: Service {
    let follower: IndexFollower

    func run() async {
        await cancelWhenGracefulShutdown { await follower.run() }
    }
}

/// Syncs the sources that administrators have added, each on its interval.
private struct RuntimeSourcesService: Service {
    let sources: RuntimeSources

    func run() async {
        await cancelWhenGracefulShutdown { await sources.run() }
    }
}

/// Asks for a sync of the whole site, again and again.
private struct ScheduleService: Service {
    let schedule: SyncSchedule
    let jobs: IngestJobs
    let logger: Logger

    func run() async {
        await cancelWhenGracefulShutdown {
            await schedule.run {
                do {
                    let isDone = try await jobs.isSyncedElsewhere(
                        Services.confluenceID, within: schedule.pause)
                    guard !isDone else { return }
                    _ = try await jobs.submit(source: Services.confluenceID, scope: .site, by: "schedule")
                } catch {
                    logger.error("a sync could not be requested", metadata: ["millrace.reason": "\(error)"])
                }
            }
        }
    }
}
