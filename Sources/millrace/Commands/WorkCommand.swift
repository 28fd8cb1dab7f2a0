import ArgumentParser
import FlowService
import Notifications
import Foundation
import Server
import ServiceLifecycle
import UnixSignals

struct WorkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "work",
        abstract: "Carries out asynchronous runs until it is stopped, or with --drain until none waits.",
        discussion: "A data folder has one process at a time: this one, or `millrace serve`, which works too."
    )

    @OptionGroup var common: CommonOptions

    @Flag(help: "End as soon as nothing waits.")
    var drain = false

    func run() async throws {
        let services = try await common.services()
        let service = try await services.flows().service
        if drain {
            let worker = services.worker(service, count: max(1, services.settings[\.flows.workers]))
            let sender = try services.notificationSender()
            try await Interruption.cancelling {
                await worker.drain()
                await sender.drain()
            }
            return
        }
        let group = Serving(
            try services.workers(service), grace: .seconds(10), signals: [.sigint, .sigterm],
            logger: services.logger)
        try await group.run()
    }
}
