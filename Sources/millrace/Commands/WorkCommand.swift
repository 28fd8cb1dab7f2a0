import ArgumentParser
import FlowService
import Foundation
import Ingest
import Notifications
import Server
import ServiceLifecycle
import UnixSignals

struct WorkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "work",
        abstract: "Carries out asynchronous runs until it is stopped, or with --drain until none waits.",
        discussion: """
            A data folder has one process at a time: this one, or `millrace serve`, which works too. Of a database on a
            server there may be any number of both, each with a data folder of its own; then this one carries out ingests
            as well.
            """
    )

    @OptionGroup var common: CommonOptions

    @Flag(help: "End as soon as nothing waits.")
    var drain = false

    func run() async throws {
        let services = try await common.services()
        try services.requireDataFolder()
        let all = [services] + (try services.houses().map(\.services))
        guard !drain else {
            for services in all { try await drain(services) }
            return
        }
        var workers = try await services.nodeServices(role: "work") + services.noticeServices()
        for services in all {
            workers += try await services.workers(try await services.flows().service)
            workers.append(UsageService(meter: try services.usageMeter()))
            guard try services.ingestJobs().isShared else { continue }
            // Sources that administrators added are known from here on.
            _ = try await services.servedIngest()
            workers += try await services.jobServices()
        }
        let group = Serving(
            workers, grace: .seconds(10), signals: [.sigint, .sigterm],
            logger: services.logger)
        try await group.run()
    }

    private func drain(_ services: Services) async throws {
        let service = try await services.flows().service
        let worker = services.worker(service, count: max(1, services.settings[\.flows.workers]))
        let sender = try await services.notificationSender()
        let usage = try services.usageMeter()
        do {
            try await Interruption.cancelling {
                await worker.drain()
                await sender.drain()
            }
        } catch {
            // What was used until then was used.
            await usage.write()
            throw error
        }
        await usage.write()
    }
}
